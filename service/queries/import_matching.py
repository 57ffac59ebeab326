"""Staged rows against the register: their assets, their counterparts, their district, what lies outside."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from service.queries.import_numbers import settle_numbers
from service.queries.import_places import DISTRICT, is_new_source, next_number, set_districts
from service.queries.import_staging import ADDED, CHANGED, UNCHANGED, Stage, numbering, rewrite_stage, tables
from service.queries.same_key import same_key

RowAndValue = tuple[int, str]


def lock_municipalities(connection: psycopg.Connection[Any], stages: list[Stage]) -> None:
    """Wait until no other import writes to the same municipalities; the locks go with the transaction."""
    every = sql.SQL(" UNION ").join(
        sql.SQL("SELECT municipality_code FROM {}").format(sql.Identifier(stage.table)) for stage in stages
    )
    statement = sql.SQL(
        "SELECT pg_advisory_xact_lock(hashtext('kuntokanta import'), municipality_code::int)"
        " FROM (SELECT municipality_code FROM ({}) m ORDER BY 1) n"
    )
    connection.execute(statement.format(every))


def lock_municipality(connection: psycopg.Connection[Any], municipality_code: str) -> None:
    """Wait until no import writes to a municipality; the lock goes with the transaction."""
    statement = "SELECT pg_advisory_xact_lock(hashtext('kuntokanta import'), %s::int)"
    connection.execute(statement, (municipality_code,))


def resolve_assets(connection: psycopg.Connection[Any], stage: Stage) -> list[RowAndValue]:
    """Give each record the asset that it names, and return the rows whose asset is not in the register."""
    table = sql.Identifier(stage.table)
    update = sql.SQL(
        "UPDATE {} s SET asset_id = a.asset_id FROM asset a WHERE a.municipality_code = s.municipality_code"
        " AND a.source_system = %s AND a.source_id = s.asset_source_id"
    )
    connection.execute(update.format(table), (stage.source_system,))
    missing = sql.SQL(
        "SELECT row_number, asset_source_id FROM {} WHERE asset_id IS NULL AND asset_source_id IS NOT NULL ORDER BY 1"
    )
    return connection.execute(missing.format(table)).fetchall()


def repeated_rows(connection: psycopg.Connection[Any], stage: Stage) -> list[tuple[int, int, str, bool]]:
    """Return the rows whose key an earlier row of the file has: row, that row, key, whether the content differs."""
    every = dict.fromkeys(("municipality_code", *stage.target.match))
    keys = ["asset_source_id" if name == "asset_id" else name for name in every]
    content = [name for name in stage.all_columns if name != "asset_id"]
    shown = ["key_text"] if stage.has_key_texts else keys[1:] or keys
    statement = sql.SQL(
        "WITH repeated AS (SELECT {keys}, min(row_number) AS first_row FROM {stage} GROUP BY {keys}"
        " HAVING count(*) > 1) SELECT s.row_number, r.first_row, concat_ws('/', {shown}), {differs} FROM repeated r"
        " JOIN {stage} f ON f.row_number = r.first_row AND {first} JOIN {stage} s ON s.row_number > r.first_row"
        " AND {same} ORDER BY 1"
    ).format(
        keys=sql.SQL(", ").join(map(sql.Identifier, keys)),
        stage=sql.Identifier(stage.table),
        shown=sql.SQL(", ").join(sql.SQL("s.{}").format(sql.Identifier(name)) for name in shown),
        differs=_any_differs(content),
        first=_all_same("f", keys),
        same=_all_same("s", keys),
    )
    return connection.execute(statement).fetchall()


def _all_same(alias: str, names: list[str]) -> sql.Composable:
    """Return whether the key columns equal those of the repeated key; no part of a key is ever missing."""
    pairs = [sql.SQL("{0}.{1} = r.{1}").format(sql.Identifier(alias), sql.Identifier(name)) for name in names]
    return sql.SQL(" AND ").join(pairs)


def _any_differs(names: list[str]) -> sql.Composable:
    pairs = [sql.SQL("f.{0} IS DISTINCT FROM s.{0}").format(sql.Identifier(name)) for name in names]
    return sql.SQL(" OR ").join(pairs) if pairs else sql.SQL("false")


def drop_staged(connection: psycopg.Connection[Any], stage: Stage, row_numbers: list[int]) -> int:
    """Take rows out of the stage and return how many that were."""
    statement = sql.SQL("DELETE FROM {} WHERE row_number = ANY(%s)").format(sql.Identifier(stage.table))
    return connection.execute(statement, (row_numbers,)).rowcount


def municipalities_of_changes(connection: psycopg.Connection[Any], stage: Stage) -> list[str]:
    """Return the municipalities in which a stage added or changed something."""
    statement = sql.SQL("SELECT DISTINCT municipality_code FROM {} WHERE outcome <> {} ORDER BY 1")
    return [row[0] for row in connection.execute(statement.format(sql.Identifier(stage.table), sql.Literal(UNCHANGED)))]


def rows_outside_municipality(connection: psycopg.Connection[Any], stage: Stage) -> list[RowAndValue]:
    """Return the staged rows that lie wholly outside their municipality's boundary, where that is known."""
    statement = sql.SQL(
        "SELECT s.row_number, s.municipality_code FROM {} s JOIN municipality m"
        " ON m.municipality_code = s.municipality_code WHERE NOT ST_Intersects(m.boundary, s.geometry) ORDER BY 1"
    )
    return connection.execute(statement.format(sql.Identifier(stage.table))).fetchall()


def rows_of_another_class(connection: psycopg.Connection[Any], stage: Stage) -> list[RowAndValue]:
    """Return the staged assets whose source id is in the register as an asset of another class."""
    statement = sql.SQL(
        "SELECT s.row_number, k.code FROM {} s JOIN asset a ON a.municipality_code = s.municipality_code"
        " AND a.source_system = s.source_system AND a.source_id = s.source_id"
        " JOIN asset_class k ON k.asset_class = a.asset_class WHERE a.asset_class <> %s ORDER BY 1"
    )
    return connection.execute(statement.format(sql.Identifier(stage.table)), (stage.target.asset_class,)).fetchall()


def match_stage(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """Mark each staged row as added, changed or unchanged, and give new ones their ids from the sequence."""
    if stage.target.is_numbered:
        settle_numbers(connection, stage)
    if not is_new_source(connection, stage):
        _match_rows(connection, stage)
        set_districts(connection, stage)
    _draw_ids(connection, stage)


def _match_rows(connection: psycopg.Connection[Any], stage: Stage) -> None:
    taken: sql.Composable = sql.SQL("")
    if stage.target.identity is not None:
        taken = sql.SQL(", {0} = t.{0}").format(sql.Identifier(stage.target.identity[0]))
    if stage.target.is_asset and stage.has_geometry:
        taken = sql.SQL("{}, district_code = t.district_code").format(taken)
    statement = sql.SQL("UPDATE {} s SET outcome = CASE WHEN {} THEN {} ELSE {} END{} FROM {} WHERE {}").format(
        sql.Identifier(stage.table),
        _differs(stage),
        sql.Literal(CHANGED),
        sql.Literal(UNCHANGED),
        taken,
        tables(stage.target),
        same_key(("municipality_code", *stage.target.match)),
    )
    connection.execute(statement)


def _differs(stage: Stage) -> sql.Composable:
    """Return the condition that a filled column differs; an asset's district only follows from its place."""
    pairs = [
        sql.SQL("{0}.{1} IS DISTINCT FROM s.{1}").format(sql.Identifier(alias), sql.Identifier(name))
        for alias, name in stage.compared
        if not (stage.target.is_asset and name == DISTRICT)
    ]
    return sql.SQL(" OR ").join(pairs) if pairs else sql.SQL("false")


def _draw_ids(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """Number what is new, assets along a Hilbert curve, by which PostGIS orders geometries.

    Neighbours then lie on the same pages of every table with their key: a map touches a tenth of the pages. Rows are
    told apart by where they are stored: those that columns of one row became share its number.
    """
    if stage.target.identity is None:
        return
    column, sequence = stage.target.identity
    is_drawn = any("geometry" in names for names in stage.columns.values())
    order = sql.SQL("geometry, row_number") if is_drawn else sql.SQL("row_number")
    none_yet, all_done = numbering(connection, stage, column)
    if none_yet:
        rewrite_stage(connection, stage, {column: next_number(sequence)}, order)
    if none_yet or all_done:
        return
    statement = sql.SQL(
        "UPDATE {table} s SET {column} = o.number FROM (SELECT place, nextval({sequence}) AS number FROM"
        " (SELECT ctid AS place FROM {table} WHERE outcome = {added} AND {column} IS NULL ORDER BY {order}) n) o"
        " WHERE s.ctid = o.place"
    ).format(
        table=sql.Identifier(stage.table),
        column=sql.Identifier(column),
        sequence=sql.Literal(sequence),
        added=sql.Literal(ADDED),
        order=order,
    )
    connection.execute(statement)
