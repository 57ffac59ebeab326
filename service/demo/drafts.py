"""A class of assets in the making: its rows and, beside them, the truth that an inspector would find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from service.demo.ages import built_years, recorded_years, renewed_years, true_condition
from service.demo.rows import SOURCE_SYSTEM, AssetRows, Columns, FloatArray, IntArray, Objects, numbered
from service.demo.street_network import StreetNetwork
from service.demo.town import DISTRICTS, Town

TOWN = "Kuntolan kunta (esittely)"
WATER_COMPANY = "Kuntolan Vesi Oy (esittely)"
ENERGY_COMPANY = "Kuntolan Energia Oy (esittely)"
FIBRE_COMPANY = "Kuntolan Kuitu Oy (esittely)"

Wave = tuple[int, Mapping[str, float]]
"""From which year on which materials are built, with their weights."""


@dataclass(frozen=True)
class Draft:
    """Rows of a class with the true condition (0…1) of each asset."""

    rows: AssetRows
    condition: FloatArray

    def placed(self, town: Town) -> "Draft":
        """Return the draft with the district of each asset, found as the register finds it."""
        district = town.district_of(np.array(shapely.point_on_surface(self.rows.geometry), object))
        self.rows.columns["district_code"] = [DISTRICTS[number].code for number in district]
        return self


@dataclass(frozen=True)
class Ageing:
    """How a class ages and how well its years are known."""

    life_years: float
    lag_years: float = 0.0
    unknown_share: float = 0.06
    renewed_share: float = 0.3


@dataclass(frozen=True)
class Dating:
    """True and recorded years, and the true condition."""

    built: IntArray
    recorded: Objects
    renewed: Objects
    condition: FloatArray


def date(rng: np.random.Generator, era: IntArray, ageing: Ageing) -> Dating:
    """Return years and condition of things built in the given eras."""
    built = built_years(rng, era + int(ageing.lag_years))
    renewed = renewed_years(rng, built, ageing.renewed_share, ageing.life_years)
    recorded = recorded_years(rng, built, ageing.unknown_share)
    return Dating(built, recorded, renewed, true_condition(rng, built, renewed, ageing.life_years))


def era_of(district: IntArray) -> IntArray:
    """Return the era of each district number."""
    return np.array([each.era for each in DISTRICTS], np.int64)[district]


def pick(rng: np.random.Generator, weights: Mapping[str, float], count: int) -> list[str]:
    """Return `count` of the keys, drawn by their weights."""
    share = np.array(list(weights.values()))
    return [list(weights)[number] for number in rng.choice(len(share), count, p=share / share.sum())]


def materials_of(rng: np.random.Generator, built: IntArray, waves: Sequence[Wave]) -> list[str | None]:
    """Return the material of each thing by the wave in which it was built; a few are unknown."""
    materials: list[str | None] = [None] * len(built)
    for number, year in enumerate(built):
        if rng.random() > 0.03:
            weights = max((wave for wave in waves if wave[0] <= year), key=lambda wave: wave[0])[1]
            materials[number] = pick(rng, weights, 1)[0]
    return materials


def core_columns(asset_class: str, dating: Dating, quantity: Any, **others: Any) -> Columns:
    """Return the core columns of a class; `others` says what differs from the defaults."""
    return {
        "name": None,
        "owner": TOWN,
        "status": "in_use",
        "built_year": dating.recorded,
        "renewed_year": dating.renewed,
        "quantity": quantity,
        "criticality": None,
        "is_protected": False,
        "source_system": SOURCE_SYSTEM,
        "source_id": numbered(asset_class, len(dating.built)),
        **others,
    }


def points_draft(
    rng: np.random.Generator, town: Town, asset_class: str, points: FloatArray, ageing: Ageing, **columns: Any
) -> Draft:
    """Return point assets counted in pieces at the given places, dated by their district."""
    geometry = np.array(shapely.points(points), object)
    district = town.district_of(geometry)
    dating = date(rng, era_of(district), ageing)
    core = core_columns(asset_class, dating, 1.0, **columns)
    return Draft(AssetRows(asset_class, core, geometry), dating.condition)


def node_ids(prefix: str, nodes: IntArray) -> list[str]:
    """Return the source ids of network nodes.

    >>> node_ids("S", np.array([7]))
    ['S-0007']
    """
    return [f"{prefix}-{node:04d}" for node in nodes]


def used_nodes(network: StreetNetwork) -> IntArray:
    """Return the numbers of the junctions that a network's segments touch."""
    return np.unique(np.concatenate([network.start, network.end]))
