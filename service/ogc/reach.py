"""How far a request reaches: all municipalities, or those that its token is limited to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import g

from service.errors import NotPermitted
from service.queries.feature_conditions import And, AnyOf, Filter, Property, Value

if TYPE_CHECKING:
    from service.queries.features import FeatureQuery

_MUNICIPALITY = "municipality_code"


def readable_municipalities() -> frozenset[str] | None:
    """Return the municipalities that this request is limited to, None for all; the check before the views noted it."""
    municipality_codes: frozenset[str] | None = g.get("readable_municipalities")
    return municipality_codes


def within_reach(query: FeatureQuery) -> FeatureQuery:
    """Return a query limited to what this request may read; raises `NotPermitted` if it asks for what it may not."""
    own, asked = readable_municipalities(), query.equal.get(_MUNICIPALITY)
    if own is None:
        return query
    if asked is not None:
        check_within_reach((asked,))
        return query
    if len(own) == 1:
        return replace(query, equal={**query.equal, _MUNICIPALITY: next(iter(own))})
    return replace(query, filter=_in_one_of(own, query.filter))


def check_within_reach(key: tuple[Any, ...]) -> None:
    """Raise `NotPermitted` unless this request may read the feature of a key, or what lies in a municipality."""
    own = readable_municipalities()
    if own is not None and key[0] not in own:
        raise NotPermitted(f"The token holds for municipality {', '.join(sorted(own))}, not {key[0][:10]}.")


def _in_one_of(own: frozenset[str], chosen: Filter | None) -> Filter:
    before = chosen.values if chosen else ()
    is_own = AnyOf(Property(_MUNICIPALITY), Value(len(before), str))
    return Filter(And((chosen.condition, is_own)) if chosen else is_own, (*before, sorted(own)))
