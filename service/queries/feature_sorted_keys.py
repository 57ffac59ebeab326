"""The keys of a page in an order: found on the fewest tables, before a feature's text is made of anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, bindparam, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors

from service.queries.feature_sorting import sort_order, sort_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, FromClause, Subquery

    from service.queries.feature_collections import FeatureCollection
    from service.queries.feature_query import SortKey


def sorted_keys(
    collection: FeatureCollection, sort: tuple[SortKey, ...], conditions: Sequence[ColumnElement[bool]]
) -> Subquery:
    """Return the rows of a page: sort values as `sort_0` and so on, the key as `key_0` and so on; `limit` is bound.

    No index has every order, so that all that is selected must be looked at, page by page the same; hence as little
    of each row as can be: no text, no geometry, and no join that neither a condition nor the order needs.
    """
    values, order = sort_values(collection, sort), sort_order(collection, sort)
    source, moved = _least_source(collection, [*values, *order, *conditions, *collection.key])
    values, order = moved[: len(values)], moved[len(values) : len(values) + len(order)]
    rest = moved[len(values) + len(order) :]
    conditions, key = rest[: len(conditions)], rest[len(conditions) :]
    columns = [each.label(f"sort_{place}") for place, each in enumerate(values)]
    columns += [each.label(f"key_{place}") for place, each in enumerate(key)]
    limit = bindparam("limit", type_=postgresql.INTEGER())
    return select(*columns).select_from(source).where(*conditions).order_by(*order).limit(limit).subquery("page")


def _least_source(collection: FeatureCollection, clauses: list[Any]) -> tuple[FromClause, list[Any]]:
    """Return the core's tables alone, and the clauses on them, where nothing is asked of the class's own table."""
    if collection.core is None:
        return collection.source, clauses
    (core_key,) = collection.other_keys
    of_core = {id(own): core for own, core in zip(collection.key, core_key, strict=True)}

    def on_core(element: Any, **_: Any) -> Any:
        return of_core.get(id(element))

    moved = [visitors.replacement_traverse(clause, {}, on_core) for clause in clauses]
    own_table = collection.key[0].table
    elements = (element for clause in moved for element in visitors.iterate(clause))
    if any(isinstance(element, Column) and element.table is own_table for element in elements):
        return collection.source, clauses
    return collection.core, moved
