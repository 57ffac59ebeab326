"""What the need of service areas is computed from: parameters by year, pupils by grade, the population grid."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.engine import Connection, RowMapping

_PARAMETERS = text("""
SELECT v.parameter_value_id, v.name, v.municipality_code, v.asset_class, v.material, v.key, v.value, v.code,
       p.unit, v.source_id, v.is_demo, v.price_level_year, v.valid_from, v.valid_to
FROM parameter_value v JOIN parameter p ON p.name = v.name
WHERE v.name = ANY(:names) AND (v.municipality_code IS NULL OR v.municipality_code = :municipality_code)
  AND v.valid_from <= :last_day AND (v.valid_to IS NULL OR v.valid_to > :first_day)
ORDER BY v.parameter_value_id
""")

_ENROLMENTS = text("""
SELECT service_code, area_code, year, grade, users FROM grade_enrolment
WHERE municipality_code = :municipality_code AND year <= :year ORDER BY service_code, area_code, year, grade
""")

# The newest grid counts; people without a known address lie in no area, they are shared out with the others.
_GRID = text("""
SELECT grid_code FROM population_grid WHERE municipality_code = :municipality_code AND has_known_place
GROUP BY grid_code ORDER BY max(year) DESC NULLS LAST, grid_code LIMIT 1
""")
# A grid may cover more than the municipality: its boundary, or else its districts, say which cells are its own.
_CELLS = text("""
WITH piece AS MATERIALIZED (
    SELECT ST_Subdivide(boundary, 64) AS shape FROM municipality
    WHERE municipality_code = :municipality_code AND boundary IS NOT NULL
    UNION ALL
    SELECT ST_Subdivide(d.geometry, 64) FROM district d
    JOIN municipality m ON m.municipality_code = d.municipality_code AND m.boundary IS NULL
    WHERE d.municipality_code = :municipality_code
), within AS (
    SELECT g.cell_id, sum(CASE WHEN ST_CoveredBy(g.geometry, p.shape) THEN 1.0
                               ELSE ST_Area(ST_Intersection(g.geometry, p.shape)) / ST_Area(g.geometry) END) AS part
    FROM piece p
    JOIN population_grid g ON g.municipality_code = :municipality_code
        AND g.geometry && p.shape AND ST_Intersects(g.geometry, p.shape)
    WHERE g.grid_code = :grid_code GROUP BY g.cell_id
)
SELECT g.cell_id, g.population,
       CASE WHEN EXISTS (SELECT FROM piece) THEN LEAST(COALESCE(w.part, 0.0), 1.0) ELSE 1.0 END AS inside
FROM population_grid g LEFT JOIN within w ON w.cell_id = g.cell_id
WHERE g.municipality_code = :municipality_code AND g.grid_code = :grid_code AND g.has_known_place ORDER BY g.cell_id
""")
_AGES = text("""
SELECT cell_id, age_from, age_to, population FROM population_grid_age
WHERE municipality_code = :municipality_code AND grid_code = :grid_code ORDER BY cell_id, age_from
""")
_OVERLAPS = text("""
SELECT s.service_code, s.area_code, g.cell_id,
       CASE WHEN ST_CoveredBy(g.geometry, s.geometry) THEN 1.0
            ELSE ST_Area(ST_Intersection(g.geometry, s.geometry)) / ST_Area(g.geometry) END AS part
FROM service_area s
JOIN population_grid g ON g.municipality_code = s.municipality_code
    AND g.geometry && s.geometry AND ST_Intersects(g.geometry, s.geometry)
WHERE s.municipality_code = :municipality_code AND g.grid_code = :grid_code AND g.has_known_place
  AND s.population_area_code = ANY(:areas)
ORDER BY s.service_code, s.area_code, g.cell_id
""")
OPEN_AGE = 999


@dataclass(frozen=True)
class GridRows:
    """A population grid and the parts of its cells in service areas; cells by number, ages `nan` where not told."""

    grid_code: str
    population: NDArray[np.float64]
    inside: NDArray[np.float64]
    of_group: NDArray[np.float64]
    from_age: NDArray[np.int64]
    to_age: NDArray[np.int64]
    areas: list[tuple[str, str]]
    area: NDArray[np.int64]
    cell: NDArray[np.int64]
    part: NDArray[np.float64]


def load_dated_parameters(
    connection: Connection,
    municipality_code: str,
    names: Sequence[str],
    first_day: datetime.date,
    last_day: datetime.date,
) -> list[RowMapping]:
    """Return the values of the parameters named that are valid on some day of the period, with their validity."""
    values = {"municipality_code": municipality_code, "names": list(names), "first_day": first_day}
    return list(connection.execute(_PARAMETERS, {**values, "last_day": last_day}).mappings())


def load_enrolments(connection: Connection, municipality_code: str, year: int) -> list[RowMapping]:
    """Return the pupils counted by grade until a year."""
    return list(connection.execute(_ENROLMENTS, {"municipality_code": municipality_code, "year": year}).mappings())


def newest_grid(connection: Connection, municipality_code: str) -> str | None:
    """Return the code of the newest population grid, or None."""
    code: str | None = connection.execute(_GRID, {"municipality_code": municipality_code}).scalar_one_or_none()
    return code


def load_grid(connection: Connection, municipality_code: str, areas: Sequence[str]) -> GridRows | None:
    """Return the newest population grid with its overlaps of the service areas of these population areas, or None."""
    values: dict[str, Any] = {"municipality_code": municipality_code}
    grid_code = newest_grid(connection, municipality_code) if areas else None
    if grid_code is None:
        return None
    values["grid_code"] = grid_code
    cells = connection.execute(_CELLS, values).all()
    number = {row[0]: place for place, row in enumerate(cells)}
    ages = [row for row in connection.execute(_AGES, values).all() if row[0] in number]
    overlaps = connection.execute(_OVERLAPS, {**values, "areas": list(areas)}).all()
    of_area = sorted({(row[0], row[1]) for row in overlaps})
    place = {key: at for at, key in enumerate(of_area)}
    groups = sorted({(row[1], OPEN_AGE if row[2] is None else row[2]) for row in ages})
    return GridRows(
        grid_code=grid_code,
        population=np.array([row[1] for row in cells], np.float64),
        inside=np.array([row[2] for row in cells], np.float64),
        of_group=_of_group(ages, number, [first for first, _ in groups]),
        from_age=np.array([first for first, _ in groups], np.int64),
        to_age=np.array([last for _, last in groups], np.int64),
        areas=of_area,
        area=np.array([place[row[0], row[1]] for row in overlaps], np.int64),
        cell=np.array([number[row[2]] for row in overlaps], np.int64),
        part=np.array([row[3] for row in overlaps], np.float64),
    )


def _of_group(ages: Sequence[Any], number: dict[str, int], first_ages: list[int]) -> NDArray[np.float64]:
    block = np.full((len(number), len(first_ages)), np.nan)
    if ages:
        group = {age: place for place, age in enumerate(first_ages)}
        rows = np.array([number[row[0]] for row in ages])
        block[rows, [group[row[1]] for row in ages]] = [row[3] for row in ages]
    return block


_SUITABILITIES = text("""
SELECT DISTINCT ON (asset_id, service_code) asset_id, service_code, suitability_class, assessed_on,
       curing_cost_eur::float8 AS curing_cost_eur
FROM suitability WHERE municipality_code = :municipality_code AND assessed_on <= :day
ORDER BY asset_id, service_code, assessed_on DESC, suitability_id DESC
""")
_REPLACEMENTS = text("""
SELECT measure_id, asset_id, year, cost_eur::float8 AS cost_eur, service_code, capacity_after, quantity_after
FROM measure
WHERE municipality_code = :municipality_code AND state = 'planned' AND kind = 'renewal' AND cost_eur IS NOT NULL
  AND year >= :year AND num_nonnulls(capacity_after, quantity_after) > 0
ORDER BY measure_id
""")


def load_suitabilities(connection: Connection, municipality_code: str, day: datetime.date) -> list[RowMapping]:
    """Return the newest suitability of each asset and service on a day."""
    return list(connection.execute(_SUITABILITIES, {"municipality_code": municipality_code, "day": day}).mappings())


def load_replacements(connection: Connection, municipality_code: str, year: int) -> list[RowMapping]:
    """Return the renewals planned from a year on that say how large they will be and what they cost."""
    return list(connection.execute(_REPLACEMENTS, {"municipality_code": municipality_code, "year": year}).mappings())
