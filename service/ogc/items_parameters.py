"""The query parameters of `/items`: read together, so that every fault is told at once."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import shapely

from gis.bbox import Bbox, bbox_in_finland, parse_bbox
from gis.crs import CRS84, TM35FIN, parse_crs
from service.ogc.cursor import decode_cursor
from service.ogc.datetime_parameter import check_datetime
from service.ogc.property_values import parse_property_value
from service.ogc.reach import within_reach
from service.queries.features import FeatureQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ogc.faults import FaultList
    from service.queries.feature_collections import FeatureCollection

DEFAULT_LIMIT, MAX_LIMIT = 100, 10_000
ITEMS_PARAMETERS = ("f", "bbox", "bbox-crs", "crs", "datetime", "limit", "cursor", "municipality")
_MUNICIPALITY = re.compile(r"[0-9]{3}", re.ASCII)


def read_items_parameters(
    collection: FeatureCollection, parameters: Mapping[str, str], faults: FaultList
) -> FeatureQuery:
    """Return what `/items` is asked for.

    Args:
        collection: The collection.
        parameters: Query parameters by name; names that are neither known nor properties must be gone.
        faults: Where faults are noted; raise them before the result is used.
    """
    crs = CRS84
    if "crs" in parameters:
        with faults.of("crs"):
            crs = parse_crs(parameters["crs"])
    box = _read_bbox(parameters, faults)
    equal = _read_equal(collection, parameters, faults)
    if "datetime" in parameters:
        with faults.of("datetime"):
            check_datetime(parameters["datetime"])
    after = _read_cursor(collection, parameters, faults)
    limit = _read_limit(parameters, faults)
    query = within_reach(FeatureQuery(collection.id, crs, limit, equal=equal, after=after))
    return _within(query, box) if box else query


def query_identity(collection: FeatureCollection, parameters: Mapping[str, str]) -> object:
    """Return what a query selects, so that a cursor of another query is known: all but form, page and system."""
    of_the_page = {"f", "limit", "cursor", "crs"}
    return collection.id, sorted((name, value) for name, value in parameters.items() if name not in of_the_page)


def _within(query: FeatureQuery, box: Bbox) -> FeatureQuery:
    area = bbox_in_finland(box)
    if area is None:
        return replace(query, nowhere=True)
    ewkb = shapely.to_wkb(shapely.set_srid(area, TM35FIN.srid), include_srid=True)
    return replace(query, area=ewkb, heights=box.heights)


def _read_bbox(parameters: Mapping[str, str], faults: FaultList) -> Bbox | None:
    crs = CRS84
    if "bbox-crs" in parameters:
        with faults.of("bbox-crs"):
            crs = parse_crs(parameters["bbox-crs"])
    if "bbox" in parameters:
        with faults.of("bbox"):
            return parse_bbox(parameters["bbox"], crs)
    return None


def _read_equal(collection: FeatureCollection, parameters: Mapping[str, str], faults: FaultList) -> dict[str, Any]:
    equal: dict[str, Any] = {}
    for name, text in parameters.items():
        if name in collection.properties:
            with faults.of(name):
                equal[name] = parse_property_value(collection.properties[name], text)
    if "municipality" in parameters:
        code = parameters["municipality"]
        if not _MUNICIPALITY.fullmatch(code):
            faults.add("municipality", f"'{code[:40]}' is not a municipality code of three digits")
        elif equal.setdefault("municipality_code", code) != code:
            faults.add("municipality", "contradicts municipality_code")
    return equal


def _read_cursor(
    collection: FeatureCollection, parameters: Mapping[str, str], faults: FaultList
) -> tuple[Any, ...] | None:
    if "cursor" in parameters:
        key_types = [column.type.python_type for column in collection.key]
        with faults.of("cursor"):
            return decode_cursor(parameters["cursor"], key_types, query_identity(collection, parameters))
    return None


def _read_limit(parameters: Mapping[str, str], faults: FaultList) -> int:
    """The limit; more than the most is no fault and means the most (Part 1, fc-limit-definition)."""
    text = parameters.get("limit", str(DEFAULT_LIMIT))
    if text.isascii() and text.isdecimal() and len(text) <= 18 and int(text) > 0:
        return min(int(text), MAX_LIMIT)
    faults.add("limit", f"'{text[:40]}' is not a whole number from 1 to {MAX_LIMIT}")
    return DEFAULT_LIMIT
