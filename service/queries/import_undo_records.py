"""Taking an import back, records other than assets: needs, capacities, population, areas, assessments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import ForeignKeyConstraint

import models
from service.queries.audit_writes import record_name
from service.queries.import_changes import record_columns, record_document, record_key
from service.queries.import_targets import Target
from service.queries.import_undo import CHANGED_SINCE, IN_USE, REMOVED_SINCE, Undo
from service.queries.own_targets import target_of

_TABLE = sql.Identifier("undo_record")
_FREE = sql.SQL("u.reason IS NULL")


def changed_targets(connection: psycopg.Connection[Any], undo: Undo) -> list[tuple[Target, int]]:
    """Return the tables that the import wrote, the last one first, each with its number of rows."""
    found = connection.execute(
        "SELECT target, count(*) FROM import_change WHERE municipality_code = %(municipality)s AND batch_id = %(batch)s"
        " GROUP BY target ORDER BY min(change_id) DESC",
        undo.values,
    )
    return [(target_of(code), count) for code, count in found]


def undo_records(
    connection: psycopg.Connection[Any], target: Target, undo: Undo, limit: int
) -> tuple[dict[str, int], int, list[tuple[dict[str, Any], str]]]:
    """Take back what the import did to one table.

    Returns:
        The rows removed and restored, the number of those left as they are, and of the first of these key and reason.
    """
    _stage(connection, target, undo)
    _mark(connection, target)
    _execute(
        connection, "DELETE FROM {table} t USING {undo} u WHERE {same} AND {free} AND u.operation = 'create'", target
    )
    _restore(connection, target)
    _note(connection, target, undo)
    counts = connection.execute(
        sql.SQL(
            "SELECT count(*) FILTER (WHERE u.operation = 'create'), count(*) FILTER (WHERE u.operation = 'update')"
            " FROM {} u WHERE {}"
        ).format(_TABLE, _FREE)
    ).fetchone() or (0, 0)
    left = connection.execute(
        "SELECT key, reason, count(*) OVER () FROM undo_record WHERE reason IS NOT NULL ORDER BY change_id LIMIT %s",
        (limit,),
    ).fetchall()
    connection.execute("DROP TABLE undo_record")
    told = [(key, reason) for key, reason, _ in left]
    return {"removed": counts[0], "restored": counts[1]}, (left[0][2] if left else 0), told


def _stage(connection: psycopg.Connection[Any], target: Target, undo: Undo) -> None:
    # A municipality is found by its code alone, which is there already.
    names = [name for name in record_key(target) if name != "municipality_code"]
    keys = sql.SQL("").join(sql.SQL(", k.{}").format(sql.Identifier(name)) for name in names)
    statement = sql.SQL(
        "CREATE TEMPORARY TABLE undo_record AS SELECT c.municipality_code, c.change_id, c.operation, c.key, c.before,"
        " c.after, NULL::text AS reason{keys} FROM import_change c, jsonb_populate_record(NULL::{table}, c.key) k"
        " WHERE c.municipality_code = %(municipality)s AND c.batch_id = %(batch)s AND c.target = {target}"
    ).format(keys=keys, table=sql.Identifier(target.tables[0]), target=sql.Literal(target.code))
    connection.execute(statement, undo.values)
    connection.execute("ANALYZE undo_record")


def _mark(connection: psycopg.Connection[Any], target: Target) -> None:
    """Name why a record is left as it is: written or removed since, or another record belongs to it."""
    missing = "UPDATE {undo} u SET reason = {reason} WHERE NOT EXISTS (SELECT FROM {table} t WHERE {same})"
    _execute(connection, missing, target, reason=sql.Literal(REMOVED_SINCE))
    changed = "UPDATE {undo} u SET reason = {reason} FROM {table} t WHERE {same} AND {document} <> u.after"
    _execute(connection, changed, target, reason=sql.Literal(CHANGED_SINCE))
    for child, pairs in _children(target):
        used = (
            "UPDATE {undo} u SET reason = {reason} FROM {table} t WHERE {same} AND {free} AND u.operation = 'create'"
            " AND EXISTS (SELECT FROM {child} c WHERE {of_it})"
        )
        of_it = [sql.SQL("c.{} = t.{}").format(sql.Identifier(a), sql.Identifier(b)) for a, b in pairs]
        parts = {"child": sql.Identifier(child), "of_it": sql.SQL(" AND ").join(of_it)}
        _execute(connection, used, target, reason=sql.Literal(IN_USE), **parts)


def _restore(connection: psycopg.Connection[Any], target: Target) -> None:
    names = [
        each.name for each in record_columns(target) if each.name not in ("municipality_code", *record_key(target))
    ]
    if not names:
        return
    statement = (
        "UPDATE {table} t SET {sets} FROM {undo} u, jsonb_populate_record(NULL::{table}, u.before) r"
        " WHERE {same} AND {free} AND u.operation = 'update'"
    )
    sets = sql.SQL(", ").join(sql.SQL("{0} = r.{0}").format(sql.Identifier(name)) for name in names)
    _execute(connection, statement, target, sets=sets)


def _note(connection: psycopg.Connection[Any], target: Target, undo: Undo) -> None:
    """Note in the audit what was removed and what was put back."""
    table = models.Base.metadata.tables[target.tables[0]]
    statement = sql.SQL(
        "INSERT INTO audit_entry (municipality_code, entry_id, at, by, via, from_address, request_id, table_name,"
        " record, asset_id, action, before, after, batch_id) SELECT u.municipality_code,"
        " nextval('audit_entry_id_seq'), %(at)s, %(by)s, %(via)s, %(from_address)s::text, %(request_id)s::text, {name},"
        " {record}, (u.after ->> 'asset_id')::bigint, CASE u.operation WHEN 'create' THEN 'delete' ELSE 'update' END,"
        " u.after, u.before, %(batch)s FROM {undo} u WHERE {free} ORDER BY u.change_id"
    )
    parts = {"name": sql.Literal(table.name), "record": record_name(table, "u.after"), "undo": _TABLE, "free": _FREE}
    connection.execute(statement.format(**parts), undo.values)


def _execute(connection: psycopg.Connection[Any], statement: str, target: Target, **parts: sql.Composable) -> None:
    names = ("municipality_code", *record_key(target))
    same = sql.SQL(" AND ").join(sql.SQL("t.{0} = u.{0}").format(sql.Identifier(name)) for name in names)
    own = {"table": sql.Identifier(target.tables[0]), "undo": _TABLE, "same": same, "free": _FREE}
    document = {"document": record_document(target, "t")} if "{document}" in statement else {}
    connection.execute(sql.SQL(statement).format(**own, **document, **parts))


def _children(target: Target) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the tables that refer to a target's rows, with the pairs of their columns."""
    for child in models.Base.metadata.sorted_tables:
        for each in child.constraints:
            if isinstance(each, ForeignKeyConstraint) and each.referred_table.name == target.tables[0]:
                yield child.name, [(pair.parent.name, pair.column.name) for pair in each.elements]
