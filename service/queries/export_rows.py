"""Rows of the register's tables for exports: what is there, then all of it in batches of one snapshot."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Select, Text, any_, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from gis.crs import SERVED_CRS
from models.registry import ASSET_CLASSES
from service.database import raw_connection
from service.queries.export_tables import export_tables
from service.queries.feature_bulk import FOR_EXPORTS, fetch_batches
from service.queries.feature_filters import WIDE_TYPES, filter_condition
from service.queries.geometry_text import in_system
from service.queries.register_at import RegisterDay, statement_at_day
from service.queries.statements import Statement, compiled

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from service.queries.export_tables import ExportTable
    from service.queries.feature_conditions import Condition, Filter

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class ExportSelection:
    """Which rows of a table are exported.

    Attributes:
        table: Code of the table.
        municipality_code: The municipality.
        district_code: Only assets of this district.
        filter: What else assets must meet.
        asset_ids: Only rows that belong to these assets.
        as_of: Assets as they were at the end of this day, without what belongs to them; None: as they are.
    """

    table: str
    municipality_code: str
    district_code: str | None = None
    filter: Filter | None = None
    asset_ids: Sequence[int] | None = None
    as_of: datetime.date | None = None


@dataclass(frozen=True)
class GeometryKind:
    """How many of the rows have a geometry of a type, with heights or without, and what their largest is."""

    type: str
    has_heights: bool
    rows: int
    most_points: int


@dataclass(frozen=True)
class Content:
    """What a selection holds: its rows, and the kinds of their geometries."""

    rows: int = 0
    kinds: tuple[GeometryKind, ...] = field(default=())


@dataclass(frozen=True)
class _Shape:
    table: str
    in_district: bool
    condition: Condition | None
    of_assets: bool
    at_day: bool


def look_at_rows(connection: Connection, selection: ExportSelection) -> Content:
    """Return what a selection holds, without reading its rows out."""
    statement = _content_statement(_shape(selection))
    with raw_connection(connection).cursor() as cursor:
        cursor.execute(FOR_EXPORTS, prepare=False)
        cursor.execute(statement.text, {**statement.constants, **_values(selection)}, prepare=False)
        found = cursor.fetchall()
    kinds = tuple(GeometryKind(*row) for row in found if row[0] is not None)
    return Content(sum(row[2] for row in found), kinds)


def read_export_rows(connection: Connection, selection: ExportSelection, crs_code: str) -> Generator[Rows, None, None]:
    """Give the selected rows in the order of their keys: the table's columns, then the geometry as WKB.

    Args:
        connection: A connection in a snapshot of its own, whose statement timeout is lifted until the snapshot ends.
        selection: Which rows.
        crs_code: System of the coordinates; easting or longitude comes first. The geometry is None where a table
            has none.
    """
    yield from fetch_batches(connection, _rows_statement(_shape(selection), crs_code), _values(selection))


def select_asset_ids(connection: Connection, selection: ExportSelection) -> list[int]:
    """Return the numbers of the assets of a class that are selected."""
    batches = fetch_batches(connection, _ids_statement(_shape(selection)), _values(selection))
    return [number for batch in batches for (number,) in batch]


@lru_cache(maxsize=64)
def _ids_statement(shape: _Shape) -> Statement:
    table = export_tables()[shape.table]
    statement: Select[Any] = select(*([] if table.asset is None else [table.asset])).select_from(table.source)
    return _built(statement.where(*_conditions(table, shape)), shape)


def _built(statement: Select[Any], shape: _Shape) -> Statement:
    built = compiled(statement)
    return statement_at_day(built, ASSET_CLASSES[shape.table]) if shape.at_day else built


@lru_cache(maxsize=128)
def _rows_statement(shape: _Shape, crs_code: str) -> Statement:
    table = export_tables()[shape.table]
    columns = [cast(each.read(), WIDE_TYPES[each.type]).label(each.name) for each in table.columns.values()]
    geometry: ColumnElement[Any] = literal_column("NULL::bytea")
    if table.geometry is not None:
        geometry = func.ST_AsBinary(in_system(table.geometry, SERVED_CRS[crs_code]))
    statement: Select[Any] = select(*columns, geometry.label("geometry")).select_from(table.source)
    return _built(statement.where(*_conditions(table, shape)).order_by(*table.key), shape)


@lru_cache(maxsize=128)
def _content_statement(shape: _Shape) -> Statement:
    table = export_tables()[shape.table]
    kind: ColumnElement[Any] = literal_column("NULL::text")
    heights: ColumnElement[Any] = literal_column("false")
    points: ColumnElement[Any] = literal_column("0")
    if table.geometry is not None:
        kind, heights = func.GeometryType(table.geometry), func.ST_Zmflag(table.geometry) > literal_column("0")
        points = func.coalesce(func.max(func.ST_NPoints(table.geometry)), literal_column("0"))
    statement: Select[Any] = select(kind.label("kind"), heights.label("heights"), func.count(), points)
    statement = statement.select_from(table.source).where(*_conditions(table, shape))
    return _built(statement.group_by(literal_column("1"), literal_column("2")), shape)


def _conditions(table: ExportTable, shape: _Shape) -> list[ColumnElement[bool]]:
    conditions = [table.municipality == bindparam("municipality_code", type_=Text())]
    if table.collection is not None:
        conditions += table.collection.conditions
        conditions += [key[0] == bindparam("municipality_code", type_=Text()) for key in table.collection.other_keys]
        if shape.condition is not None:
            conditions.append(filter_condition(table.collection, shape.condition))
    if shape.in_district and table.district is not None:
        conditions.append(table.district == bindparam("district_code", type_=Text()))
    if shape.of_assets and table.asset is not None:
        conditions.append(table.asset == any_(bindparam("asset_ids", type_=ARRAY(BigInteger))))
    return conditions


def _shape(selection: ExportSelection) -> _Shape:
    condition = None if selection.filter is None else selection.filter.condition
    return _Shape(
        selection.table,
        selection.district_code is not None,
        condition,
        of_assets=selection.asset_ids is not None,
        at_day=selection.as_of is not None,
    )


def _values(selection: ExportSelection) -> dict[str, Any]:
    values: dict[str, Any] = {"municipality_code": selection.municipality_code}
    if selection.district_code is not None:
        values["district_code"] = selection.district_code
    if selection.asset_ids is not None:
        values["asset_ids"] = list(selection.asset_ids)
    if selection.as_of is not None:
        values |= RegisterDay(selection.municipality_code, selection.as_of).values
    return values | (selection.filter.bound() if selection.filter else {})
