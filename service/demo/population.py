"""Population by single age, year and area, and the population grid of the demo municipality."""

from collections.abc import Mapping

import numpy as np
import shapely

from service.demo.rows import REFERENCE_YEAR, FloatArray, IntArray, Objects, Records
from service.demo.town import CENTRE, DISTRICTS, District

FIRST_YEAR, LAST_YEAR = 2024, 2045
SCENARIO = "baseline"
GRID_CODE = "demo_250m"
CELL_M = 250.0
_OPEN_AGE = 100
_TREND_START = 2019
_AGE_GROUPS = ((0, 6), (7, 15), (16, 64), (65, 74), (75, None))

YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)
AGES = np.arange(_OPEN_AGE + 1)


def district_population(district: District) -> FloatArray:
    """Return persons by year and single age: births by trend, survival by age, net migration.

    The first year adds up to the district's inhabitants, to a tenth of a person for each age.
    """
    birth_year = YEARS[:, None] - AGES[None, :]
    births = (1 + district.births_growth) ** np.clip(birth_year - _TREND_START, 0, None)
    boom = 1 + 0.3 * ((birth_year >= 1945) & (birth_year <= 1960))
    moved = (1 + district.moving_in) ** (YEARS[:, None] - FIRST_YEAR)
    persons = births * boom * moved * np.exp(-((AGES / 86.0) ** 7))
    scaled: FloatArray = np.round(persons * district.inhabitants / persons[0].sum(), 1)
    return scaled


def population_by_area(areas: dict[str, tuple[str, ...]]) -> dict[str, FloatArray]:
    """Return persons by year and age of each area, an area being given by the codes of its districts."""
    own = {district.code: district_population(district) for district in DISTRICTS}
    return {area: np.round(sum(own[code] for code in codes), 1) for area, codes in areas.items()}


def forecast_records(population: Mapping[str, FloatArray]) -> Records:
    """Return the rows of the forecast."""
    year, age = (axis.ravel() for axis in np.meshgrid(YEARS, AGES, indexing="ij"))
    codes = list(population)
    return Records(
        "population_forecast",
        {
            "area_code": [code for code in codes for _ in year],
            "scenario": SCENARIO,
            "year": np.tile(year, len(codes)),
            "age": np.tile(age, len(codes)),
            "population": np.concatenate([population[code].ravel() for code in codes]),
            "is_open_age": np.tile(age == _OPEN_AGE, len(codes)),
        },
    )


def grid_records(rng: np.random.Generator, street_middles: FloatArray, district: IntArray) -> list[Records]:
    """Return the cells of 250 m in which people live, and their age groups: people live along the streets."""
    cells, cell_of_street = np.unique(np.floor(street_middles / CELL_M).astype(np.int64), axis=0, return_inverse=True)
    streets = np.bincount(district, minlength=len(DISTRICTS))
    share = rng.dirichlet(np.full(len(district), 4.0)) * len(district)
    inhabitants = np.array([each.inhabitants for each in DISTRICTS]) / np.maximum(streets, 1)
    persons = np.rint(np.bincount(cell_of_street.ravel(), weights=share * inhabitants[district]))
    lived_in = persons > 0
    return _grid_rows(rng, cells[lived_in], persons[lived_in])


def _grid_rows(rng: np.random.Generator, cells: IntArray, persons: FloatArray) -> list[Records]:
    corner = cells.astype(np.float64) * CELL_M
    geometry: Objects = np.array(shapely.box(*corner.T, *(corner + CELL_M).T), object)
    ids = [f"{int(east)}_{int(north)}" for east, north in corner]
    cell = {
        "grid_code": GRID_CODE,
        "cell_id": ids,
        "year": REFERENCE_YEAR - 1,
        "population": persons,
        "floor_area_per_person_m2": np.round(rng.normal(42, 6, len(ids)), 1),
        "has_known_place": True,
    }
    groups = rng.multinomial(persons.astype(np.int64), _age_shares(rng, corner))
    return [Records("population_grid", cell, geometry=geometry), _age_group_rows(ids, groups)]


def _age_shares(rng: np.random.Generator, corner: FloatArray) -> FloatArray:
    """Return the share of each age group in a cell: older near the centre, younger outside."""
    old = np.clip(1.4 - np.linalg.norm(corner - np.array(CENTRE), axis=1) / 4000, 0.6, 1.4)
    weights = np.array([0.065, 0.1, 0.575, 0.13, 0.13]) * np.column_stack(
        [1 / old, 1 / old, np.ones_like(old), old, old]
    )
    weights *= rng.uniform(0.7, 1.3, weights.shape)
    shares: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _age_group_rows(ids: list[str], groups: IntArray) -> Records:
    return Records(
        "population_grid_age",
        {
            "grid_code": GRID_CODE,
            "cell_id": [cell for cell in ids for _ in _AGE_GROUPS],
            "age_from": [low for low, _ in _AGE_GROUPS] * len(ids),
            "age_to": [high for _, high in _AGE_GROUPS] * len(ids),
            "population": groups.ravel().astype(float),
        },
    )
