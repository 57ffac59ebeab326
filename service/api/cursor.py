"""Cursors of REST lists: where the next page starts, bound to the query that they belong to."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
from flask import request

from service.errors import Fault, MalformedRequest

_OF_THE_PAGE = frozenset({"cursor", "limit", "crs"})


def encode_cursor(key: Sequence[Any] | None) -> str | None:
    """Return the cursor of this request's query that continues after a key; None stays None."""
    if key is None:
        return None
    return base64.urlsafe_b64encode(orjson.dumps([_query(), *key])).decode().rstrip("=")


def decode_cursor(text: str | None, key_types: Sequence[type[Any]]) -> tuple[Any, ...] | None:
    """Return the key that a cursor continues after; raises `MalformedRequest` for one that is not of this query."""
    if text is None:
        return None
    query, *key = _content(text)
    if query != _query():
        raise _fault("the cursor belongs to another query: filters and order must stay as on the first page")
    if len(key) != len(key_types) or not all(map(_fits, key, key_types)):
        raise _fault("the cursor is not one that this service gave out")
    return tuple(key)


def _content(text: str) -> list[Any]:
    try:
        content = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise _fault("the cursor is not one that this service gave out") from error
    return content if isinstance(content, list) and content else [None]


def _fits(part: Any, kind: type[Any]) -> bool:
    if type(part) is not kind:
        return False
    return "\0" not in part if kind is str else not isinstance(part, int) or -(2**63) <= part < 2**63


def _query() -> str:
    """A short hash of what this request selects: its path and its filters."""
    filters = sorted((name, value) for name, value in request.args.items(multi=True) if name not in _OF_THE_PAGE)
    return hashlib.blake2b(repr((request.path, filters)).encode(), digest_size=6).hexdigest()


def _fault(detail: str) -> MalformedRequest:
    return MalformedRequest(f"cursor: {detail}", [Fault("cursor", detail)])
