"""How far a request reaches: all municipalities, or the one that its token is limited to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import g

from service.errors import NotPermitted

if TYPE_CHECKING:
    from service.queries.features import FeatureQuery


def readable_municipality() -> str | None:
    """Return the municipality that this request is limited to, None for all; the check before the views noted it."""
    municipality_code: str | None = g.get("readable_municipality")
    return municipality_code


def within_reach(query: FeatureQuery) -> FeatureQuery:
    """Return a query limited to what this request may read; raises `NotPermitted` if it asks for what it may not."""
    own = readable_municipality()
    if own is None:
        return query
    _check(query.equal.get("municipality_code", own), own)
    return replace(query, equal={**query.equal, "municipality_code": own})


def check_within_reach(key: tuple[Any, ...]) -> None:
    """Raise `NotPermitted` unless this request may read the feature of a key."""
    own = readable_municipality()
    if own is not None:
        _check(key[0], own)


def _check(municipality_code: str, own: str) -> None:
    if municipality_code != own:
        raise NotPermitted(f"The token holds for municipality {own}, not {municipality_code[:10]}.")
