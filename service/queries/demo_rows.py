"""Bulk writing of generated registers: whole columns by COPY, ids drawn beforehand, history in one statement."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import Connection

from models.asset import SRID, Asset
from models.registry import AssetClass
from service.queries.asset_history import asset_document
from service.queries.import_copy import copy_columns
from service.queries.row_copy import adding
from service.queries.tables import table_of

LOAD_LOCK = 7_310_999
_CORE_COLUMNS = frozenset(column.name for column in table_of(Asset).columns)


def take_load_lock(connection: Connection) -> None:
    """Wait until no other process loads a generated register; the lock goes with the transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOAD_LOCK})


def allow_long_statements(connection: Connection) -> None:
    """Let statements of this transaction run as long as they need."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))


def has_assets(connection: Connection, municipality_code: str | None = None) -> bool:
    """Return whether the register, or one municipality of it, holds any asset."""
    query = text("SELECT EXISTS (SELECT FROM asset WHERE municipality_code = COALESCE(:code, municipality_code))")
    return bool(connection.execute(query, {"code": municipality_code}).scalar_one())


def draw_ids(connection: psycopg.Connection[Any], sequence: str, count: int) -> NDArray[np.int64]:
    """Return `count` new numbers of a sequence."""
    drawn = connection.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", (sequence, count))
    return np.array([row[0] for row in drawn], np.int64)


def store_boundary(connection: psycopg.Connection[Any], municipality_code: str, boundary: Any) -> None:
    """Write the boundary of a municipality."""
    ewkb = shapely.to_wkb(shapely.set_srid(boundary, SRID), include_srid=True)
    statement = "UPDATE municipality SET boundary = ST_Multi(ST_GeomFromEWKB(%s)) WHERE municipality_code = %s"
    connection.execute(statement, (ewkb, municipality_code))


def store_rows(connection: psycopg.Connection[Any], table: str, columns: Mapping[str, Any], count: int) -> None:
    """Write rows given as columns; a value that is no sequence holds for all rows, None is unknown."""
    with adding(connection, table, list(columns)) as stage:
        copy_columns(connection, stage, {name: _column(values, count) for name, values in columns.items()}, count)


def store_assets(
    connection: psycopg.Connection[Any],
    asset_class: AssetClass,
    columns: Mapping[str, Any],
    key: Mapping[str, Any],
    changed_at: datetime.datetime,
) -> None:
    """Write the first version of assets of one class into the core and into the class's table.

    Args:
        connection: Connection of the caller's transaction.
        asset_class: Their class.
        columns: Columns by database name, geometry as EWKB.
        key: `municipality_code` and the drawn `asset_id`s.
        changed_at: When they were written.
    """
    count = len(key["asset_id"])
    first = {"asset_class": asset_class.number, "row_version": 1, "changed_at": changed_at}
    core = {name: values for name, values in columns.items() if name in _CORE_COLUMNS}
    own = {name: values for name, values in columns.items() if name not in _CORE_COLUMNS}
    store_rows(connection, "asset", {**key, **first, **core}, count)
    store_rows(connection, asset_class.code, {**key, **own}, count)


def store_first_versions(
    connection: psycopg.Connection[Any],
    asset_class: AssetClass,
    municipality_code: str,
    changed_by: str,
    asset_ids: NDArray[np.int64],
) -> None:
    """Write into the history that assets of one class have been created, as the register now has them."""
    statement = sql.SQL(
        "INSERT INTO asset_version (municipality_code, asset_id, row_version, changed_at, changed_by, operation, after)"
        " SELECT t.municipality_code, t.asset_id, t.row_version, t.changed_at, %s, 'create', {document}"
        " FROM asset t JOIN {own} c ON c.municipality_code = t.municipality_code AND c.asset_id = t.asset_id"
        " WHERE t.municipality_code = %s AND t.asset_id = ANY(%s)"
    ).format(document=asset_document(asset_class.code), own=sql.Identifier(asset_class.code))
    connection.execute(statement, (changed_by, municipality_code, asset_ids.tolist()))


def _column(values: Any, count: int) -> NDArray[Any]:
    if isinstance(values, np.ndarray):
        return values
    if values is None or isinstance(values, str) or not hasattr(values, "__len__"):
        return np.full(count, values, dtype=object)
    return np.fromiter(values, dtype=object, count=count)
