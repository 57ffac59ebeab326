"""The order of features by properties, and where a page starts in it: the same whatever is written meanwhile."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Double, Numeric, and_, bindparam, cast, or_, tuple_, type_coerce

from service.queries.feature_filters import BYTE_ORDER, WIDE_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, UnaryExpression

    from service.queries.feature_collections import FeatureCollection
    from service.queries.feature_query import SortKey


def sort_values(collection: FeatureCollection, sort: tuple[SortKey, ...]) -> list[ColumnElement[Any]]:
    """Return the expressions that features are ordered by, such as a cursor can carry exactly."""
    return [_comparable(collection, key) for key in sort]


def sort_order(collection: FeatureCollection, sort: tuple[SortKey, ...]) -> list[UnaryExpression[Any]]:
    """Return the order: by the sort values, then by the key, which is unique."""
    return [*in_order(sort, sort_values(collection, sort)), *(column.asc() for column in collection.key)]


def in_order(sort: tuple[SortKey, ...], values: Sequence[ColumnElement[Any]]) -> list[UnaryExpression[Any]]:
    """Return the order by sort values: up or down, unknown ones last either way."""
    return [
        (value.desc() if key.descending else value.asc()).nulls_last() for key, value in zip(sort, values, strict=True)
    ]


def beyond(collection: FeatureCollection, sort: tuple[SortKey, ...], unknown: tuple[bool, ...]) -> ColumnElement[bool]:
    """Return the condition of what comes after a feature.

    Args:
        collection: The collection.
        sort: The order.
        unknown: Which of the feature's sort values are null; the others and its key are bound as `after_0` and so on.
    """
    places = [bindparam(f"after_{len(sort) + place}", type_=each.type) for place, each in enumerate(collection.key)]
    condition: ColumnElement[bool] = tuple_(*collection.key) > tuple_(*places)
    values = sort_values(collection, sort)
    for place in reversed(range(len(sort))):
        value = values[place]
        if unknown[place]:
            condition = and_(value.is_(None), condition)
            continue
        last: Any = bindparam(f"after_{place}", type_=value.type)
        further = value < last if sort[place].descending else value > last
        condition = or_(further, value.is_(None), and_(value == last, condition))
    return condition


def sort_types(collection: FeatureCollection, sort: tuple[SortKey, ...]) -> list[type[Any]]:
    """Return the Python types of the sort values as a cursor carries them: a date as text."""
    kinds = (collection.properties[key.name].type for key in sort)
    return [str if kind is datetime.date else kind for kind in kinds]


def _comparable(collection: FeatureCollection, key: SortKey) -> ColumnElement[Any]:
    """Money as a float; text in the order of its bytes, which no locale changes."""
    described = collection.properties[key.name]
    if isinstance(described.column.type, Numeric) and not isinstance(described.column.type, Double):
        return cast(described.column, Double())
    value = type_coerce(described.read(), WIDE_TYPES[described.type])
    return type_coerce(value.collate(BYTE_ORDER), WIDE_TYPES[str]) if described.type is str else value
