"""Writing of the audit: one entry for each record that is written, in the same transaction, by who acts now.

Documents hold all columns of a record as the database has them; shapes as hexadecimal EWKB, to the last bit.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
from geoalchemy2 import Geometry
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

import models
from service.acting import current
from service.database import raw_connection
from service.queries.same_key import same_key

if TYPE_CHECKING:
    from sqlalchemy import Column, Table

NATIONAL = "000"
"""Where entries of what is national stand, beside the whole country's statistics and jobs."""

_UNTOLD: Mapping[str, frozenset[str]] = {
    "access_token": frozenset({"token_sha256"}),
    "import_batch": frozenset({"report", "undo_report"}),
    "job": frozenset({"result"}),
}
"""Columns that no document holds: what is secret, and long reports, which are kept beside."""

Key = Mapping[str, Any]
Within = Session | psycopg.Connection[Any]
"""The transaction that writes."""


def note_insert(within: Within, table: Table, *keys: Key, under: str = NATIONAL, batch_id: int | None = None) -> None:
    """Note records that were just added.

    Args:
        within: The transaction that added them.
        table: Their table.
        keys: Of each the columns of its primary key.
        under: Municipality that the entry stands under where the record has none.
        batch_id: Import that it belongs to.
    """
    _store(_raw(within), table, [(key, None) for key in keys], under, batch_id)


def note_load(
    within: Within, table: str, record: str, told: Mapping[str, Any], *, municipality_code: str = NATIONAL
) -> None:
    """Note what was done to a table as a whole, that no entry of single records tells: how many rows, from where.

    Args:
        within: The transaction that did it.
        table: The table, or the one that stands for those that were written together.
        record: What it was done to.
        told: What is known of it.
        municipality_code: Whose rows they are.
    """
    values = {
        **author(),
        "municipality": municipality_code,
        "table": table,
        "record": record,
        "told": _json(dict(told)),
    }
    _raw(within).execute(
        "INSERT INTO audit_entry (municipality_code, entry_id, at, by, via, from_address, request_id, table_name,"
        " record, action, after) VALUES (%(municipality)s, nextval('audit_entry_id_seq'), %(at)s, %(by)s, %(via)s,"
        " %(from_address)s, %(request_id)s, %(table)s, %(record)s, 'update', %(told)s)",
        values,
    )


@contextmanager
def noted(
    within: Within, table: Table, *keys: Key, under: str = NATIONAL, batch_id: int | None = None
) -> Iterator[None]:
    """Note what becomes of records of these keys within: those that are added, changed or removed.

    Takes what `note_insert` takes. A record that is as it was has no entry.
    """
    raw = _raw(within)
    before = _documents(raw, table, keys)
    yield
    _store(raw, table, list(zip(keys, before, strict=True)), under, batch_id)


def note_districts(
    session: Session, municipality_code: str, moved: Sequence[tuple[int, int, str | None, str | None]]
) -> None:
    """Note assets whose district is found anew, which is no version of them.

    Args:
        session: Of the transaction that changes them.
        municipality_code: The municipality.
        moved: Of each asset its number, its version, the district that it had, and the one that it gets.
    """
    assets, versions, before, after = map(list, zip(*moved, strict=True))
    values = {**author(), "municipality": municipality_code, "assets": assets, "versions": versions}
    raw_connection(session.connection()).execute(_DISTRICTS, {**values, "before": before, "after": after})


def document(table: Table, alias: str = "t") -> sql.Composable:
    """Return the expression of a record's document."""
    pairs = [
        sql.SQL("{}, {}.{}{}").format(
            sql.Literal(each.name),
            sql.Identifier(alias),
            sql.Identifier(each.name),
            sql.SQL("::text" if isinstance(each.type, Geometry) else ""),
        )
        for each in told_columns(table)
    ]
    return sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(pairs))


def told_columns(table: Table) -> list[Column[Any]]:
    """Return the columns that documents of a table's records hold."""
    untold = _UNTOLD.get(table.name, frozenset())
    return [each for each in table.columns if each.name not in untold]


def record_name(table: Table, of: str) -> sql.Composable:
    """Return the expression of a record's name: its key beside the municipality, out of the document `of`."""
    key = [each.name for each in table.primary_key.columns]
    own = [name for name in key if name != "municipality_code"] or key
    parts = [sql.SQL("{} ->> {}").format(sql.SQL(of), sql.Literal(name)) for name in own]  # `of` is ours
    return sql.SQL("concat_ws('/', {})").format(sql.SQL(", ").join(parts))


def author() -> dict[str, Any]:
    """Return who acts now, as the columns of an entry."""
    acting = current()
    return {
        "at": datetime.datetime.now(datetime.UTC),
        "by": acting.by,
        "via": acting.via,
        "from_address": acting.from_address,
        "request_id": acting.request_id,
    }


def _raw(within: Within) -> psycopg.Connection[Any]:
    return raw_connection(within.connection()) if isinstance(within, Session) else within


def _documents(connection: psycopg.Connection[Any], table: Table, keys: Sequence[Key]) -> list[dict[str, Any] | None]:
    """Return the documents of records as they are, which nobody else changes until the transaction ends."""
    statement = _select(table.name)
    found = dict(connection.execute(statement, {"keys": _json([dict(key) for key in keys])}).fetchall())
    return [found.get(place) for place in range(1, len(keys) + 1)]


def _store(
    connection: psycopg.Connection[Any],
    table: Table,
    records: Sequence[tuple[Key, Mapping[str, Any] | None]],
    under: str,
    batch_id: int | None,
) -> None:
    rows = _json([{"key": dict(key), "before": before} for key, before in records])
    values = {**author(), "rows": rows, "under": under, "batch": batch_id}
    connection.execute(_insert(table.name), values)


_DISTRICTS = """
INSERT INTO audit_entry (municipality_code, entry_id, at, by, via, from_address, request_id, table_name, record,
    asset_id, action, before, after)
SELECT %(municipality)s::text, nextval('audit_entry_id_seq'), %(at)s, %(by)s, %(via)s, %(from_address)s::text,
    %(request_id)s::text, 'asset', m.asset_id::text, m.asset_id, 'update',
    jsonb_build_object('district_code', m.before, 'row_version', m.row_version),
    jsonb_build_object('district_code', m.after, 'row_version', m.row_version)
FROM unnest(%(assets)s::bigint[], %(versions)s::bigint[], %(before)s::text[], %(after)s::text[])
    m (asset_id, row_version, before, after)
"""


def _json(content: Any) -> Jsonb:
    return Jsonb(content, dumps=lambda value: orjson.dumps(value, default=str))


@cache
def _select(name: str) -> sql.Composed:
    table = models.Base.metadata.tables[name]
    return sql.SQL(
        "SELECT e.place, {document} FROM jsonb_array_elements(%(keys)s) WITH ORDINALITY e (key, place)"
        " CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, e.key) s JOIN {table} t ON {same}"
        " FOR NO KEY UPDATE OF t"  # as an update takes: rows that refer to it may be written meanwhile
    ).format(document=document(table), table=sql.Identifier(name), same=_same(table))


@cache
def _insert(name: str) -> sql.Composed:
    """Give the statement that notes records with what they were (`before`) and as they now are, if they are."""
    table = models.Base.metadata.tables[name]
    return sql.SQL(
        "INSERT INTO audit_entry (municipality_code, entry_id, at, by, via, from_address, request_id, table_name,"
        " record, asset_id, action, before, after, batch_id)"
        " SELECT COALESCE(r.known ->> 'municipality_code', %(under)s::text), nextval('audit_entry_id_seq'), %(at)s,"
        " %(by)s, %(via)s, %(from_address)s::text, %(request_id)s::text, {name}, {record},"
        " (r.known ->> 'asset_id')::bigint,"
        " CASE WHEN r.before IS NULL THEN 'insert' WHEN r.after IS NULL THEN 'delete' ELSE 'update' END,"
        " r.before, r.after, %(batch)s::bigint FROM (SELECT e.before, a.after, COALESCE(a.after, e.before) AS known"
        " FROM jsonb_to_recordset(%(rows)s) e (key jsonb, before jsonb)"
        " CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, e.key) s"
        " LEFT JOIN LATERAL (SELECT {document} AS after FROM {table} t WHERE {same}) a ON true) r"
        " WHERE r.before IS DISTINCT FROM r.after"
    ).format(
        name=sql.Literal(name),
        table=sql.Identifier(name),
        record=record_name(table, "r.known"),
        document=document(table),
        same=_same(table),
    )


def _same(table: Table) -> sql.Composable:
    return same_key(each.name for each in table.primary_key.columns)
