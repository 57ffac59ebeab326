"""Single features, read in front of the application: what the view in `feature_views` gives to who asks plainly."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from gis.crs import CRS84
from service.ogc.faults import FaultList
from service.ogc.links import link, links_of
from service.ogc.negotiation import GEOJSON, JSON, NotAcceptable, Representation, chosen_representation
from service.ogc.plain_reads import PlainAnswer, origin
from service.queries.feature_registry import feature_collections
from service.queries.features import load_feature

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from service.database import Database
    from service.queries.features import Feature

_PATH = re.compile(r"(?P<root>/ogc/collections/(?P<collection>[a-z_]+))/items/(?P<id>[0-9]{3}-[0-9]+)")
_HEADERS = {"Content-Type": GEOJSON, "Content-Crs": f"<{CRS84.uri}>"}
_ROUTE = "/ogc/collections/<collection_id>/items/<feature_id>"
_ID = "{id}"  # no address has braces


def read_single_feature(database: Database, environ: WSGIEnvironment) -> PlainAnswer | None:
    """Return the answer to a plain request for a feature; None where it is none, or there is no such feature."""
    found = _PATH.fullmatch(environ["PATH_INFO"])
    if found is None or not _is_plain(environ):
        return None
    feature = _feature(database, found["collection"], found["id"])
    if feature is None:
        return None
    before, *between = _links(origin(environ), found["root"], found["collection"])
    feature_id = found["id"].encode()
    content = b"".join((feature.text[:-1], before, *(part for each in between for part in (feature_id, each))))
    return PlainAnswer(feature.etag, content, _HEADERS, vary="Accept", route=_ROUTE)


def _is_plain(environ: WSGIEnvironment) -> bool:
    return (
        not environ.get("QUERY_STRING")
        and "HTTP_IF_NONE_MATCH" not in environ
        and _wants_json(environ.get("HTTP_ACCEPT", ""))
    )


def _feature(database: Database, collection_id: str, feature_id: str) -> Feature | None:
    collection = feature_collections().get(collection_id)
    key = collection.key_of(feature_id) if collection else None
    if key is None:
        return None
    with database.asking() as connection:
        return load_feature(connection, collection_id, key, CRS84)


@lru_cache(maxsize=256)
def _wants_json(accepted: str) -> bool:
    media_types = parse_accept_header(accepted, MIMEAccept)
    try:
        return chosen_representation(None, media_types, GEOJSON, FaultList()) is Representation.JSON
    except NotAcceptable:
        return False


@lru_cache(maxsize=256)
def _links(before: str, root: str, collection_id: str) -> tuple[bytes, ...]:
    """The end of a feature's text from its links on, cut where its id belongs."""
    own = links_of(f"{before}{root}/items/{_ID}", [], GEOJSON, Representation.JSON)
    collection: Any = link("collection", f"{before}{root}", JSON, feature_collections()[collection_id].title)
    text = b"".join((b',"links":', orjson.dumps([*own, collection]), b"}"))
    return tuple(text.split(_ID.encode()))
