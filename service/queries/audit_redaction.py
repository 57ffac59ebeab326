"""Pseudonyms instead of names in what is old: done by the owner of the tables, since the service may not change it.

The names of one go all become others, the same for the same name; which was which is kept nowhere. What was
written, when and by which way stays.
"""

from __future__ import annotations

import datetime
import secrets
from typing import TYPE_CHECKING, Any

from psycopg import sql

from service.queries.audit_writes import note_load

if TYPE_CHECKING:
    import psycopg

PSEUDONYM = "person-"
NO_PERSONS = ("command line", "demo", "kuntokanta", "nobody", "operator", "system")
"""Names that the service gives itself and those who run it."""

_MEMBERS = ("holder", "recorded_by", "created_by", "requested_by", "changed_by", "imported_by", "undone_by")
_OF_OLD_IMPORTS = (
    "(t.municipality_code, t.batch_id) IN (SELECT b.municipality_code, b.batch_id FROM import_batch b"
    " WHERE b.imported_at < %(before)s)"
)
# Table, what is old of it, columns with names, columns with documents, column with an address.
_SOURCES: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...], str | None], ...] = (
    ("audit_entry", "t.at < %(before)s", ("by",), ("before", "after"), "from_address"),
    ("asset_version", "t.changed_at < %(before)s", ("changed_by",), (), "from_address"),
    ("import_batch", "t.imported_at < %(before)s", ("imported_by",), (), None),
    ("import_batch", "t.undone_at < %(before)s", ("undone_by",), (), None),
    (
        "import_change",
        _OF_OLD_IMPORTS,
        (),
        ("before", "after"),
        None,
    ),
    ("import_profile", "t.changed_at < %(before)s", ("changed_by",), (), None),
    ("run", "t.finished_at < %(before)s", ("created_by",), (), None),
    ("job", "t.finished_at < %(before)s", ("requested_by",), ("request",), "from_address"),
    ("condition_assessment", "t.recorded_at < %(before)s", ("recorded_by",), (), None),
    ("suitability", "t.recorded_at < %(before)s", ("recorded_by",), (), None),
    (
        "access_token",
        "(t.revoked_at < %(before)s OR t.expires_at < %(before)s)",
        ("holder",),
        (),
        None,
    ),
)


def redact_names(connection: psycopg.Connection[Any], before: datetime.datetime) -> dict[str, int]:
    """Replace the names in what was written before a time, and remove the addresses; return the rows by table."""
    values = {"before": before, "members": list(_MEMBERS)}
    connection.execute("SET LOCAL statement_timeout = 0")
    connection.execute("CREATE TEMPORARY TABLE pseudonym (name text PRIMARY KEY, told text NOT NULL) ON COMMIT DROP")
    for source in _SOURCES:
        _collect(connection, source, values)
    counts: dict[str, int] = {}
    for source in _SOURCES:
        counts[source[0]] = counts.get(source[0], 0) + _replace(connection, source, values)
    counts = {table: count for table, count in counts.items() if count}
    _note(connection, {"before": before.isoformat(), "rows": counts})
    return counts


def _collect(connection: psycopg.Connection[Any], source: Any, values: dict[str, Any]) -> None:
    """Give each name of a source that has none yet a pseudonym."""
    table, old, names, documents, _ = source
    parts = [sql.SQL("SELECT t.{} AS name FROM {} t WHERE {}").format(*_of(name, table, old)) for name in names]
    parts += [
        sql.SQL("SELECT t.{} ->> m AS name FROM {} t, unnest(%(members)s::text[]) m WHERE {}").format(
            *_of(name, table, old)
        )
        for name in documents
    ]
    found = connection.execute(sql.SQL(" UNION ").join(parts), values).fetchall()
    known = {name for (name,) in connection.execute("SELECT name FROM pseudonym")}
    new = {name for (name,) in found if name and name not in known and _is_person(name)}
    for name in new:
        connection.execute("INSERT INTO pseudonym VALUES (%s, %s)", (name, f"{PSEUDONYM}{secrets.token_hex(6)}"))


def _is_person(name: str) -> bool:
    return name not in NO_PERSONS and not name.startswith(PSEUDONYM)


def _of(column: str, table: str, old: str) -> tuple[sql.Composable, ...]:
    return sql.Identifier(column), sql.Identifier(table), sql.SQL(old)  # both are this module's own


_TOLD = sql.SQL("COALESCE((SELECT p.told FROM pseudonym p WHERE p.name = t.{0}), t.{0})")
_TOLD_WITHIN = sql.SQL(
    "t.{0} || COALESCE((SELECT jsonb_object_agg(m, p.told) FROM unnest(%(members)s::text[]) m"
    " JOIN pseudonym p ON p.name = t.{0} ->> m), '{{}}'::jsonb)"
)
_HAS_NAME = sql.SQL("EXISTS (SELECT FROM pseudonym p WHERE p.name = t.{})")
_HAS_NAME_WITHIN = sql.SQL("EXISTS (SELECT FROM unnest(%(members)s::text[]) m JOIN pseudonym p ON p.name = t.{} ->> m)")


def _replace(connection: psycopg.Connection[Any], source: Any, values: dict[str, Any]) -> int:
    table, old, names, documents, address = source
    sets, has = [], []
    for columns, told, condition in ((names, _TOLD, _HAS_NAME), (documents, _TOLD_WITHIN, _HAS_NAME_WITHIN)):
        for column in map(sql.Identifier, columns):
            sets.append(sql.SQL("{} = {}").format(column, told.format(column)))
            has.append(condition.format(column))
    if address is not None:
        sets.append(sql.SQL("{} = NULL").format(sql.Identifier(address)))
        has.append(sql.SQL("t.{} IS NOT NULL").format(sql.Identifier(address)))
    statement = sql.SQL("UPDATE {} t SET {} WHERE {} AND ({})").format(
        sql.Identifier(table), sql.SQL(", ").join(sets), sql.SQL(old), sql.SQL(" OR ").join(has)
    )
    return connection.execute(statement, values).rowcount


def _note(connection: psycopg.Connection[Any], told: dict[str, Any]) -> None:
    """Note in the audit that this was done, to how many rows, and by whom."""
    note_load(connection, "audit_entry", "names", told)
