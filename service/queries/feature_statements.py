"""Statements that read features: built from the collections, each once, with nothing but bound values in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, select, tuple_
from sqlalchemy.dialects import postgresql

from gis.crs import SERVED_CRS
from service.queries.feature_registry import feature_collections
from service.queries.feature_selection import Selection, selection_conditions
from service.queries.feature_sorted_keys import sorted_keys
from service.queries.feature_sorting import beyond, in_order
from service.queries.feature_text import feature_text
from service.queries.statements import Statement, compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from gis.crs import Crs
    from service.queries.feature_collections import FeatureCollection
    from service.queries.feature_query import SortKey


class Start(Enum):
    """Where a page starts."""

    AT_FIRST = "at the first feature"
    AFTER_KEY = "after a key, within its municipality"
    NEXT_MUNICIPALITY = "at the first feature of the municipalities that follow"


@dataclass(frozen=True)
class PageShape:
    """What a page's statement is made for, without the values.

    Attributes:
        selection: Which features are selected.
        crs_code: System of the coordinates that are given out.
        start: Where it starts; what it starts after is bound as `after_0` and so on, a municipality as `after_0`.
        sort: Order before the order of the keys; then it starts after all of `after_…` wherever they are.
        unknown: Which of the sort values that it starts after are null.
        shown: Names of the properties that are given out; None gives all.
    """

    selection: Selection
    crs_code: str
    start: Start = Start.AT_FIRST
    sort: tuple[SortKey, ...] = ()
    unknown: tuple[bool, ...] = ()
    shown: tuple[str, ...] | None = None


@lru_cache(maxsize=512)
def page_statement(shape: PageShape) -> Statement:
    """Return the statement of a page: each row a feature, its sort values and its key; `limit` is bound."""
    if shape.sort:
        return _sorted_page_statement(shape)
    collection = feature_collections()[shape.selection.collection_id]
    statement = _select_features(collection, SERVED_CRS[shape.crs_code], shape.shown)
    statement = statement.where(*selection_conditions(shape.selection), *_after(collection, shape))
    return compiled(statement.order_by(*collection.key).limit(bindparam("limit", type_=postgresql.INTEGER())))


def _sorted_page_statement(shape: PageShape) -> Statement:
    """Find the page's keys first: text made of every row that is sorted would cost ten times the sort."""
    collection = feature_collections()[shape.selection.collection_id]
    conditions = [*selection_conditions(shape.selection), *_after(collection, shape)]
    page = sorted_keys(collection, shape.sort, conditions)
    values = [page.c[f"sort_{place}"] for place in range(len(shape.sort))]
    of_page = [column == page.c[f"key_{place}"] for place, column in enumerate(collection.key)]
    statement = _select_features(collection, SERVED_CRS[shape.crs_code], shape.shown, values)
    order = in_order(shape.sort, values)
    return compiled(statement.select_from(page).where(*of_page).order_by(*order, *collection.key))


def _after(collection: FeatureCollection, shape: PageShape) -> list[ColumnElement[bool]]:
    if shape.start is Start.AT_FIRST:
        return []
    if shape.sort:
        return [beyond(collection, shape.sort, shape.unknown)]
    keys = (collection.key, *collection.other_keys)
    return [condition for key in keys for condition in _starts(key, shape.start)]


def _starts(key: tuple[ColumnElement[Any], ...], start: Start) -> tuple[ColumnElement[bool], ...]:
    """Bound a scan on the left.

    The municipality is compared apart from the rest of the key. `(municipality_code, asset_id) > (…)` says the same,
    but an index on (municipality_code, asset_class, asset_id) would be read from the municipality's first asset.
    """
    bound = [bindparam(f"after_{place}", type_=column.type) for place, column in enumerate(key)]
    if start is Start.NEXT_MUNICIPALITY:
        return (key[0] > bound[0],)
    return key[0] == bound[0], tuple_(*key[1:]) > tuple_(*bound[1:])


@lru_cache(maxsize=256)
def single_statement(collection_id: str, crs_code: str) -> Statement:
    """Return the statement of one feature, whose key is bound as `key_0` and so on; its version, if any, comes last."""
    collection = feature_collections()[collection_id]
    is_it = [column == bindparam(f"key_{place}", type_=column.type) for place, column in enumerate(collection.key)]
    statement = _select_features(collection, SERVED_CRS[crs_code]).where(*collection.conditions, *is_it)
    return compiled(statement if collection.version is None else statement.add_columns(collection.version))


def _select_features(
    collection: FeatureCollection,
    crs: Crs,
    shown: tuple[str, ...] | None = None,
    values: Sequence[ColumnElement[Any]] = (),
) -> Select[Any]:
    """Select the features' text, sort values and key."""
    names = collection.properties if shown is None else shown
    feature = feature_text(collection, crs, [(name, collection.properties[name]) for name in names])
    sorted_by = [value.label(f"sort_{place}") for place, value in enumerate(values)]
    return select(feature.label("feature"), *sorted_by, *collection.key).select_from(collection.source)
