"""The history of imported assets: each record before and after, by the attributes' public names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
from psycopg import sql

from models.registry import ASSET_CLASSES
from service.queries.import_staging import ADDED, CHANGED, UNCHANGED, Stage, tables

# As version_document in queries/assets.py writes it: EPSG:3067, to the millimetre, heights where there are any.
GEOMETRY = sql.SQL("ST_AsGeoJSON(COALESCE(t.geometry_z, t.geometry), 3, 0)::jsonb AS geometry")
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
    """Write an `asset_version` for each added and changed asset, as the register now has it."""
    statement = sql.SQL(
        "INSERT INTO asset_version (municipality_code, asset_id, row_version, changed_at, changed_by, operation,"
        " before, after, batch_id, before_geometry) SELECT t.municipality_code, t.asset_id, t.row_version, %s, %s,"
        " CASE s.outcome WHEN {added} THEN 'create' ELSE 'update' END, s.before, {document}, %s, s.before_geometry"
        " FROM {stage} s, {tables} WHERE {same} AND s.outcome <> {unchanged}"
    ).format(
        added=sql.Literal(ADDED),
        document=asset_document(stage.target.code),
        stage=sql.Identifier(stage.table),
        tables=tables(stage.target),
        same=SAME_ASSET,
        unchanged=sql.Literal(UNCHANGED),
    )
    connection.execute(statement, (changed_at, changed_by, batch_id))


def asset_document(code: str) -> sql.Composable:
    """Return an expression for all attributes of an asset of a class (t, c) and its geometry, as JSON.

    A row made to JSON takes three quarters of what `jsonb_build_object` takes.
    """
    alias = {"asset": "t", code: "c"}
    values: list[sql.Composable] = [
        sql.SQL("{}.{} AS {}").format(
            sql.Identifier(alias[each.table]), sql.Identifier(each.column), sql.Identifier(each.name)
        )
        for each in ASSET_CLASSES[code].attributes
    ]
    values.append(GEOMETRY)
    return sql.SQL("(SELECT to_jsonb(r) FROM (SELECT {}) r)").format(sql.SQL(", ").join(values))
