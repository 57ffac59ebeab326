"""Answers as JSON: orjson, money with two decimals, geometry as the text that PostGIS made."""

from __future__ import annotations

import decimal
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request

JSON_TYPE = "application/json"
_CENT = decimal.Decimal("0.01")


def json_answer(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a document as a response."""
    return Response(to_json(document), status, dict(headers or {}), mimetype=JSON_TYPE)


def to_json(document: Any) -> bytes:
    """Return a document as JSON; an amount of money is a number with two decimals."""
    return orjson.dumps(document, default=_plain)


def page_answer(items: Iterable[Any], next_cursor: str | None) -> Response:
    """Return a page of a list, with the address of the next in the body and as a link."""
    address = None if next_cursor is None else _with_cursor(next_cursor)
    headers = {"Link": f'<{address}>; rel="next"'} if address else {}
    return json_answer({"items": list(items), "next": address}, headers=headers)


def _with_cursor(cursor: str) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return f"{request.base_url}?{urlencode([*kept, ('cursor', cursor)], safe=':/,')}"


def _plain(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return orjson.Fragment(str(value.quantize(_CENT, rounding=decimal.ROUND_HALF_EVEN)))
    raise TypeError(f"no JSON for {type(value).__name__}")
