"""What an import did to records other than assets: each before and after, kept for looking at and for undoing."""

from __future__ import annotations

from typing import Any

import psycopg
from geoalchemy2 import Geometry
from psycopg import sql
from sqlalchemy import Column

import models
from service.queries.import_staging import ADDED, CHANGED, UNCHANGED, Stage
from service.queries.import_targets import Target
from service.queries.same_key import same_key


def record_columns(target: Target) -> list[Column[Any]]:
    """Return the columns of a record's table."""
    return list(models.Base.metadata.tables[target.tables[0]].columns)


def record_document(target: Target, alias: str) -> sql.Composable:
    """Return an expression for all columns of a record as JSON; shapes as hexadecimal EWKB, to the last bit."""
    return _object(alias, [(each.name, isinstance(each.type, Geometry)) for each in record_columns(target)])


def record_key(target: Target) -> tuple[str, ...]:
    """Return the columns that find a record again, beside the municipality: its number, where it has one."""
    return target.match if target.identity is None else (target.identity[0],)


def _object(alias: str, columns: list[tuple[str, bool]]) -> sql.Composable:
    pairs = [
        sql.SQL("{}, {}.{}{}").format(
            sql.Literal(name), sql.Identifier(alias), sql.Identifier(name), sql.SQL("::text" if is_shape else "")
        )
        for name, is_shape in columns
    ]
    return sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(pairs))


def keep_record_before(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """Put each record that is about to change into the stage."""
    statement = sql.SQL("UPDATE {} s SET before = {} FROM {} t WHERE {} AND s.outcome = {}").format(
        sql.Identifier(stage.table),
        record_document(stage.target, "t"),
        sql.Identifier(stage.target.tables[0]),
        _same(stage.target),
        sql.Literal(CHANGED),
    )
    connection.execute(statement)


def store_record_changes(connection: psycopg.Connection[Any], stage: Stage, batch_id: int) -> None:
    """Keep what became of each added and changed record, as the register now has it."""
    key = dict.fromkeys((*stage.target.match, *record_key(stage.target)))
    statement = sql.SQL(
        "INSERT INTO import_change (municipality_code, batch_id, change_id, target, operation, key, before, after)"
        " SELECT t.municipality_code, %(batch)s, row_number() OVER () + (SELECT COALESCE(max(change_id), 0) FROM"
        " import_change WHERE batch_id = %(batch)s AND municipality_code IN (SELECT municipality_code FROM {stage})),"
        " %(target)s, CASE s.outcome WHEN {added} THEN 'create' ELSE 'update' END, {key}, s.before, {after}"
        " FROM {stage} s JOIN {table} t ON {same} WHERE s.outcome <> {unchanged}"
    ).format(
        stage=sql.Identifier(stage.table),
        added=sql.Literal(ADDED),
        key=_object("t", [(name, False) for name in key]),
        after=record_document(stage.target, "t"),
        table=sql.Identifier(stage.target.tables[0]),
        same=_same(stage.target),
        unchanged=sql.Literal(UNCHANGED),
    )
    connection.execute(statement, {"batch": batch_id, "target": stage.target.code})


def _same(target: Target) -> sql.Composable:
    return same_key(("municipality_code", *record_key(target)))
