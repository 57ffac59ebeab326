"""Lists of assets: the query's parameters and the page they ask for."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import marshmallow
from flask import Response
from marshmallow import fields, validate

from gis.bbox import BBOX_PATTERN
from gis.crs import CRS84, SERVED_CRS
from models.asset import AssetStatus
from models.registry import ASSET_CLASSES, AssetClass
from service.api.answers import page_answer
from service.api.cursor import decode_cursor, encode_cursor
from service.api.fields import Day, QueryNumber, Text, municipality_field
from service.api.geometry import CrsField, ReadCrs, read_box
from service.api.identity import readable_municipality
from service.api.state import database
from service.errors import Fault, MalformedRequest
from service.queries.asset_lists import SORTABLE, AssetQuery, key_types, load_asset_page
from service.queries.assets import AssetRecord
from service.queries.register_at import RegisterDay

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000


def as_of_field() -> Day:
    """Return the field of the day whose register is asked for."""
    told = "The register as it was at the end of this day, in Finnish time; a list then names a municipality"
    return Day(load_default=None, metadata={"description": told})


class PageQuery(marshmallow.Schema):
    """The parameters of every list."""

    cursor = Text(
        metadata={
            "description": "Where the page starts, as `next` of the page before gives it",
            "format": "cursor",
            "pattern": "^[A-Za-z0-9_-]+$",
        }
    )
    limit = QueryNumber(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "Most items of the page"},
    )


class ReadAsset(ReadCrs):
    """The parameters of reading an asset."""

    as_of = as_of_field()


class ClassListQuery(PageQuery, ReadAsset):
    """The parameters of a list of assets of one class."""

    municipality = municipality_field(metadata={"description": "Only of this municipality"})
    district = Text(metadata={"description": "Only in this district"})
    status = fields.String(
        validate=validate.OneOf([each.value for each in AssetStatus]),
        metadata={"description": "Only with this status; by default all but decommissioned"},
    )
    bbox = Text(
        metadata={
            "description": "Only what touches this box: west,south,east,north, or with heights; axes as in `bbox-crs`",
            "format": "bbox",
            "pattern": BBOX_PATTERN,
        }
    )
    bbox_crs = CrsField(
        SERVED_CRS,
        data_key="bbox-crs",
        load_default=CRS84,
        metadata={"description": "System of the box; default CRS84"},
    )
    q = Text(metadata={"description": "Only where name, owner or source id contain this text"})
    sort = fields.String(
        validate=validate.OneOf([sign + name for name in SORTABLE for sign in ("", "-")]),
        metadata={"description": "Order, descending with `-`, unknown values last; by default by id"},
    )

    @marshmallow.validates_schema(skip_on_field_errors=False)
    def check_box(self, data: Mapping[str, Any], **_: Any) -> None:
        """Tell the faults of the box beside those of the other parameters."""
        if "bbox" in data and "bbox_crs" in data:
            read_box(data["bbox"], data["bbox_crs"])


class AssetListQuery(ClassListQuery):
    """The parameters of the list across classes."""

    asset_class = fields.String(
        data_key="class",
        validate=validate.OneOf(list(ASSET_CLASSES)),
        metadata={"description": "Only of this class"},
    )


def asset_page(
    query: Mapping[str, Any],
    asset_class: AssetClass | None,
    document: Callable[[AssetRecord], dict[str, Any]],
    *,
    only_core: bool = False,
) -> Response:
    """Return a page of assets; `only_core` leaves out what the class has beside the core."""
    municipality_code = readable_municipality(query.get("municipality"))
    sort = query.get("sort")
    column = sort.removeprefix("-") if sort else None
    after = decode_cursor(query.get("cursor"), key_types(column))
    area = read_box(query["bbox"], query["bbox_crs"]) if "bbox" in query else None
    if "bbox" in query and area is None:
        return page_answer([], None)
    asked = AssetQuery(
        asset_class=asset_class,
        only_core=only_core,
        municipality_code=municipality_code,
        district_code=query.get("district"),
        status=AssetStatus(query["status"]) if "status" in query else None,
        area=area,
        text=query.get("q"),
        sort=column,
        descending=bool(sort) and sort != column,
        after=after,
        limit=query["limit"],
        crs=query["crs"],
        day=_day(query["as_of"], municipality_code),
    )
    with database().reading() as connection:
        page = load_asset_page(connection, asked)
    return page_answer(map(document, page.records), encode_cursor(page.last_key))


def _day(as_of: datetime.date | None, municipality_code: str | None) -> RegisterDay | None:
    if as_of is None:
        return None
    if municipality_code is None:
        detail = "Name a municipality: the register of a day is read of one."
        raise MalformedRequest(detail, [Fault("municipality", detail)])
    return RegisterDay(municipality_code, as_of)
