"""Reading of records: pages by key, single ones, and whether something is there."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select, tuple_
from sqlalchemy.engine import Connection

from gis.crs import CRS84, Crs
from models.base import Base
from service.queries.geometry_text import geojson_text
from service.queries.record_sets import RecordSet, is_geometry
from service.queries.tables import table_of


@dataclass(frozen=True)
class RecordQuery:
    """Which records are asked for.

    Attributes:
        equal: Values that columns must have.
        national_too: Records without a municipality also pass where `equal` names one.
        valid_on: Only records whose validity holds this day.
        years: First and last year, either may be open.
        after: Key of the last record of the page before.
        limit: Most records of the page.
        crs: System of the coordinates that are given out.
    """

    equal: Mapping[str, Any] = field(default_factory=dict)
    national_too: bool = False
    valid_on: datetime.date | None = None
    years: tuple[int | None, int | None] = (None, None)
    after: tuple[Any, ...] | None = None
    limit: int = 100
    crs: Crs = CRS84


@dataclass(frozen=True)
class RecordPage:
    """Records of one page by column name, and the key after which the next page starts, None on the last."""

    records: list[dict[str, Any]]
    last_key: tuple[Any, ...] | None


def load_records(connection: Connection, records: RecordSet, query: RecordQuery) -> RecordPage:
    """Return a page of records in the order of their key; geometry as GeoJSON text."""
    key = [records.columns[name] for name in records.order]
    statement = _select(records, query.crs).where(*_conditions(records, query)).order_by(*key).limit(query.limit + 1)
    if query.after is not None:
        last = (literal(value, column.type) for value, column in zip(query.after, key, strict=True))
        statement = statement.where(tuple_(*key) > tuple_(*last))
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    page = rows[: query.limit]
    last_key = tuple(page[-1][name] for name in records.order) if len(rows) > len(page) else None
    return RecordPage(page, last_key)


def load_record(
    connection: Connection, records: RecordSet, key: Mapping[str, Any], *, crs: Crs = CRS84, locked: bool = False
) -> dict[str, Any] | None:
    """Return one record by name, or None; `locked` keeps it from changing until the transaction ends."""
    statement = _select(records, crs).where(*(records.columns[name] == value for name, value in key.items()))
    if locked:
        statement = statement.with_for_update(of=records.table)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def record_exists(connection: Connection, model: type[Base], **key: Any) -> bool:
    """Return whether a table has a row with these values."""
    table = table_of(model)
    statement = select(exists().where(and_(*(table.c[name] == value for name, value in key.items()))))
    return bool(connection.execute(statement).scalar_one())


def _select(records: RecordSet, crs: Crs) -> Select[Any]:
    shown = [
        (geojson_text(column, crs) if is_geometry(column) else column).label(name)
        for name, column in records.columns.items()
    ]
    return select(*shown).select_from(records.source)


def _conditions(records: RecordSet, query: RecordQuery) -> list[ColumnElement[bool]]:
    columns = records.columns
    conditions = [columns[name] == value for name, value in query.equal.items() if name != "municipality_code"]
    if (municipality_code := query.equal.get("municipality_code")) is not None:
        own = columns["municipality_code"] == municipality_code
        national = columns["municipality_code"].is_(None)
        conditions.append(or_(own, national) if query.national_too else own)
    if query.valid_on is not None:
        ends = or_(columns["valid_to"].is_(None), columns["valid_to"] > query.valid_on)
        conditions.append(and_(columns["valid_from"] <= query.valid_on, ends))
    first, last = query.years
    if first is not None:
        conditions.append(columns["year"] >= first)
    if last is not None:
        conditions.append(columns["year"] <= last)
    return conditions
