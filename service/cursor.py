"""Cursors: where the next page starts, and of which query, as text that clients pass on unread."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALTERED = "the cursor is not one that this service gave out"
_OTHER_QUERY = "the cursor belongs to another query: filters and order must stay as they were on the first page"


def encode_cursor(key: Sequence[Any], query_identity: object) -> str:
    """Return the cursor that continues after a key in the same query."""
    content = orjson.dumps([_fingerprint(query_identity), *key])
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decode_cursor(
    text: str, key_types: Sequence[type[Any]], query_identity: object, *, nullable: int = 0
) -> tuple[Any, ...]:
    """Return the key that a cursor continues after.

    Args:
        text: The cursor.
        key_types: Types of the key's parts.
        query_identity: What the query selects, the same as when the cursor was made.
        nullable: How many parts, from the first, may be null: values that features are sorted by.

    Raises:
        ValueError: The cursor is malformed or belongs to another query.
    """
    fingerprint, *key = _content(text)
    if fingerprint != _fingerprint(query_identity):
        raise ValueError(_OTHER_QUERY)
    may_be_null = [place < nullable for place in range(len(key))]
    if len(key) != len(key_types) or not all(map(_fits, key, key_types, may_be_null)):
        raise ValueError(_ALTERED)
    return tuple(key)


def _content(text: str) -> list[Any]:
    try:
        content = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise ValueError(_ALTERED) from error
    if not isinstance(content, list) or not content:
        raise ValueError(_ALTERED)
    return content


def _fits(part: Any, kind: type[Any], may_be_null: bool) -> bool:
    """Whether a part is of its type and can be a key: no number beyond 64 bits, no text with a NUL."""
    if part is None:
        return may_be_null
    if type(part) is not kind:
        return False
    return "\0" not in part if isinstance(part, str) else -(2**63) <= part < 2**63


def _fingerprint(query_identity: object) -> str:
    return hashlib.blake2b(repr(query_identity).encode(), digest_size=6).hexdigest()
