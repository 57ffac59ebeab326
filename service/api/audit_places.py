"""Cursors of lists of what was written."""

from __future__ import annotations

import datetime

from service.api.cursor import decode_cursor
from service.errors import Fault, MalformedRequest
from service.queries.audit_reading import KEY_TYPES

_ALTERED = "the cursor is not one that this service gave out"


def decode_place(cursor: str | None) -> tuple[str, int, int, int] | None:
    """Return the place that a cursor continues after; raises `MalformedRequest` for one that is not of this query."""
    after = decode_cursor(cursor, KEY_TYPES)
    if after is None:
        return None
    try:
        datetime.datetime.fromisoformat(after[0])
    except ValueError as error:
        raise MalformedRequest(f"cursor: {_ALTERED}", [Fault("cursor", _ALTERED)]) from error
    return after[0], after[1], after[2], after[3]
