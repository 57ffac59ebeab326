"""What a scenario reads: the assets of a finished valuation, budgets, and how far the needs are known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.engine import Connection, RowMapping

from service.database import raw_connection
from service.queries.binary_copy import read_columns

_ASSETS = """
SELECT v.asset_id, v.asset_class, v.parameter_set,
       COALESCE(v.replacement_cost_eur::float8, 'NaN') AS replacement_cost_eur,
       COALESCE(v.quantity, 'NaN') AS quantity, v.condition_index,
       COALESCE(v.retained_share, 'NaN') AS retained_share,
       GREATEST(COALESCE(v.built_year, 0) - %(valuation_year)s, 0)::float8 AS years_until_built,
       COALESCE(a.criticality::float8, 'NaN') AS criticality
FROM asset_valuation v
LEFT JOIN asset a ON a.municipality_code = v.municipality_code AND a.asset_id = v.asset_id
WHERE v.municipality_code = %(municipality_code)s AND v.run_id = %(run_id)s
"""
_ASSET_TYPES = {
    "asset_id": "int8",
    "asset_class": "int2",
    "parameter_set": "int2",
    "replacement_cost_eur": "float8",
    "quantity": "float8",
    "condition_index": "float8",
    "retained_share": "float8",
    "years_until_built": "float8",
    "criticality": "float8",
}


def load_valued_assets(
    connection: Connection, municipality_code: str, run_id: int, valuation_year: int
) -> dict[str, NDArray[Any]]:
    """Return the assets as a valuation found them, one array per column, ascending by asset id."""
    values = {"municipality_code": municipality_code, "run_id": run_id, "valuation_year": valuation_year}
    columns = read_columns(raw_connection(connection), _ASSETS, values, _ASSET_TYPES)
    order = np.argsort(columns["asset_id"], kind="stable")
    return {name: column[order] for name, column in columns.items()}


def load_budgets(connection: Connection, municipality_code: str) -> list[RowMapping]:
    """Return the municipality's budgets by class and year."""
    query = text(
        "SELECT asset_class, year, amount_eur FROM budget WHERE municipality_code = :municipality_code"
        " ORDER BY asset_class, year"
    )
    return list(connection.execute(query, {"municipality_code": municipality_code}).mappings())


def load_valued_classes(connection: Connection, municipality_code: str, run_id: int) -> list[int]:
    """Return the classes that have assets in a valuation."""
    query = text(
        "SELECT asset_class FROM valuation_group WHERE municipality_code = :municipality_code AND run_id = :run_id"
        " GROUP BY asset_class ORDER BY asset_class"
    )
    return [row[0] for row in connection.execute(query, {"municipality_code": municipality_code, "run_id": run_id})]


def load_last_need_year(connection: Connection, municipality_code: str, scenario: str | None) -> int | None:
    """Return the last year for which the needs of a population scenario are known from every source, or None."""
    query = text(
        "SELECT min(last) FROM (SELECT max(year) AS last FROM population_forecast WHERE municipality_code ="
        " :municipality_code AND scenario = :scenario UNION ALL SELECT max(year) FROM service_need"
        " WHERE municipality_code = :municipality_code AND scenario = :scenario) s"
    )
    found = connection.execute(query, {"municipality_code": municipality_code, "scenario": scenario}).scalar_one()
    return None if found is None else int(found)
