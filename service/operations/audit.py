"""The audit for those who look: what was written by whom, page by page, or all of it as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson
from geoalchemy2 import Geometry

import models
from service.exporters.harmless import harmless
from service.operations.import_changes import told_value
from service.queries.asset_key import AssetKey, parse_asset_key
from service.queries.audit_reading import ASSET, AuditQuery, load_audit_page

if TYPE_CHECKING:
    from service.database import Database

Entry = dict[str, Any]
ENTRIES_AT_A_TIME = 1000
COLUMNS = (
    "at",
    "by",
    "via",
    "from_address",
    "request_id",
    "municipality_code",
    "table",
    "record",
    "action",
    "before",
    "after",
    "asset_id",
    "row_version",
    "import_id",
)
_NO_ASSET = 0
_ACTIONS = {"create": "insert", "retire": "update"}


def read_audit(database: Database, query: AuditQuery) -> tuple[list[Entry], tuple[str, int, int, int] | None]:
    """Return a page of entries, and the place after which the next page begins, None on the last.

    Shapes are GeoJSON in EPSG:3067, as in the history of assets.
    """
    with database.reading() as connection:
        page = load_audit_page(connection, _as_stored(query))
    return [_entry(query.municipality_code, each) for each in page.entries], page.last_place


def all_entries(database: Database, query: AuditQuery) -> Iterator[list[Entry]]:
    """Give all entries in pages; between two of them no connection is held, however slowly they are taken."""
    query = replace(query, limit=ENTRIES_AT_A_TIME)
    while True:
        entries, place = read_audit(database, query)
        yield entries
        if place is None:
            return
        query = replace(query, after=place)


def read_history(
    database: Database, key: AssetKey, after: tuple[str, int, int, int] | None, limit: int
) -> tuple[list[Entry], tuple[str, int, int, int] | None]:
    """Return a page of what was written of an asset and of what belongs to it, the oldest first, and where it ends."""
    query = AuditQuery(key.municipality_code, asset_id=key.asset_id, after=after, limit=limit, oldest_first=True)
    with database.reading() as connection:
        page = load_audit_page(connection, query)
    return [_change(key, each) for each in page.entries], page.last_place


def _change(key: AssetKey, row: Mapping[str, Any]) -> Entry:
    operation = "create" if row["operation"] == "insert" else row["operation"]
    return {
        "municipality_code": key.municipality_code,
        "asset_id": str(key),
        "table": row["table_name"],
        "record": str(key) if row["table_name"] == ASSET else row["record"],
        "row_version": row["row_version"],
        "changed_at": row["at"],
        "changed_by": row["by"],
        "via": row["via"],
        "operation": operation,
        "before": told_document(row["table_name"], row["before"]),
        "after": told_document(row["table_name"], row["after"]),
        "batch_id": row["batch_id"],
    }


def _as_stored(query: AuditQuery) -> AuditQuery:
    """Name an asset by its number where it is named as a record, by its public id."""
    if query.table != ASSET or query.record is None:
        return query
    key = parse_asset_key(query.record)
    number = _NO_ASSET if key is None or key.municipality_code != query.municipality_code else key.asset_id
    return replace(query, record=None, asset_id=number if query.asset_id in (None, number) else _NO_ASSET)


def _entry(municipality_code: str, row: Mapping[str, Any]) -> Entry:
    asset = None if row["asset_id"] is None else str(AssetKey(municipality_code, row["asset_id"]))
    told = {
        **row,
        "municipality_code": municipality_code,
        "table": row["table_name"],
        "record": asset if row["table_name"] == ASSET else row["record"],
        "action": _action(row),
        "before": told_document(row["table_name"], row["before"]),
        "after": told_document(row["table_name"], row["after"]),
        "asset_id": asset,
        "import_id": None if row["batch_id"] is None else f"{municipality_code}-{row['batch_id']}",
    }
    return {name: told[name] for name in COLUMNS}


def _action(row: Mapping[str, Any]) -> str:
    operation = str(row["operation"])
    if operation == "undo":
        return "update" if row["after"] else "delete"
    return _ACTIONS.get(operation, operation)


def told_document(table: str, document: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a document of a record for people: its shapes as GeoJSON."""
    if document is None:
        return None
    known = models.Base.metadata.tables.get(table)
    columns = () if known is None or table == ASSET else known.columns
    shapes = {each.name for each in columns if isinstance(each.type, Geometry)}
    return {name: told_value(value, is_shape=name in shapes) for name, value in document.items()}


# ------------------------------------------------------------------------------------------------ files


def as_csv(pages: Iterator[list[Entry]]) -> Iterator[bytes]:
    """Give entries as CSV with a header; documents as JSON, and no text that a spreadsheet would run."""
    yield _lines([COLUMNS])
    for entries in pages:
        yield _lines([[_cell(each[name]) for name in COLUMNS] for each in entries])


def as_json_lines(pages: Iterator[list[Entry]]) -> Iterator[bytes]:
    """Give entries as JSON, one to a line."""
    for entries in pages:
        yield b"".join(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in entries)


AUDIT_FILES: Mapping[str, tuple[str, Callable[[Iterator[list[Entry]]], Iterator[bytes]]]] = MappingProxyType(
    {"csv": ("text/csv", as_csv), "jsonl": ("application/jsonl", as_json_lines)}
)
"""Forms of the audit as a file, each with its media type and what writes it."""


def _lines(rows: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return orjson.dumps(value).decode() if isinstance(value, dict) else harmless(_plain(value))


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
