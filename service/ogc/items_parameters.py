"""The query parameters of `/items`: read together, so that every fault is told at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from service.cursor import decode_cursor
from service.ogc.selection_parameters import SELECTION_PARAMETERS, read_crs, read_selection
from service.ogc.sorting import read_properties, read_sortby
from service.queries.feature_sorting import sort_types

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ogc.faults import FaultList
    from service.queries.feature_collections import FeatureCollection
    from service.queries.feature_query import FeatureQuery, SortKey

DEFAULT_LIMIT, MAX_LIMIT = 100, 10_000
ITEMS_PARAMETERS = ("f", "crs", "limit", "cursor", "sortby", "properties", *SELECTION_PARAMETERS)
_OF_THE_PAGE = frozenset({"f", "limit", "cursor", "crs", "properties"})


def read_items_parameters(
    collection: FeatureCollection, parameters: Mapping[str, str], faults: FaultList
) -> FeatureQuery:
    """Return what `/items` is asked for.

    Args:
        collection: The collection.
        parameters: Query parameters by name; names that are neither known nor properties must be gone.
        faults: Where faults are noted; raise them before the result is used.
    """
    sort = read_sortby(collection, parameters["sortby"], faults) if "sortby" in parameters else ()
    return replace(
        read_selection(collection, parameters, faults),
        crs=read_crs("crs", parameters, faults),
        limit=_read_limit(parameters, faults),
        sort=sort,
        shown=read_properties(collection, parameters["properties"], faults) if "properties" in parameters else None,
        after=_read_cursor(collection, parameters, sort, faults),
    )


def query_identity(collection: FeatureCollection, parameters: Mapping[str, str]) -> object:
    """Return what a query selects, and in which order, so that a cursor of another query is known."""
    return collection.id, sorted((name, value) for name, value in parameters.items() if name not in _OF_THE_PAGE)


def _read_cursor(
    collection: FeatureCollection, parameters: Mapping[str, str], sort: tuple[SortKey, ...], faults: FaultList
) -> tuple[Any, ...] | None:
    if "cursor" in parameters and all(key.name in collection.properties for key in sort):
        types = [*sort_types(collection, sort), *(column.type.python_type for column in collection.key)]
        with faults.of("cursor"):
            identity = query_identity(collection, parameters)
            return decode_cursor(parameters["cursor"], types, identity, nullable=len(sort))
    return None


def _read_limit(parameters: Mapping[str, str], faults: FaultList) -> int:
    """The limit; more than the most is no fault and means the most (Part 1, fc-limit-definition)."""
    text = parameters.get("limit", str(DEFAULT_LIMIT))
    if text.isascii() and text.isdecimal() and len(text) <= 18 and int(text) > 0:
        return min(int(text), MAX_LIMIT)
    faults.add("limit", f"'{text[:40]}' is not a whole number from 1 to {MAX_LIMIT}")
    return DEFAULT_LIMIT
