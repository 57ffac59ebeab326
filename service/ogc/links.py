"""Links: absolute, with a type, as the client sees this service through its proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import request, url_for

from service.ogc.negotiation import HTML, Representation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Link = dict[str, str]


def link(rel: str, href: str, media_type: str, title: str) -> Link:
    """Return a link object of OGC API."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def address(endpoint: str, **values: Any) -> str:
    """Return the absolute address of a view of this blueprint."""
    return url_for(f"ogc.{endpoint}", _external=True, **values)


def with_parameters(parameters: Iterable[tuple[str, str]], changes: Mapping[str, str]) -> str:
    """Return the address of this request with some query parameters changed or added, the others as they came."""
    return _changed(request.base_url, parameters, changes)


def representation_links(json_type: str, representation: Representation) -> list[Link]:
    """Return `self` and `alternate` of the resource of this request."""
    return links_of(request.base_url, list(request.args.items(multi=True)), json_type, representation)


def links_of(
    base_url: str, parameters: list[tuple[str, str]], json_type: str, representation: Representation
) -> list[Link]:
    """Return `self` and `alternate` of the resource of an address and query parameters."""
    types = {Representation.JSON: json_type, Representation.HTML: HTML}
    return [
        link(
            "self" if each is representation else "alternate",
            _changed(base_url, parameters, {"f": each.value}),
            types[each],
            f"This document as {each.value.upper()}",
        )
        for each in Representation
    ]


def _changed(base_url: str, parameters: Iterable[tuple[str, str]], changes: Mapping[str, str]) -> str:
    kept = [(name, value) for name, value in parameters if name not in changes]
    return f"{base_url}?{urlencode([*kept, *changes.items()], safe=':/,')}"
