"""The query parameters that select features: the same for pages, tiles and whole collections."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import shapely

from gis.bbox import Bbox, bbox_in_finland, parse_bbox
from gis.crs import CRS84, TM35FIN, Crs, parse_crs
from service.filters.reading import read_filter
from service.filters.text import CQL2_TEXT, LANGUAGES
from service.ogc.datetime_parameter import check_datetime
from service.ogc.property_values import parse_property_value
from service.ogc.reach import within_reach
from service.queries.feature_conditions import ID, And, Constant, Filter, IsKey, Value
from service.queries.feature_query import FeatureQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ogc.faults import FaultList
    from service.queries.feature_collections import FeatureCollection

SELECTION_PARAMETERS = (ID, "bbox", "bbox-crs", "datetime", "municipality", "filter", "filter-lang", "filter-crs")
"""Names of the parameters that select features of any collection; its properties select too."""

_MUNICIPALITY = re.compile(r"[0-9]{3}", re.ASCII)


def read_selection(collection: FeatureCollection, parameters: Mapping[str, str], faults: FaultList) -> FeatureQuery:
    """Return which features are asked for, limited to what the request may read.

    Args:
        collection: The collection.
        parameters: Query parameters by name; those that do not select are passed over.
        faults: Where faults are noted; raise them before the result is used.
    """
    box = _read_bbox(parameters, faults)
    equal = _read_equal(collection, parameters, faults)
    if "datetime" in parameters:
        with faults.of("datetime"):
            check_datetime(parameters["datetime"])
    chosen = _read_filter(collection, parameters, faults)
    if ID in parameters:
        chosen = _of_id(collection, parameters[ID], chosen)
    is_in_two = "municipality" in parameters and equal.get("municipality_code") != parameters["municipality"]
    query = within_reach(FeatureQuery(collection.id, equal=equal, filter=chosen, nowhere=is_in_two))
    return _within(query, box) if box else query


def read_crs(name: str, parameters: Mapping[str, str], faults: FaultList) -> Crs:
    """Return the system that a parameter names, CRS84 without it."""
    if name in parameters:
        with faults.of(name):
            return parse_crs(parameters[name])
    return CRS84


def _read_filter(collection: FeatureCollection, parameters: Mapping[str, str], faults: FaultList) -> Filter | None:
    crs = read_crs("filter-crs", parameters, faults)
    language = parameters.get("filter-lang", CQL2_TEXT)
    if language not in LANGUAGES:
        faults.add("filter-lang", f"'{language[:40]}' is not a language of filters; known: {', '.join(LANGUAGES)}")
        return None
    return read_filter(collection, parameters["filter"], language, crs, faults) if "filter" in parameters else None


def _of_id(collection: FeatureCollection, feature_id: str, chosen: Filter | None) -> Filter:
    """Narrow a filter to the feature of an id: what can be filtered by is a parameter too (Part 3)."""
    key = collection.key_of(feature_id)
    if key is None:
        return Filter(Constant(value=False))
    before = chosen.values if chosen else ()
    is_it = IsKey(tuple(Value(len(before) + place, type(part)) for place, part in enumerate(key)))
    return Filter(And((chosen.condition, is_it)) if chosen else is_it, (*before, *key))


def _within(query: FeatureQuery, box: Bbox) -> FeatureQuery:
    area = bbox_in_finland(box)
    if area is None:
        return replace(query, nowhere=True)
    ewkb = shapely.to_wkb(shapely.set_srid(area, TM35FIN.srid), include_srid=True)
    return replace(query, area=ewkb, heights=box.heights)


def _read_bbox(parameters: Mapping[str, str], faults: FaultList) -> Bbox | None:
    crs = read_crs("bbox-crs", parameters, faults)
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
        if _MUNICIPALITY.fullmatch(code):
            equal.setdefault("municipality_code", code)
        else:
            faults.add("municipality", f"'{code[:40]}' is not a municipality code of three digits")
    return equal
