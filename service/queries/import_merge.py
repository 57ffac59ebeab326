"""Staged rows into the register, set by set: changed rows updated, new rows inserted, versions of assets written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from service.queries.import_changes import keep_record_before, store_record_changes
from service.queries.import_references import references_asked_once
from service.queries.import_staging import ADDED, CHANGED, Stage
from service.queries.import_versions import keep_before, store_versions
from service.queries.same_key import same_key

ASSET_KEY = ("municipality_code", "asset_id")


@dataclass(frozen=True)
class Author:
    """Who writes, when and in which import: one time for all of it, passed as a value."""

    name: str
    at: dt.datetime
    batch_id: int


def merge_stage(connection: psycopg.Connection[Any], stage: Stage, author: Author) -> None:
    """Write a matched stage to the register; rows marked unchanged are not touched."""
    if stage.target.is_asset:
        _merge_assets(connection, stage, author)
        return
    stamps: dict[str, object] = {}
    if stage.target.has_column("recorded_at"):
        stamps = {"recorded_at": author.at, "recorded_by": author.name}
        stamps = {name: value for name, value in stamps.items() if name not in stage.all_columns}
    table = stage.target.tables[0]
    keep_record_before(connection, stage)
    _update(connection, stage, table, stamps, stage.target.match)
    _insert(connection, stage, table, stamps)
    store_record_changes(connection, stage, author.batch_id)


def _merge_assets(connection: psycopg.Connection[Any], stage: Stage, author: Author) -> None:
    core, own = stage.target.tables
    keep_before(connection, stage)
    _update(connection, stage, core, {"changed_at": author.at}, ("asset_id",), versioned=True)
    if stage.columns[own]:
        _update(connection, stage, own, {}, ("asset_id",))
    constants = {"asset_class": stage.target.asset_class, "row_version": 1, "changed_at": author.at}
    defaults = {name: value for name, value in stage.target.defaults.items() if name not in stage.all_columns}
    with references_asked_once(connection, stage):
        _insert(connection, stage, core, {**constants, **defaults})
        _insert(connection, stage, own, {}, key=ASSET_KEY)
    store_versions(connection, stage, author.name, author.at, author.batch_id)


def _update(
    connection: psycopg.Connection[Any],
    stage: Stage,
    table: str,
    values: Mapping[str, object],
    key: Iterable[str],
    *,
    versioned: bool = False,
) -> None:
    """Update the changed rows of one table: the columns that the file fills, and values given here."""
    sets: list[sql.Composable] = [
        sql.SQL("{0} = s.{0}").format(sql.Identifier(name)) for name in stage.columns[table] if name not in key
    ]
    sets += [sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder()) for name in values]
    if versioned:
        sets.append(sql.SQL("row_version = t.row_version + 1"))
    if not sets:
        return
    statement = sql.SQL("UPDATE {} t SET {} FROM {} s WHERE {} AND s.outcome = {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sets),
        sql.Identifier(stage.table),
        same_key(("municipality_code", *key)),
        sql.Literal(CHANGED),
    )
    connection.execute(statement, tuple(values.values()))


def _insert(
    connection: psycopg.Connection[Any],
    stage: Stage,
    table: str,
    values: Mapping[str, object],
    key: tuple[str, ...] | None = None,
) -> None:
    """Insert the new rows of one table: key, filled columns, and values given here."""
    staged = dict.fromkeys((*(key or _own_key(stage)), *stage.columns[table]))
    names = [sql.Identifier(name) for name in (*staged, *values)]
    sources: list[sql.Composable] = [sql.SQL("s.{}").format(sql.Identifier(name)) for name in staged]
    sources += [sql.Placeholder() for _ in values]
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} s WHERE s.outcome = {} ORDER BY s.{}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(names),
        sql.SQL(", ").join(sources),
        sql.Identifier(stage.table),
        sql.Literal(ADDED),
        sql.Identifier(stage.target.identity[0] if stage.target.identity else "row_number"),
    )
    connection.execute(statement, tuple(values.values()))


def _own_key(stage: Stage) -> tuple[str, ...]:
    target = stage.target
    identity = () if target.identity is None else (target.identity[0],)
    asset = ("asset_id",) if target.of_asset else ()
    source = tuple(name for name in ("source_system", "source_id") if target.has_column(name))
    return ("municipality_code", *identity, *asset, *source)
