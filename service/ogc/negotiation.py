"""Which representation a client gets: `f=` decides, then the Accept header, then JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from service.errors import KuntokantaError

if TYPE_CHECKING:
    from werkzeug.datastructures import MIMEAccept

    from service.ogc.faults import FaultList

JSON = "application/json"
GEOJSON = "application/geo+json"
JSON_SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
HTML = "text/html"


class Representation(StrEnum):
    """The representations of every resource."""

    JSON = "json"
    HTML = "html"


class NotAcceptable(KuntokantaError):
    """The resource is not available in a media type that the Accept header allows."""

    status = 406


def chosen_representation(
    wanted: str | None, accepted: MIMEAccept, json_type: str, faults: FaultList, also: tuple[str, ...] = ()
) -> Representation:
    """Return the representation to answer with.

    Args:
        wanted: The parameter `f`, which goes before the header.
        accepted: The Accept header; empty and `*/*` mean JSON, as clients rely on.
        json_type: Media type of the resource's JSON.
        faults: Where a wrong `f` is noted.
        also: Other values of `f` that the resource knows, for who is told what it knows.

    Raises:
        NotAcceptable: The header names nothing that can be given.
    """
    if wanted is not None:
        return _by_name(wanted, faults, also)
    if not accepted:
        return Representation.JSON
    offered = {json_type.partition(";")[0]: Representation.JSON, JSON: Representation.JSON, HTML: Representation.HTML}
    best = accepted.best_match([*offered, json_type])
    if best is None:
        raise NotAcceptable(f"This resource is available as {json_type} and {HTML}")
    return offered[best.partition(";")[0]]


def _by_name(wanted: str, faults: FaultList, also: tuple[str, ...]) -> Representation:
    try:
        return Representation(wanted)
    except ValueError:
        faults.add("f", f"'{wanted[:40]}' is not a known format; known: {', '.join((*Representation, *also))}")
        return Representation.JSON
