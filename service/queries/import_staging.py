"""Staging: checked rows in a temporary table of the transaction, one per target, typed like the register's tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from service.queries.import_copy import Column, copy_columns, geometry_texts
from service.queries.import_rows import ImportRows
from service.queries.import_targets import Target

UNCHANGED, ADDED, CHANGED = 0, 1, 2
# Of those that a table has; a municipality's is its boundary.
GEOMETRY_COLUMNS = ("geometry", "geometry_z", "boundary")
# What follows from a row's place; the district is found in the database.
PLACE_COLUMNS = (*GEOMETRY_COLUMNS, "district_code")
ASSET_JOIN = sql.SQL("asset t JOIN {} c ON c.municipality_code = t.municipality_code AND c.asset_id = t.asset_id")


@dataclass(frozen=True)
class Stage:
    """A target's rows in the database, waiting to be merged.

    Attributes:
        table: The temporary table.
        target: Where the rows go.
        columns: Columns of the register that the file fills, by table.
        source_system: The source system of all rows.
        has_geometry: The file gives geometry.
        names_assets: Rows name the asset that they belong to.
        asset_required: A row cannot be without its asset.
        has_key_texts: Ids are digests; the column `key_text` says what of.
    """

    table: str
    target: Target
    columns: dict[str, tuple[str, ...]]
    source_system: str
    has_geometry: bool = False
    names_assets: bool = False
    asset_required: bool = True
    has_key_texts: bool = False

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Return the filled columns of all tables, each once."""
        return tuple(dict.fromkeys(name for names in self.columns.values() for name in names))

    @property
    def compared(self) -> tuple[tuple[str, str], ...]:
        """Return the filled columns with the alias of their table (t, or c for a class table)."""
        aliases = dict(zip(self.target.tables, ("t", "c"), strict=False))
        return tuple((aliases[table], name) for table, names in self.columns.items() for name in names)


def lift_time_limit(connection: psycopg.Connection[Any]) -> None:
    """Let the statements of this transaction take as long as a large file needs."""
    connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '256MB'")


def create_stage(connection: psycopg.Connection[Any], number: int, rows: ImportRows, source_system: str) -> Stage:
    """Create the temporary table for one target and return its description; it goes with the transaction."""
    stage = Stage(
        table=f"import_stage_{number}",
        target=rows.target,
        columns=_filled_columns(rows),
        source_system=source_system,
        has_geometry=rows.geometry is not None,
        names_assets=rows.asset_source_ids is not None,
        asset_required=rows.asset_required,
        has_key_texts=rows.key_texts is not None,
    )
    typed = [sql.SQL("{}.{}").format(sql.Identifier(alias), sql.Identifier(name)) for alias, name in stage.compared]
    keys = ["municipality_code", *_key_columns(rows.target)]
    typed += [sql.SQL("t.{}").format(sql.Identifier(name)) for name in keys if name not in stage.all_columns]
    typed += [sql.SQL("NULL::{} AS key_text").format(sql.SQL("text"))] if stage.has_key_texts else []
    statement = sql.SQL(
        "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT 0::bigint AS row_number, ''::text AS asset_source_id,"
        " 0::smallint AS outcome, NULL::jsonb AS before,"
        " NULL::bytea AS before_geometry, {} FROM {} WHERE false"
    )
    connection.execute(statement.format(sql.Identifier(stage.table), sql.SQL(", ").join(typed), tables(rows.target)))
    return stage


def tables(target: Target) -> sql.Composable:
    """Return the target's tables as a FROM clause: the first is t, an asset's class table c."""
    if target.is_asset:
        return ASSET_JOIN.format(sql.Identifier(target.code))
    return sql.SQL("{} t").format(sql.Identifier(target.tables[0]))


def _key_columns(target: Target) -> list[str]:
    identity = [] if target.identity is None else [target.identity[0]]
    asset = ["asset_id"] if target.of_asset or target.is_asset else []
    source = [name for name in ("source_system", "source_id") if target.has_column(name)]
    return list(dict.fromkeys([*asset, *identity, *source]))


def _filled_columns(rows: ImportRows) -> dict[str, tuple[str, ...]]:
    target = rows.target
    filled: dict[str, list[str]] = {table: [] for table in target.tables}
    for name in rows.columns:
        filled[target.fields[name].table].append(target.fields[name].column)
    if rows.geometry is not None:
        places = PLACE_COLUMNS if target.is_asset else GEOMETRY_COLUMNS
        filled[target.tables[0]] += [name for name in places if target.has_column(name)]
    if target.of_asset and "asset_id" not in target.match:
        filled[target.tables[0]].append("asset_id")
    return {table: tuple(names) for table, names in filled.items()}


def copy_to_stage(connection: psycopg.Connection[Any], stage: Stage, rows: ImportRows) -> None:
    """Write rows to their stage by COPY."""
    columns: dict[str, Column] = {"row_number": rows.row_numbers, "municipality_code": rows.municipality_codes}
    columns["outcome"] = np.full(len(rows), ADDED)
    if stage.target.has_column("source_system"):
        columns["source_system"] = np.full(len(rows), stage.source_system, dtype=object)
    if rows.source_ids is not None:
        columns["source_id"] = rows.source_ids
    if rows.asset_source_ids is not None:
        columns["asset_source_id"] = rows.asset_source_ids
    if rows.key_texts is not None:
        columns["key_text"] = rows.key_texts
    columns |= {stage.target.fields[name].column: values for name, values in rows.columns.items()}
    copy_columns(connection, stage.table, columns | _geometry_columns(stage, rows), len(rows))


def analyse_stage(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """Let the planner know how many rows a stage has, and what is in the columns by which it is joined.

    Nobody else does so for a temporary table. Statistics of shapes would take longer than what is planned by them.
    """
    names = ["row_number", "asset_source_id", "outcome", "municipality_code"]
    names += [name for name in (*_key_columns(stage.target), *stage.target.match) if name not in names]
    columns = sql.SQL(", ").join(map(sql.Identifier, dict.fromkeys(names)))
    connection.execute(sql.SQL("ANALYZE {} ({})").format(sql.Identifier(stage.table), columns))


def numbering(connection: psycopg.Connection[Any], stage: Stage, identity: str) -> tuple[bool, bool]:
    """Return whether each staged row is new and without its number, and whether each has its number."""
    statement = sql.SQL("SELECT bool_and(outcome = {} AND {} IS NULL), bool_and({} IS NOT NULL) FROM {}").format(
        sql.Literal(ADDED), sql.Identifier(identity), sql.Identifier(identity), sql.Identifier(stage.table)
    )
    none_yet, all_done = connection.execute(statement).fetchone() or (None, None)
    return bool(none_yet), all_done is not False


def rewrite_stage(
    connection: psycopg.Connection[Any], stage: Stage, values: Mapping[str, sql.Composable], order: sql.Composable
) -> None:
    """Write a stage anew in an order, some columns computed row by row (of s) in that order.

    Quicker than updating each row, and what is merged from it in its order meets the keys' indexes in theirs.
    """
    table, new = sql.Identifier(stage.table), sql.Identifier(f"{stage.table}_new")
    # Never prepared: another import's stage of this name has other columns.
    cursor = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(table), prepare=False)
    names = [each.name for each in cursor.description or ()]
    columns = [
        sql.SQL("{} AS {}").format(values.get(name, sql.Identifier(name)), sql.Identifier(name)) for name in names
    ]
    statement = sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM (SELECT * FROM {} ORDER BY {}) s")
    connection.execute(statement.format(new, sql.SQL(", ").join(columns), table, order))
    connection.execute(sql.SQL("DROP TABLE {}").format(table))
    connection.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(new, table))
    analyse_stage(connection, stage)


def _geometry_columns(stage: Stage, rows: ImportRows) -> dict[str, Column]:
    names = [name for name in GEOMETRY_COLUMNS if name in stage.all_columns]
    if rows.geometry is None:
        return {}
    return {name: geometry_texts(rows.geometry, flat=name != "geometry_z") for name in names}
