"""JSON documents of the issuer: fetched by HTTP from no other place, within limits of time and size."""

from __future__ import annotations

import http.client
import time
import urllib.request
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import orjson

from service.errors import IssuerUnavailable

WITHIN_S = 5.0
LARGEST_DOCUMENT = 512 * 1024
_CHUNK = 64 * 1024


def fetch_document(url: str) -> dict[str, Any]:
    """Return the JSON object at an address; raises `IssuerUnavailable` for whatever else is there.

    Redirects are not followed: they would lead away from the issuer that the settings name.
    """
    try:
        document = orjson.loads(_fetched(url))
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, HTTPError):
            error.close()
        raise IssuerUnavailable(reason=f"{url}: {error}") from error
    if not isinstance(document, dict):
        raise IssuerUnavailable(reason=f"{url} gives no JSON object")
    return document


def same_origin(url: str, other: str) -> bool:
    """Whether two addresses are of one scheme, host and port."""
    first, second = urlsplit(url), urlsplit(other)
    return (first.scheme, first.netloc.lower()) == (second.scheme, second.netloc.lower())


def _fetched(url: str) -> bytes:
    ends, content = time.monotonic() + WITHIN_S, bytearray()
    asked = urllib.request.Request(url, headers={"Accept": "application/json"})
    with _opener().open(asked, timeout=WITHIN_S) as answer:
        while chunk := answer.read1(_CHUNK):
            content += chunk
            if len(content) > LARGEST_DOCUMENT:
                raise ValueError(f"more than {LARGEST_DOCUMENT} bytes")
            if time.monotonic() > ends:
                raise TimeoutError(f"not there within {WITHIN_S:g} seconds")
    return bytes(content)


def _opener() -> urllib.request.OpenerDirector:
    """An opener of HTTP alone; urllib's own would follow redirects and open files too."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener
