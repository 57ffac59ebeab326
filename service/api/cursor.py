"""Cursors of REST lists: bound to the request's path and filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from service import cursor
from service.errors import Fault, MalformedRequest

_OF_THE_PAGE = frozenset({"cursor", "limit", "crs"})


def encode_cursor(key: Sequence[Any] | None) -> str | None:
    """Return the cursor of this request's query that continues after a key; None stays None."""
    return None if key is None else cursor.encode_cursor(key, _query())


def decode_cursor(text: str | None, key_types: Sequence[type[Any]]) -> tuple[Any, ...] | None:
    """Return the key that a cursor continues after; raises `MalformedRequest` for one that is not of this query."""
    if text is None:
        return None
    try:
        return cursor.decode_cursor(text, key_types, _query())
    except ValueError as error:
        raise MalformedRequest(f"cursor: {error}", [Fault("cursor", str(error))]) from error


def _query() -> object:
    """What this request selects: its path and its filters."""
    filters = sorted((name, value) for name, value in request.args.items(multi=True) if name not in _OF_THE_PAGE)
    return request.path, filters
