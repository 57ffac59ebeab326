"""Reading of the audit: one list out of entries, versions of assets, and what imports wrote, by time.

Each part gives no more rows than a page has, by an index of its own; the rows of an import all have its time.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy.engine import Connection

import models
from service.database import raw_connection
from service.queries.asset_history import complete_versions
from service.queries.audit_writes import record_name

ASSET = "asset"
VIA = ("rest", "ogc", "page", "import", "cli", "worker", "migration")
KEY_TYPES = (str, int, int, int)
"""Of the place of an entry: its time, the part that it is of, and two numbers."""
_ENTRIES, _EDITS, _IMPORTED, _CHANGES = range(4)


def beginning_of(day: str) -> str:
    """Return the expression of the instant at which a day begins in Finland; `day` is an expression of ours."""
    return f"(({day})::timestamp AT TIME ZONE 'Europe/Helsinki')"


@dataclass(frozen=True)
class AuditQuery:
    """Which entries are asked for; the newest come first.

    Attributes:
        municipality_code: The municipality; `000` has what is national.
        table: Only writes of this table; `asset` holds those of all classes.
        record: Only of this record of the table: its key beside the municipality, parts joined by a slash. An asset
            is named by `asset_id`.
        asset_id: Only of this asset and of what belongs to it.
        by: Only by this one.
        via: Only by this way.
        since: Not before this day, as Finland counts days.
        until: Not after this day.
        after: Place of the last entry of the page before.
        limit: Most entries of the page.
        oldest_first: The other way round.
    """

    municipality_code: str
    table: str | None = None
    record: str | None = None
    asset_id: int | None = None
    by: str | None = None
    via: str | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    after: tuple[str, int, int, int] | None = None
    limit: int = 100
    oldest_first: bool = False


@dataclass(frozen=True)
class AuditPage:
    """Entries of one page by column name, and the place after which the next page starts, None on the last."""

    entries: list[dict[str, Any]]
    last_place: tuple[str, int, int, int] | None


def load_audit_page(connection: Connection, query: AuditQuery) -> AuditPage:
    """Return a page of the audit."""
    raw = raw_connection(connection)
    parts = [part for place, part in enumerate(_parts(query)) if _may_have(query, place)]
    statement = sql.SQL("{parts} ORDER BY {order} LIMIT %(limit)s").format(
        parts=sql.SQL(" UNION ALL ").join(sql.SQL("({})").format(part) for part in parts),
        order=_ordered(query, "at", "part", "number", "detail"),
    )
    rows = raw.cursor(row_factory=dict_row).execute(statement, _values(query)).fetchall()
    page = rows[: query.limit]
    complete_versions(connection, query.municipality_code, [each for each in page if each["part"] in _OF_ASSETS])
    for each in page:
        if each["record"] is None:
            each["record"] = _record_of(each)
    return AuditPage(page, _place(page[-1]) if len(rows) > len(page) else None)


_OF_ASSETS = (_EDITS, _IMPORTED)


def _place(entry: Mapping[str, Any]) -> tuple[str, int, int, int]:
    return entry["at"].isoformat(), entry["part"], entry["number"], entry["detail"]


def _may_have(query: AuditQuery, part: int) -> bool:
    """Return whether a part may hold what is asked for by table."""
    return query.table is None or part == _ENTRIES or (part in _OF_ASSETS) == (query.table == ASSET)


def _record_of(entry: Mapping[str, Any]) -> str:
    """Return the name of a record that an import wrote."""
    document = entry["after"] or entry["before"] or {}
    key = [each.name for each in models.Base.metadata.tables[entry["table_name"]].primary_key.columns]
    return "/".join(str(document.get(name)) for name in ([name for name in key if name != "municipality_code"] or key))


def _values(query: AuditQuery) -> dict[str, Any]:
    asked = {name: value for name, value in vars(query).items() if name not in ("after", "limit", "oldest_first")}
    place = dict(zip(("at", "part", "number", "detail"), query.after or (None, 0, 0, 0), strict=True))
    return {**asked, "municipality": query.municipality_code, "limit": query.limit + 1, **place}


def _parts(query: AuditQuery) -> Iterator[sql.Composable]:
    yield _statement(query, _ENTRY, ("e.at", _ENTRIES, "e.entry_id", "0"), _of_entries(query))
    edits = _by_columns(query, "v.changed_at", "v.changed_by", "v.via") + _of_asset(query, "v.asset_id")
    yield _statement(query, _EDIT, ("v.changed_at", _EDITS, "v.asset_id", "v.row_version"), edits)
    yield _of_batches(query, _VERSION_OF_BATCH, (_IMPORTED, "v.asset_id"), _of_asset(query, "v.asset_id"))
    changes = _of_asset(query, "(v.after ->> 'asset_id')::bigint")
    changes += ["v.target = %(table)s"] if query.table else []
    changes += [_is_record(query)] if query.table not in (None, ASSET) and query.record is not None else []
    yield _of_batches(query, _CHANGE_OF_BATCH, (_CHANGES, "v.change_id"), changes)


_ENTRY = (
    "SELECT e.at, {part} AS part, e.entry_id AS number, 0::bigint AS detail, e.by, e.via, e.from_address,"
    " e.request_id, e.table_name, e.record, e.asset_id, NULL::bigint AS row_version, e.action AS operation,"
    " e.before, e.after, e.batch_id FROM audit_entry e WHERE e.municipality_code = %(municipality)s"
)
_EDIT = (
    "SELECT v.changed_at AS at, {part} AS part, v.asset_id AS number, v.row_version AS detail, v.changed_by AS by,"
    " v.via, v.from_address, v.request_id, 'asset' AS table_name, v.asset_id::text AS record, v.asset_id,"
    " v.row_version, v.operation, v.before, v.after, v.batch_id FROM asset_version v"
    " WHERE v.municipality_code = %(municipality)s AND v.batch_id IS NULL"
)
# How an import came stands once, in its own entry.
_BATCHES = (
    "SELECT i.municipality_code, i.batch_id, i.imported_at, i.imported_by, o.via, o.from_address, o.request_id"
    " FROM import_batch i LEFT JOIN audit_entry o ON o.municipality_code = i.municipality_code"
    " AND o.batch_id = i.batch_id AND o.table_name = 'import_batch' AND o.action = 'insert'"
    " WHERE i.municipality_code = %(municipality)s"
)
_OF_BATCH = (
    "SELECT b.imported_at AS at, {part} AS part, b.batch_id AS number, {detail} AS detail, b.imported_by AS by,"
    " b.via, b.from_address, b.request_id, "
)
_VERSION_OF_BATCH = (
    (
        "'asset' AS table_name, v.asset_id::text AS record, v.asset_id, v.row_version, v.operation, v.before, v.after,"
        " v.batch_id"
    ),
    "asset_version",
)
_CHANGE_OF_BATCH = (
    (
        "v.target AS table_name, NULL::text AS record, (v.after ->> 'asset_id')::bigint AS asset_id,"
        " NULL::bigint AS row_version, v.operation, v.before, v.after, v.batch_id"
    ),
    "import_change",
)


def _of_entries(query: AuditQuery) -> list[str | sql.Composable]:
    conditions = _by_columns(query, "e.at", "e.by", "e.via") + _of_asset(query, "e.asset_id")
    conditions += ["e.table_name = %(table)s"] if query.table else []
    return conditions + (["e.record = %(record)s"] if query.record is not None else [])


def _by_columns(query: AuditQuery, at: str, by: str, via: str) -> list[str | sql.Composable]:
    """Return the conditions that a row meets itself, by what its part calls time, name and way."""
    asked = (
        (query.since, f"{at} >= {beginning_of('%(since)s::date')}"),
        (query.until, f"{at} < {beginning_of('%(until)s::date + 1')}"),
        (query.by, f"{by} = %(by)s"),
        (query.via, f"{via} = %(via)s"),
    )
    return [condition for value, condition in asked if value is not None]


def _of_asset(query: AuditQuery, column: str) -> list[str | sql.Composable]:
    return [f"{column} = %(asset_id)s"] if query.asset_id is not None else []


def _is_record(query: AuditQuery) -> sql.Composable:
    table = models.Base.metadata.tables.get(query.table or "")
    return sql.SQL("false") if table is None else sql.SQL("{} = %(record)s").format(record_name(table, "v.after"))


def _statement(
    query: AuditQuery, select: str, place: tuple[str, int, str, str], conditions: list[str | sql.Composable]
) -> sql.Composable:
    at, part, number, detail = place
    if query.after is not None:
        conditions = [*conditions, _bound(query, at), _beyond(query, f"{at}, {part}, {number}, {detail}")]
    order = (at, number) if part == _ENTRIES else (at, number, detail)
    return sql.SQL("{} ORDER BY {} LIMIT %(limit)s").format(
        _where(sql.SQL(select).format(part=sql.Literal(part)), conditions), _ordered(query, *order)
    )


def _of_batches(
    query: AuditQuery, of: tuple[str, str], place: tuple[int, str], conditions: list[str | sql.Composable]
) -> sql.Composable:
    """Return what imports wrote to one table: batch by batch, of each no more than a page has.

    What is asked of an asset is few rows, found by an index of their own.
    """
    part, detail = place
    batches = _by_columns(query, "i.imported_at", "i.imported_by", "o.via")
    beyond: list[str | sql.Composable] = []
    if query.after is not None:
        batches.append(_bound(query, "i.imported_at"))
        beyond = [_beyond(query, f"b.imported_at, {part}, b.batch_id, {detail}")]
    rows = "SELECT v.* FROM {} v WHERE v.municipality_code = b.municipality_code AND v.batch_id = b.batch_id"
    inner = _where(sql.SQL(rows).format(sql.Identifier(of[1])), [*conditions, *beyond])
    if query.asset_id is None:
        inner = sql.SQL("{} ORDER BY {} LIMIT %(limit)s").format(inner, _ordered(query, detail))
    return sql.SQL(
        "{select} FROM ({batches}) b CROSS JOIN LATERAL ({inner}) v ORDER BY {order} LIMIT %(limit)s"
    ).format(
        select=sql.SQL(_OF_BATCH + of[0]).format(part=sql.Literal(part), detail=sql.SQL(detail)),
        batches=_where(sql.SQL(_BATCHES), batches),
        inner=inner,
        order=_ordered(query, "b.imported_at", "b.batch_id", detail),
    )


def _bound(query: AuditQuery, at: str) -> str:
    return f"{at} {'>=' if query.oldest_first else '<='} %(at)s"


def _beyond(query: AuditQuery, place: str) -> str:
    beyond = ">" if query.oldest_first else "<"
    return f"({place}) {beyond} (%(at)s::timestamptz, %(part)s, %(number)s, %(detail)s)"


def _where(statement: sql.Composable, conditions: list[str | sql.Composable]) -> sql.Composable:
    """Add conditions to a statement that has some; texts are this module's own."""
    told = [each if isinstance(each, sql.Composable) else sql.SQL(each) for each in conditions]
    return sql.SQL(" AND ").join([statement, *told])


def _ordered(query: AuditQuery, *columns: str) -> sql.Composable:
    """Order by columns in the direction of the list; the names are this module's own."""
    direction = "" if query.oldest_first else " DESC"
    return sql.SQL(", ").join(sql.SQL(f"{each}{direction}") for each in columns)
