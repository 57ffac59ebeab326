"""The history of imported assets: each record before and after, by the attributes' public names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
from psycopg import sql

from service.queries.asset_history import asset_document
from service.queries.import_staging import ADDED, CHANGED, Stage, tables

SAME_ASSET = sql.SQL("t.municipality_code = s.municipality_code AND t.asset_id = s.asset_id")
REPLACED_SHAPE = sql.SQL(
    "CASE WHEN t.geometry IS DISTINCT FROM s.geometry OR t.geometry_z IS DISTINCT FROM s.geometry_z"
    " THEN ST_AsEWKB(COALESCE(t.geometry_z, t.geometry)) END"
)


def keep_before(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """Put the record of each asset that is about to change into the stage, and its shape where that changes."""
    shape = sql.SQL(", before_geometry = {}").format(REPLACED_SHAPE) if stage.has_geometry else sql.SQL("")
    statement = sql.SQL("UPDATE {} s SET before = {}{} FROM {} WHERE {} AND s.outcome = {}").format(
        sql.Identifier(stage.table),
        asset_document(stage.target.code),
        shape,
        tables(stage.target),
        SAME_ASSET,
        sql.Literal(CHANGED),
    )
    connection.execute(statement)


def store_versions(
    connection: psycopg.Connection[Any], stage: Stage, changed_by: str, changed_at: dt.datetime, batch_id: int
) -> None:
    """Write an `asset_version` for each changed asset, as the register now has it, and for each added one.

    What was added is told by the asset itself: see `queries/asset_history.py`.
    """
    statement = sql.SQL(
        "INSERT INTO asset_version (municipality_code, asset_id, row_version, changed_at, changed_by, operation,"
        " before, after, batch_id, before_geometry) SELECT t.municipality_code, t.asset_id, t.row_version, %s, %s,"
        " 'update', s.before, {document}, %s, s.before_geometry FROM {stage} s, {tables} WHERE {same}"
        " AND s.outcome = {changed}"
    ).format(
        document=asset_document(stage.target.code),
        stage=sql.Identifier(stage.table),
        tables=tables(stage.target),
        same=SAME_ASSET,
        changed=sql.Literal(CHANGED),
    )
    connection.execute(statement, (changed_at, changed_by, batch_id))
    _store_first_versions(connection, stage, changed_by, changed_at, batch_id)


def _store_first_versions(
    connection: psycopg.Connection[Any], stage: Stage, changed_by: str, changed_at: dt.datetime, batch_id: int
) -> None:
    statement = sql.SQL(
        "INSERT INTO asset_version (municipality_code, asset_id, row_version, changed_at, changed_by, operation,"
        " batch_id) SELECT municipality_code, asset_id, 1, %s, %s, 'create', %s FROM {} WHERE outcome = {}"
        " ORDER BY asset_id"
    )
    described = statement.format(sql.Identifier(stage.table), sql.Literal(ADDED))
    connection.execute(described, (changed_at, changed_by, batch_id))
