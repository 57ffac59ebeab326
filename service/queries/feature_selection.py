"""Which features a query selects, as SQL conditions: the same for pages, tiles and whole collections.

A caller builds its statement once for each `Selection`, which is hashable, with `selection_conditions`, and runs it
with `selection_values`. Where `query.nowhere` is set nothing can match and no statement is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import SmallInteger, and_, bindparam, func, literal_column, or_, type_coerce
from sqlalchemy.dialects.postgresql import BYTEA, DOUBLE_PRECISION

from service.queries.feature_filters import WIDE_TYPES, filter_condition, property_names
from service.queries.feature_registry import feature_collections

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from service.queries.feature_collections import FeatureCollection, FeatureProperty
    from service.queries.feature_conditions import Condition
    from service.queries.feature_query import FeatureQuery


@dataclass(frozen=True)
class Selection:
    """What a query selects, without the values.

    Attributes:
        collection_id: The collection.
        equal: Names of the properties whose values are bound as `equal_{name}`.
        in_area: Whether an area is bound, `area`.
        between_heights: Whether heights are bound, `lowest` and `highest`.
        condition: Condition of the filter, whose values are bound by their slots.
    """

    collection_id: str
    equal: tuple[str, ...] = ()
    in_area: bool = False
    between_heights: bool = False
    condition: Condition | None = None


def selection_of(query: FeatureQuery) -> Selection:
    """Return what a query selects."""
    return Selection(
        query.collection_id,
        tuple(sorted(query.equal)),
        in_area=query.area is not None,
        between_heights=query.heights is not None,
        condition=query.filter.condition if query.filter else None,
    )


def selection_conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """Return the conditions that a row of the collection's source must meet to be selected."""
    collection = feature_collections()[selection.collection_id]
    conditions = [*collection.conditions, *(_equals(collection.properties[name]) for name in selection.equal)]
    conditions += _listed(collection, selection)
    if selection.in_area:
        conditions += _touches(collection)
    if selection.between_heights and collection.heights is not None:
        conditions.append(_between_heights(collection.heights))
    if selection.condition is not None:
        conditions.append(filter_condition(collection, selection.condition))
    return conditions


def selection_values(query: FeatureQuery) -> dict[str, Any]:
    """Return the values that the conditions of a query bind, by name."""
    collection = feature_collections()[query.collection_id]
    values: dict[str, Any] = {
        f"equal_{name}": _stored(collection.properties[name], value) for name, value in query.equal.items()
    }
    if query.area is not None:
        values["area"] = query.area
    if query.heights is not None:
        values["lowest"], values["highest"] = query.heights
    return values | (query.filter.bound() if query.filter else {})


def _equals(described: FeatureProperty) -> ColumnElement[bool]:
    wide = SmallInteger() if described.codes else WIDE_TYPES[described.type]
    return type_coerce(described.column, wide) == bindparam(f"equal_{described.name}", type_=wide)


def _stored(described: FeatureProperty, value: Any) -> Any:
    return value if described.codes is None else described.codes[value]


def _listed(collection: FeatureCollection, selection: Selection) -> list[ColumnElement[bool]]:
    """Leave out what is retired, unless the query says something of the status."""
    asked = {*selection.equal, *(property_names(selection.condition) if selection.condition else ())}
    if not collection.unlisted or "status" in asked:
        return []
    status = collection.properties["status"].column
    return [status != literal_column(f"'{value}'") for value in collection.unlisted]


def _touches(collection: FeatureCollection) -> tuple[ColumnElement[bool], ...]:
    """The index finds the boxes that touch the area's box, then the shapes themselves are looked at."""
    area = func.ST_GeomFromEWKB(bindparam("area", type_=BYTEA))
    return collection.geometry.op("&&")(area), func.ST_Intersects(collection.geometry, area)


def _between_heights(heights: ColumnElement[Any]) -> ColumnElement[bool]:
    lowest, highest = (bindparam(name, type_=DOUBLE_PRECISION) for name in ("lowest", "highest"))
    return or_(heights.is_(None), and_(func.ST_ZMax(heights) >= lowest, func.ST_ZMin(heights) <= highest))
