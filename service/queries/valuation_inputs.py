"""What a valuation reads: a municipality's assets, components, capacities, needs and population."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.engine import Connection, RowMapping

from service.database import raw_connection
from service.queries.binary_copy import read_columns
from service.queries.service_classes import load_service_classes

# A text column comes as its 64-bit hash, so that every row has one length; `text_codes` says what it stands for.
_ASSETS = """
SELECT a.asset_id, a.asset_class, (a.status = 'in_use') AS is_in_use, a.is_protected,
       COALESCE(a.quantity, 'NaN') AS quantity,
       COALESCE(a.replacement_cost_eur::float8, 'NaN') AS recorded_replacement_cost_eur,
       COALESCE(a.price_level_year::float8, 'NaN') AS price_level_year,
       COALESCE(a.built_year::float8, 'NaN') AS built_year,
       COALESCE(a.renewed_year::float8, 'NaN') AS renewed_year,
       COALESCE(c.condition_index, 'NaN') AS assessed_condition,
       COALESCE(date_part('year', c.assessed_on), 'NaN') AS assessed_year,
       hashtextextended(COALESCE(a.material, ''), 0) AS material,
       hashtextextended(COALESCE(a.district_code, ''), 0) AS district_code,
       hashtextextended(COALESCE(a.owner, ''), 0) AS owner,
       hashtextextended(COALESCE(b.building_class, ''), 0) AS building_class
FROM asset a
LEFT JOIN (
    SELECT DISTINCT ON (asset_id) asset_id, condition_index, assessed_on FROM condition_assessment
    WHERE municipality_code = %(municipality_code)s AND component_id IS NULL AND assessed_on <= %(valuation_date)s
    ORDER BY asset_id, assessed_on DESC, assessment_id DESC
) c ON c.asset_id = a.asset_id
LEFT JOIN building b ON b.municipality_code = a.municipality_code AND b.asset_id = a.asset_id
WHERE a.municipality_code = %(municipality_code)s AND a.status IN ('in_use', 'out_of_use')
"""
_ASSET_TYPES = {
    "asset_id": "int8",
    "asset_class": "int2",
    "is_in_use": "bool",
    "is_protected": "bool",
    "quantity": "float8",
    "recorded_replacement_cost_eur": "float8",
    "price_level_year": "float8",
    "built_year": "float8",
    "renewed_year": "float8",
    "assessed_condition": "float8",
    "assessed_year": "float8",
    "material": "int8",
    "district_code": "int8",
    "owner": "int8",
    "building_class": "int8",
}

_COMPONENTS = """
SELECT k.asset_id, k.cost_share, COALESCE(k.built_year::float8, 'NaN') AS built_year,
       COALESCE(k.renewed_year::float8, 'NaN') AS renewed_year, k.service_life_years,
       COALESCE(c.condition_index, 'NaN') AS assessed_condition,
       COALESCE(date_part('year', c.assessed_on), 'NaN') AS assessed_year
FROM component k
LEFT JOIN (
    SELECT DISTINCT ON (component_id) component_id, condition_index, assessed_on FROM condition_assessment
    WHERE municipality_code = %(municipality_code)s AND component_id IS NOT NULL AND assessed_on <= %(valuation_date)s
      AND recorded_at <= %(recorded_until)s::timestamptz
    ORDER BY component_id, assessed_on DESC, assessment_id DESC
) c ON c.component_id = k.component_id
WHERE k.municipality_code = %(municipality_code)s
ORDER BY k.asset_id, k.component_id
"""
_COMPONENT_TYPES = {
    "asset_id": "int8",
    "cost_share": "float8",
    "built_year": "float8",
    "renewed_year": "float8",
    "service_life_years": "float8",
    "assessed_condition": "float8",
    "assessed_year": "float8",
}

_TEXT_COLUMNS = {"material": "asset", "district_code": "asset", "owner": "asset", "building_class": "building"}

# A capacity counts in the area it names, else in the service area in which the asset lies.
_CAPACITIES = text("""
SELECT k.asset_id, k.service_code, COALESCE(k.area_code, z.area_code) AS area_code, k.capacity,
       k.running_cost_eur::float8 AS running_cost_eur, k.valid_from, k.valid_to
FROM capacity k
JOIN asset a ON a.municipality_code = k.municipality_code AND a.asset_id = k.asset_id AND a.status = 'in_use'
LEFT JOIN LATERAL (
    SELECT s.area_code FROM service_area s
    WHERE s.municipality_code = k.municipality_code AND s.service_code = k.service_code
      AND s.geometry && a.geometry AND ST_Intersects(s.geometry, ST_PointOnSurface(a.geometry))
    ORDER BY ST_Area(s.geometry), s.area_code LIMIT 1
) z ON k.area_code IS NULL
WHERE k.municipality_code = :municipality_code
ORDER BY k.service_code, k.asset_id, k.valid_from
""")


@dataclass(frozen=True)
class Snapshot:
    """A municipality's register as one valuation sees it: arrays of one length each, sorted by asset."""

    assets: dict[str, NDArray[Any]]
    components: dict[str, NDArray[Any]]
    text_codes: dict[str, dict[int, str | None]]


def load_snapshot(connection: Connection, municipality_code: str, valuation_date: datetime.date) -> Snapshot:
    """Return the assets in use and out of use with their newest assessments, and their components."""
    values = {"municipality_code": municipality_code, "valuation_date": valuation_date}
    raw = raw_connection(connection)
    assets = read_columns(raw, _ASSETS, values, _ASSET_TYPES)
    order = np.argsort(assets["asset_id"], kind="stable")
    assets = {name: column[order] for name, column in assets.items()}
    service_classes, maintenance_classes = load_service_classes(connection, municipality_code, assets["asset_id"])
    return Snapshot(
        assets=assets | service_classes,
        components=load_components(connection, municipality_code, valuation_date),
        text_codes={
            name: _text_codes(connection, name, table, municipality_code) for name, table in _TEXT_COLUMNS.items()
        }
        | {"maintenance_class": maintenance_classes},
    )


def load_components(
    connection: Connection,
    municipality_code: str,
    valuation_date: datetime.date,
    recorded_until: datetime.datetime | None = None,
) -> dict[str, NDArray[Any]]:
    """Return the components in the order of their assets, each with its newest assessment at or before a date.

    `recorded_until` leaves out the assessments that were registered later (None: none).
    """
    values = {
        "municipality_code": municipality_code,
        "valuation_date": valuation_date,
        "recorded_until": "infinity" if recorded_until is None else recorded_until,
    }
    return read_columns(raw_connection(connection), _COMPONENTS, values, _COMPONENT_TYPES)


def _text_codes(connection: Connection, column: str, table: str, municipality_code: str) -> dict[int, str | None]:
    query = (
        f"SELECT hashtextextended(t.value, 0), t.value FROM (SELECT DISTINCT COALESCE({column}, '') FROM {table}"
        " WHERE municipality_code = :municipality_code UNION SELECT '') AS t (value)"
    )
    rows = connection.execute(text(query), {"municipality_code": municipality_code}).all()
    codes = {row[0]: row[1] or None for row in rows}
    if len(codes) != len(rows):
        raise ArithmeticError("two texts have one 64-bit hash")
    return codes


def load_capacities(connection: Connection, municipality_code: str) -> list[RowMapping]:
    """Return all capacities of assets in use, each with the service area that it counts in (or None)."""
    return list(connection.execute(_CAPACITIES, {"municipality_code": municipality_code}).mappings())


def load_service_areas(connection: Connection, municipality_code: str) -> list[RowMapping]:
    """Return the service areas with the population area that each takes its inhabitants from."""
    query = text(
        "SELECT service_code, area_code, parent_area_code, population_area_code FROM service_area"
        " WHERE municipality_code = :municipality_code ORDER BY service_code, area_code"
    )
    return list(connection.execute(query, {"municipality_code": municipality_code}).mappings())


def load_given_needs(connection: Connection, municipality_code: str, scenario: str | None) -> list[RowMapping]:
    """Return the needs given directly for a scenario."""
    query = text(
        "SELECT service_code, area_code, year, service_need FROM service_need WHERE municipality_code ="
        " :municipality_code AND scenario = :scenario ORDER BY service_code, area_code, year"
    )
    return list(connection.execute(query, {"municipality_code": municipality_code, "scenario": scenario}).mappings())


def load_scenarios(connection: Connection, municipality_code: str) -> list[str]:
    """Return the scenarios for which the municipality has a population forecast or needs."""
    query = text(
        "SELECT scenario FROM population_forecast WHERE municipality_code = :municipality_code GROUP BY scenario UNION"
        " SELECT scenario FROM service_need WHERE municipality_code = :municipality_code ORDER BY 1"
    )
    return [row[0] for row in connection.execute(query, {"municipality_code": municipality_code})]


def load_population(connection: Connection, municipality_code: str, scenario: str | None) -> list[RowMapping]:
    """Return the forecast's rows (area, year, age, population), ordered."""
    query = text(
        "SELECT area_code, year, age, population FROM population_forecast WHERE municipality_code ="
        " :municipality_code AND scenario = :scenario ORDER BY area_code, year, age"
    )
    return list(connection.execute(query, {"municipality_code": municipality_code, "scenario": scenario}).mappings())


def scenarios_without_ages(connection: Connection, municipality_code: str, scenarios: list[str]) -> set[str]:
    """Return those of the scenarios in which an area has one class for all ages, open from 0 on."""
    query = text(
        "SELECT DISTINCT scenario FROM population_forecast WHERE municipality_code = :municipality_code"
        " AND scenario = ANY(:scenarios) AND age = 0 AND is_open_age"
    )
    found = connection.execute(query, {"municipality_code": municipality_code, "scenarios": scenarios})
    return set(found.scalars())
