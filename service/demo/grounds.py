"""Parks, playgrounds and sports grounds."""

import numpy as np
import shapely

from service.demo.drafts import Ageing, Draft, core_columns, date, era_of, pick
from service.demo.rows import AssetRows, Columns, FloatArray, Objects
from service.demo.town import DISTRICTS, Town

_PARKS_PER_DISTRICT = 6
_PLAYGROUNDS_PER_DISTRICT = 4
_SPORTS_GROUNDS_PER_DISTRICT = 2
_SPORTS = ("jalkapallo", "pesäpallo", "yleisurheilu", "luistelu", "tennis")


def blob(rng: np.random.Generator, middle: FloatArray, area_m2: float) -> object:
    """Return a rounded, irregular area of about the given size."""
    angle = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    radius = np.sqrt(area_m2 / np.pi) * (1 + 0.18 * np.sin(2 * angle + rng.uniform(0, 6)) + rng.normal(0, 0.05, 14))
    return shapely.polygons(middle + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))


def _places(rng: np.random.Generator, per_district: int) -> FloatArray:
    """Return places in every district: between the streets, so that they seldom lie on one."""
    places = []
    for district in DISTRICTS:
        columns, rows = district.grid
        reach = np.array([columns - 1, rows - 1]) / 2 * district.spacing_m
        places.append(np.array(district.middle) + rng.uniform(-1, 1, (per_district, 2)) * reach)
    return np.vstack(places)


def _ground_draft(
    rng: np.random.Generator, town: Town, asset_class: str, geometry: Objects, ageing: Ageing, columns: Columns
) -> Draft:
    district = town.district_of(np.array(shapely.centroid(geometry), object))
    dating = date(rng, era_of(district), ageing)
    area = np.round(shapely.area(geometry), 1)
    return Draft(AssetRows(asset_class, core_columns(asset_class, dating, area) | columns, geometry), dating.condition)


def _names(kind: str, per_district: int) -> list[str]:
    return [f"{each.genitive_fi} {kind} {number}" for each in DISTRICTS for number in range(1, per_district + 1)]


def _blobs(rng: np.random.Generator, per_district: int, low_m2: float, high_m2: float) -> Objects:
    places = _places(rng, per_district)
    return np.array([blob(rng, place, rng.uniform(low_m2, high_m2)) for place in places], object)


def parks(rng: np.random.Generator, town: Town) -> Draft:
    """Return the parks and green areas."""
    geometry = _blobs(rng, _PARKS_PER_DISTRICT, 1500, 16_000)
    classes = {"R1": 0.06, "R2": 0.34, "R3": 0.35, "R4": 0.25}
    columns: Columns = {
        "name": _names("puisto", _PARKS_PER_DISTRICT),
        "maintenance_class": pick(rng, classes, len(geometry)),
        "maintenance_classification": "RAMS 2020",
        "is_protected": (rng.random(len(geometry)) < 0.06).tolist(),
    }
    return _ground_draft(rng, town, "park", geometry, Ageing(30, 5, 0.3, 0.3), columns)


def playgrounds(rng: np.random.Generator, town: Town) -> Draft:
    """Return the playgrounds."""
    geometry = _blobs(rng, _PLAYGROUNDS_PER_DISTRICT, 500, 2600)
    columns: Columns = {
        "name": _names("leikkipaikka", _PLAYGROUNDS_PER_DISTRICT),
        "maintenance_class": "A2",
        "green_area": _names("puisto", _PLAYGROUNDS_PER_DISTRICT),
        "contractor": pick(rng, {"Oma työ": 0.7, "Viherpalvelu (esittely)": 0.3}, len(geometry)),
    }
    return _ground_draft(rng, town, "playground", geometry, Ageing(16, 18, 0.08, 0.6), columns)


def sports_grounds(rng: np.random.Generator, town: Town) -> Draft:
    """Return the outdoor sports grounds."""
    geometry = _blobs(rng, _SPORTS_GROUNDS_PER_DISTRICT, 3000, 9000)
    columns: Columns = {
        "name": _names("kenttä", _SPORTS_GROUNDS_PER_DISTRICT),
        "sport": rng.choice(_SPORTS, len(geometry)).tolist(),
        "is_lit": (rng.random(len(geometry)) < 0.6).tolist(),
    }
    return _ground_draft(rng, town, "sports_ground", geometry, Ageing(40, 3, 0.15, 0.4), columns)
