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
       GREATEST(COALESCE(v.built_year, 0) - %(valuation_year)s, 0)::float8 AS years_until_built
FROM asset_valuation v
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
}

# Few assets have one: joined in memory, this costs a tenth of what a join of all assets does.
_CRITICALITIES = """
SELECT asset_id, criticality FROM asset
WHERE municipality_code = %(municipality_code)s AND criticality IS NOT NULL
"""


def load_valued_assets(
    connection: Connection, municipality_code: str, run_id: int, valuation_year: int
) -> dict[str, NDArray[Any]]:
    """Return the assets as a valuation found them, one array per column, ascending by asset id."""
    values = {"municipality_code": municipality_code, "run_id": run_id, "valuation_year": valuation_year}
    raw = raw_connection(connection)
    columns = read_columns(raw, _ASSETS, values, _ASSET_TYPES)
    known = read_columns(raw, _CRITICALITIES, values, {"asset_id": "int8", "criticality": "int2"})
    order = np.argsort(columns["asset_id"], kind="stable")
    sorted_columns = {name: column[order] for name, column in columns.items()}
    return sorted_columns | {"criticality": _looked_up(sorted_columns["asset_id"], known)}


def _looked_up(asset_id: NDArray[np.int64], known: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
    criticality = np.full(len(asset_id), np.nan)
    place = np.searchsorted(asset_id, known["asset_id"])
    found = (place < len(asset_id)) & (asset_id[np.minimum(place, max(len(asset_id) - 1, 0))] == known["asset_id"])
    criticality[place[found]] = known["criticality"][found]
    return criticality


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
