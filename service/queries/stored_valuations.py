"""What a finished valuation stored about every asset, read back as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.engine import Connection, RowMapping

from models.asset import Asset
from models.run import Run, RunState
from service.database import raw_connection
from service.queries.binary_copy import read_columns
from service.queries.tables import table_of

_VALUATIONS = """
SELECT asset_id, asset_class, parameter_set,
       COALESCE(quantity, 'NaN') AS quantity,
       COALESCE(recorded_replacement_cost_eur::float8, 'NaN') AS recorded_replacement_cost_eur,
       COALESCE(price_level_year, 0::int2) AS price_level_year,
       COALESCE(built_year::float8, 'NaN') AS built_year,
       COALESCE(renewed_year::float8, 'NaN') AS renewed_year,
       COALESCE(assessed_condition, 'NaN') AS assessed_condition,
       COALESCE(assessed_year, 'NaN') AS assessed_year,
       COALESCE(retained_share, 'NaN') AS retained_share,
       COALESCE((repair_backlog_eur * 100)::int8, 0) AS repair_backlog
FROM asset_valuation
WHERE municipality_code = %(municipality_code)s AND run_id = %(run_id)s
"""
_TYPES = {
    "asset_id": "int8",
    "asset_class": "int2",
    "parameter_set": "int2",
    "quantity": "float8",
    "recorded_replacement_cost_eur": "float8",
    "price_level_year": "int2",
    "built_year": "float8",
    "renewed_year": "float8",
    "assessed_condition": "float8",
    "assessed_year": "float8",
    "retained_share": "float8",
    "repair_backlog": "int8",
}


def load_stored_valuations(connection: Connection, municipality_code: str, run_id: int) -> dict[str, NDArray[Any]]:
    """Return inputs and backlog of a run's assets, ascending by asset id.

    Unknown numbers are `nan`, an unknown price level 0; the backlog is in cents, 0 where the asset has no value.
    """
    values = {"municipality_code": municipality_code, "run_id": run_id}
    columns = read_columns(raw_connection(connection), _VALUATIONS, values, _TYPES)
    order = np.argsort(columns["asset_id"], kind="stable")
    return {name: column[order] for name, column in columns.items()}


def load_newest_valuation_of_year(
    connection: Connection, municipality_code: str, year: int, than: Mapping[str, Any]
) -> RowMapping | None:
    """Return the newest finished valuation of a valuation year, of the year of the run `than` one begun before it."""
    run = table_of(Run)
    query = select(run).where(
        run.c.municipality_code == municipality_code,
        run.c.state == RunState.FINISHED,
        run.c.kind == "valuation",
        run.c.valuation_year == year,
    )
    if year == than["valuation_year"]:
        query = query.where(run.c.run_id < than["run_id"])
    return connection.execute(query.order_by(run.c.run_id.desc()).limit(1)).mappings().first()


def load_asset_names(connection: Connection, municipality_code: str, asset_ids: Sequence[int]) -> dict[int, str | None]:
    """Return the names of assets by id."""
    asset = table_of(Asset)
    query = select(asset.c.asset_id, asset.c.name).where(
        asset.c.municipality_code == municipality_code, asset.c.asset_id.in_(asset_ids)
    )
    return {row.asset_id: row.name for row in connection.execute(query)}
