"""Pages of assets: filters, order and the place where the next page starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    LargeBinary,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    tuple_,
)
from sqlalchemy.engine import Connection

from gis.crs import CRS84, Crs
from models.asset import AssetStatus
from models.registry import ASSET_CLASSES, AssetClass
from service.queries.assets import (
    CORE,
    KEY,
    AssetRecord,
    asset_records,
    attribute_columns,
    class_condition,
    select_assets,
)
from service.queries.register_at import RegisterDay, at_day

SORTABLE = ("name", "owner", "built_year", "renewed_year", "replacement_cost_eur", "criticality", "quantity")
_SEARCHED = (CORE.c.name, CORE.c.owner, CORE.c.source_id)
_LEAST: dict[type[Any], Any] = {str: "", int: 0, float: 0.0}


@dataclass(frozen=True)
class AssetQuery:
    """Which assets are asked for, in which order, and how.

    Attributes:
        asset_class: The class, or None for all.
        only_core: Only the attributes that all classes share.
        municipality_code: Only of this municipality.
        district_code: Only in this district.
        status: Only with this status; None leaves out what is decommissioned.
        area: EWKB in EPSG:3067: only what touches it.
        text: Text that name, owner or source id contain.
        sort: Core column to sort by, unknown values last; None: by key.
        descending: The other way round.
        after: Sort key of the last asset of the page before.
        limit: Most assets of the page.
        crs: System of the coordinates that are given out.
        day: The register of which day; None: of now.
    """

    asset_class: AssetClass | None = None
    only_core: bool = False
    municipality_code: str | None = None
    district_code: str | None = None
    status: AssetStatus | None = None
    area: bytes | None = None
    text: str | None = None
    sort: str | None = None
    descending: bool = False
    after: tuple[Any, ...] | None = None
    limit: int = 100
    crs: Crs = CRS84
    day: RegisterDay | None = None


@dataclass(frozen=True)
class AssetPage:
    """Assets of one page, and the sort key after which the next page starts, None on the last."""

    records: list[AssetRecord]
    last_key: tuple[Any, ...] | None


def load_asset_page(connection: Connection, query: AssetQuery) -> AssetPage:
    """Return a page by keyset: its cost does not grow with the pages before it."""
    order = sort_columns(query.sort, descending=query.descending)
    shown = None if query.only_core else query.asset_class
    statement = select_assets(shown, query.crs).where(*_conditions(query))
    if query.after is not None:
        statement = statement.where(_beyond(order, query.after, descending=query.descending))
    statement = _ordered(statement, order, descending=query.descending).limit(query.limit + 1)
    shown_too = statement.add_columns(*(each.label(None) for each in order))
    rows = list(connection.execute(at_day(shown_too, query.day, [] if shown is None else [shown])))
    page, width = rows[: query.limit], 6 + len(attribute_columns(shown))
    last_key = tuple(page[-1][width:]) if len(rows) > len(page) else None
    return AssetPage(asset_records([row[:width] for row in page], shown), last_key)


def sort_columns(sort: str | None, *, descending: bool) -> tuple[ColumnElement[Any], ...]:
    """Return the sort key: the column with unknown last either way, then the asset's own key, which is unique."""
    if sort is None:
        return KEY
    column = CORE.c[sort]
    unknown_last = column.is_not(None) if descending else column.is_(None)
    return unknown_last, func.coalesce(_comparable(column), _LEAST[key_types(sort)[1]]), *KEY


def key_types(sort: str | None) -> tuple[type[Any], ...]:
    """Return the Python types of the sort key's parts, by which a cursor is checked."""
    if sort is None:
        return (str, int)
    python = CORE.c[sort].type.python_type
    return (bool, python if python in _LEAST else float, str, int)


def _comparable(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Money as a float, which a cursor can carry; text in the order of its bytes, which no locale changes."""
    if column.type.python_type is str:
        return column.collate("C")
    return column if column.type.python_type in _LEAST else cast(column, Double())


def _beyond(order: tuple[ColumnElement[Any], ...], after: tuple[Any, ...], *, descending: bool) -> ColumnElement[bool]:
    last = tuple_(*(literal(value, column.type) for value, column in zip(after, order, strict=True)))
    return tuple_(*order) < last if descending else tuple_(*order) > last


def _ordered(statement: Select[Any], order: tuple[ColumnElement[Any], ...], *, descending: bool) -> Select[Any]:
    return statement.order_by(*(column.desc() if descending else column.asc() for column in order))


def _conditions(query: AssetQuery) -> list[ColumnElement[bool]]:
    equal = {
        CORE.c.municipality_code: query.municipality_code,
        CORE.c.district_code: query.district_code,
        CORE.c.status: query.status,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if query.only_core and query.asset_class is not None:
        conditions.append(class_condition(query.asset_class))
    if query.status is None:
        conditions.append(CORE.c.status != AssetStatus.DECOMMISSIONED)
    if query.area is not None:
        conditions.append(_touches(query))
    if query.text is not None:
        conditions.append(or_(*(column.icontains(query.text, autoescape=True) for column in _SEARCHED)))
    return conditions


def _touches(query: AssetQuery) -> ColumnElement[bool]:
    """Boxes by the index, then shapes; across classes each class by its number, or the index could not be used."""
    area = func.ST_GeomFromEWKB(bindparam("area", query.area, LargeBinary()))
    boxes_meet: ColumnElement[bool] = CORE.c.geometry.op("&&")(area)
    if query.asset_class is None:
        boxes_meet = and_(or_(*map(class_condition, ASSET_CLASSES.values())), boxes_meet)
    return and_(boxes_meet, func.ST_Intersects(CORE.c.geometry, area))
