"""The history of imported assets: what the import filled, before and after, by the attributes' public names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
from psycopg import sql

from service.queries.import_staging import ADDED, Stage, tables

# jsonb_build_object takes 100 arguments at most.
PAIRS_PER_OBJECT = 45


def store_versions(
    connection: psycopg.Connection[Any], stage: Stage, outcome: int, changed_by: str, changed_at: dt.datetime
) -> None:
    """Write an `asset_version` for each staged asset with this outcome; changed ones before they are updated."""
    if outcome == ADDED:
        _store_added(connection, stage, changed_by, changed_at)
    else:
        _store_changed(connection, stage, outcome, changed_by, changed_at)


def _store_added(connection: psycopg.Connection[Any], stage: Stage, changed_by: str, changed_at: dt.datetime) -> None:
    statement = sql.SQL(
        "INSERT INTO asset_version (municipality_code, asset_id, row_version, changed_at, changed_by, operation,"
        " after) SELECT s.municipality_code, s.asset_id, 1, %s, %s, 'insert', {} FROM {} s WHERE s.outcome = {}"
    ).format(_document(stage, staged=True), sql.Identifier(stage.table), sql.Literal(ADDED))
    connection.execute(statement, (changed_at, changed_by))


def _store_changed(
    connection: psycopg.Connection[Any], stage: Stage, outcome: int, changed_by: str, changed_at: dt.datetime
) -> None:
    statement = sql.SQL(
        "INSERT INTO asset_version (municipality_code, asset_id, row_version, changed_at, changed_by, operation,"
        " before, after) SELECT s.municipality_code, s.asset_id, t.row_version + 1, %s, %s, 'update', {}, {}"
        " FROM {} s JOIN ({}) ON t.municipality_code = s.municipality_code AND t.asset_id = s.asset_id"
        " WHERE s.outcome = {}"
    ).format(
        _document(stage, staged=False),
        _document(stage, staged=True),
        sql.Identifier(stage.table),
        tables(stage.target),
        sql.Literal(outcome),
    )
    connection.execute(statement, (changed_at, changed_by))


def _document(stage: Stage, *, staged: bool) -> sql.Composable:
    """Return an expression for the filled attributes as JSON, from the stage or from the register."""
    public = {field.column: field.name for field in stage.target.fields.values()}
    pairs = [
        sql.SQL("{}, {}").format(sql.Literal(public.get(name, name)), _value("s" if staged else alias, name))
        for alias, name in stage.compared
        if name != "geometry_z"
    ]
    chunks = [pairs[start : start + PAIRS_PER_OBJECT] for start in range(0, len(pairs), PAIRS_PER_OBJECT)]
    objects = [sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(chunk)) for chunk in chunks or [[]]]
    return sql.SQL(" || ").join(objects)


def _value(alias: str, name: str) -> sql.Composable:
    column = sql.SQL("{}.{}").format(sql.Identifier(alias), sql.Identifier(name))
    return sql.SQL("ST_AsGeoJSON({}, 3)::jsonb").format(column) if name == "geometry" else column
