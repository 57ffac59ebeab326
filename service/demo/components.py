"""Components of the larger buildings and of the main streets, with lives of their own (methods.md C.1)."""

from dataclasses import dataclass

import numpy as np

from service.demo.drafts import Draft
from service.demo.rows import REFERENCE_YEAR, IntArray, Records, unknown_where

_LARGE_BUILDING_M2 = 1000.0
_MAIN_STREET_CRITICALITY = 4


@dataclass(frozen=True)
class Part:
    """A component: its share of the replacement cost, its service life and how often it has been renewed by then."""

    code: str
    cost_share: float
    service_life_years: float
    renewed_share: float


BUILDING_PARTS = (
    Part("frame", 0.30, 100, 0.0),
    Part("facade", 0.12, 50, 0.4),
    Part("roof", 0.08, 40, 0.7),
    Part("windows", 0.07, 40, 0.6),
    Part("interior", 0.13, 25, 0.7),
    Part("heating", 0.06, 30, 0.7),
    Part("ventilation", 0.10, 25, 0.6),
    Part("water_and_sewer", 0.07, 50, 0.5),
    Part("electricity", 0.07, 45, 0.6),
)
STREET_PARTS = (Part("wearing_course", 0.4, 20, 0.9), Part("base_course", 0.6, 80, 0.0))


def component_records(rng: np.random.Generator, buildings: Draft, streets: Draft, first: tuple[int, int]) -> Records:
    """Return the components; `first` are the numbers of the first building and the first street segment."""
    area = np.asarray(buildings.rows.columns["quantity"], float)
    criticality = np.asarray(streets.rows.columns["criticality"])
    groups = (
        (np.flatnonzero(area > _LARGE_BUILDING_M2), buildings, BUILDING_PARTS, first[0]),
        (np.flatnonzero(criticality >= _MAIN_STREET_CRITICALITY), streets, STREET_PARTS, first[1]),
    )
    records = [_parts(rng, chosen, draft, parts, number) for chosen, draft, parts, number in groups]
    columns = {name: [value for each in records for value in each.columns[name]] for name in records[0].columns}
    assets = [each.asset for each in records if each.asset is not None]
    return Records("component", columns, asset=np.concatenate(assets))


def _parts(rng: np.random.Generator, chosen: IntArray, draft: Draft, parts: tuple[Part, ...], first: int) -> Records:
    asset = np.repeat(chosen, len(parts))
    life = np.tile([part.service_life_years for part in parts], len(chosen))
    built = np.array([draft.rows.columns["built_year"][number] for number in asset], object)
    year = np.array([REFERENCE_YEAR if each is None else each for each in built], float)
    renewed = np.rint(year + life * rng.uniform(0.8, 1.2, len(asset)))
    share = np.tile([part.renewed_share for part in parts], len(chosen))
    is_renewed = (renewed <= REFERENCE_YEAR) & (rng.random(len(asset)) < share)
    columns = {
        "component_code": [part.code for _ in chosen for part in parts],
        "cost_share": [part.cost_share for _ in chosen for part in parts],
        "built_year": built.tolist(),
        "renewed_year": unknown_where(~is_renewed, renewed.astype(np.int64)).tolist(),
        "service_life_years": life.tolist(),
    }
    return Records("component", columns, asset=asset + first)
