"""The buildings: schools and day-care sized by their places, and everything else a town owns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from service.demo.ages import true_condition
from service.demo.building_kinds import (
    CLOSED,
    DAY_CARE,
    LIBRARIES,
    OTHERS,
    PLANNED,
    SCHOOLS,
    BuildingKind,
    ServiceBuilding,
)
from service.demo.drafts import TOWN, Draft, pick
from service.demo.rows import SOURCE_SYSTEM, AssetRows, FloatArray, Objects, numbered, unknown_where
from service.demo.street_network import StreetKind, StreetNetwork
from service.demo.town import DISTRICTS

LIFE_YEARS = 58
_CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_UNSIZED_AREA_M2 = {"Pääkirjasto": 2300.0, "Kirkonkylän lähikirjasto": 380.0, "Lahdenpohjan koulu": 4200.0}
_CLOSED_SCHOOL_AREA_M2 = 780.0
_CENTRE = 0


@dataclass(frozen=True)
class Building:
    """A building before it is placed."""

    name: str
    district: int
    building_class: str
    built_year: int
    renewed_year: int | None
    area_m2: float
    storeys: int
    material: str
    owner: str = TOWN
    is_protected: bool = False
    status: str = "in_use"


def service_buildings(places_of: Mapping[str, int]) -> list[Building]:
    """Return the schools, day-care centres and libraries, large enough for their places."""
    return [_sized(building, places_of) for building in (*SCHOOLS, *DAY_CARE, *LIBRARIES, *PLANNED, *CLOSED)]


def _sized(building: ServiceBuilding, places_of: Mapping[str, int]) -> Building:
    unsized = _UNSIZED_AREA_M2.get(building.name_fi, _CLOSED_SCHOOL_AREA_M2)
    count = places_of.get(building.name_fi)
    area = unsized if count is None else round(count * building.area_per_place_m2, -1)
    return Building(
        building.name_fi,
        int(building.district) - 1,
        building.building_class,
        building.built_year,
        building.renewed_year,
        area,
        2 if area > 1500 else 1,
        building.material,
        is_protected=building.is_protected,
        status=building.status,
    )


def other_buildings(rng: np.random.Generator) -> list[Building]:
    """Return all other buildings by their kinds."""
    return [_of_kind(rng, kind, number) for kind in OTHERS for number in range(1, kind.count + 1)]


def _of_kind(rng: np.random.Generator, kind: BuildingKind, number: int) -> Building:
    district = _CENTRE if kind.is_central else int(rng.integers(len(DISTRICTS)))
    built = int(np.clip(DISTRICTS[district].era + kind.lag_years + rng.normal(0, 6), 1890, 2024))
    renewed = built + int(rng.integers(22, 45))
    return Building(
        kind.name_fi if kind.count == 1 else f"{kind.name_fi} {number}",
        district,
        kind.building_class,
        built,
        renewed if renewed <= 2024 and rng.random() < 0.65 else None,
        float(round(rng.uniform(*kind.area_m2), -1)),
        kind.storeys,
        kind.material,
        kind.owner,
        is_protected=bool(rng.random() < kind.protected_share),
    )


def place_buildings(rng: np.random.Generator, buildings: list[Building], streets: StreetNetwork) -> Objects:
    """Return a footprint for each building, beside a street of its district and clear of the others."""
    placed: list[Any] = []
    for building in buildings:
        own = np.flatnonzero((streets.district == building.district) & (streets.kind <= StreetKind.LOCAL))
        placed.append(_free_place(rng, building, streets, own, placed))
    return np.array(placed, object)


def _free_place(
    rng: np.random.Generator, building: Building, streets: StreetNetwork, own: np.ndarray, placed: list[Any]
) -> Any:
    lines = streets.lines()
    for segment in rng.permutation(np.repeat(own, 3)):
        footprint = _footprint(rng, building, streets, int(segment))
        is_clear = not shapely.intersects(footprint, lines).any() and not shapely.intersects(footprint, placed).any()
        if is_clear:
            return footprint
    return footprint


def _footprint(rng: np.random.Generator, building: Building, streets: StreetNetwork, segment: int) -> Any:
    """Return a rectangle or an L of the building's size, along a street and some metres away from it."""
    start, end = streets.nodes[streets.start[segment]], streets.nodes[streets.end[segment]]
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array([-along[1], along[0]]) * rng.choice([-1, 1])
    depth = np.sqrt(building.area_m2 / building.storeys / 1.7)
    outline = _outline(depth * 1.7, depth, is_l=bool(rng.random() < 0.4))
    middle = (start + end) / 2 + across * (rng.uniform(10, 22) + depth / 2)
    return shapely.polygons(middle + outline[:, :1] * along + outline[:, 1:] * across)


def _outline(length: float, depth: float, *, is_l: bool) -> FloatArray:
    x, y = length / 2, depth / 2
    if not is_l:
        return np.array([(-x, -y), (x, -y), (x, y), (-x, y)])
    # The wing that is cut away is given back as a longer front, so that the floor area stays what it is.
    x *= 1.15
    return np.array([(-x, -y), (x, -y), (x, 0.0), (0.0, 0.0), (0.0, y * 1.48), (-x, y * 1.48)])


def permanent_building_ids(count: int) -> list[str]:
    """Return permanent building ids with the right check character, from a range that no real building uses.

    >>> permanent_building_ids(1)
    ['1999000014']
    """
    numbers = [199_900_000 + number for number in range(1, count + 1)]
    return [f"{number}{_CHECK_CHARACTERS[number % 31]}" for number in numbers]


def building_draft(rng: np.random.Generator, buildings: list[Building], geometry: Objects) -> Draft:
    """Return the rows of the buildings."""
    built = np.array([building.built_year for building in buildings])
    renewed = np.array([building.renewed_year for building in buildings], object)
    hidden = (rng.random(len(buildings)) < 0.06) & (built < 1985)
    columns = {
        **_listed(buildings),
        "built_year": unknown_where(hidden, built),
        "renewed_year": renewed,
        "source_system": SOURCE_SYSTEM,
        "source_id": numbered("building", len(buildings)),
        **_recorded_costs(rng, buildings),
        **_building_columns(rng, buildings),
    }
    return Draft(AssetRows("building", columns, geometry), true_condition(rng, built, renewed, LIFE_YEARS))


def _listed(buildings: list[Building]) -> dict[str, Any]:
    names = ("name", "owner", "status", "material", "building_class", "storeys", "is_protected")
    return {name: [getattr(building, name) for building in buildings] for name in names} | {
        "quantity": [building.area_m2 for building in buildings],
        "criticality": [_criticality(building) for building in buildings],
    }


def _criticality(building: Building) -> int:
    return {"0820": 4, "0810": 4, "1310": 5, "0610": 5, "1110": 5, "1010": 5}.get(building.building_class, 2)


def _recorded_costs(rng: np.random.Generator, buildings: list[Building]) -> dict[str, Any]:
    """Return the replacement cost that the register knows for every third building, VAT 0."""
    price = rng.uniform(2300, 3600, len(buildings))
    known = rng.random(len(buildings)) < 0.33
    cost = [round(each.area_m2 * p, -3) if k else None for each, p, k in zip(buildings, price, known, strict=True)]
    return {"replacement_cost_eur": cost, "price_level_year": [2024 if each else None for each in cost]}


def _building_columns(rng: np.random.Generator, buildings: list[Building]) -> dict[str, Any]:
    count = len(buildings)
    sources = {"district_heating": 0.62, "oil": 0.12, "electricity": 0.12, "ground_source": 0.1, "wood": 0.04}
    return {
        "permanent_building_id": permanent_building_ids(count),
        "property_id": [
            f"999{each.district + 1:03d}{i % 400 + 1:04d}{i % 7 + 1:04d}" for i, each in enumerate(buildings)
        ],
        "volume_m3": [round(each.area_m2 * rng.uniform(3.2, 4.6)) for each in buildings],
        "heating_method": pick(rng, {"water": 0.85, "electric": 0.1, "air": 0.05}, count),
        "heat_source": pick(rng, sources, count),
        "energy_class": [_energy_class(rng, each) for each in buildings],
        "address": [f"Esimerkkikatu {i + 1}, {DISTRICTS[each.district].name_fi}" for i, each in enumerate(buildings)],
    }


def _energy_class(rng: np.random.Generator, building: Building) -> str | None:
    if rng.random() < 0.3:
        return None
    newest = max(building.built_year, building.renewed_year or 0)
    middle = int(np.clip((2025 - newest) / 14, 0, 6))
    return "ABCDEFG"[int(np.clip(middle + rng.integers(-1, 2), 0, 6))]
