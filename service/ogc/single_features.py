"""Single features, answered in front of the application: by far the most frequent request, and the smallest.

Finding the view, its hooks and objects for request and answer cost three times what reading the feature does. Who asks
plainly gets here what the view in `feature_views` gives, to the byte; all else goes on to the application.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from gis.crs import CRS84
from service.errors import KuntokantaError
from service.ogc.faults import FaultList
from service.ogc.links import link, links_of
from service.ogc.negotiation import GEOJSON, JSON, NotAcceptable, Representation, chosen_representation
from service.queries.feature_registry import feature_collections
from service.queries.features import load_feature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from service.database import Database
    from service.queries.features import Feature

    Pack = Callable[[bytes, str], tuple[bytes, dict[str, str], str]]

_PATH = re.compile(r"(?P<root>/ogc/collections/(?P<collection>[a-z_]+))/items/(?P<id>[0-9]{3}-[0-9]+)")
_HOST = re.compile(r"[a-z0-9.-]+(?::[0-9]+)?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9_-]+)*")
_DEFAULT_PORT = {"http": ":80", "https": ":443"}
_UNUSUAL = frozenset(
    {
        "HTTP_AUTHORIZATION",
        "HTTP_IF_MATCH",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_IF_RANGE",
        "HTTP_RANGE",
    }
)
_ID = "{id}"  # no address has braces


class SingleFeatures:
    """WSGI in front of an application whose register anyone may read."""

    def __init__(
        self, application: WSGIApplication, database: Database, *, pack: Pack, headers: Mapping[str, str]
    ) -> None:
        """Keep what answers are made with.

        Args:
            application: Where all other requests go.
            database: Where features are read.
            pack: Gives of a content, and of what Accept-Encoding says, the content that is sent, the headers that say
                how it is packed, and the ending of its ETag.
            headers: Sent with every answer.
        """
        self._application = application
        self._database = database
        self._pack = pack
        self._headers = headers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        answer = self._answer(environ)
        if answer is None:
            return self._application(environ, start_response)
        headers, content = answer
        start_response("200 OK", headers)
        return [content]

    def _answer(self, environ: WSGIEnvironment) -> tuple[list[tuple[str, str]], bytes] | None:
        found = _PATH.fullmatch(environ["PATH_INFO"])
        if found is None or not _is_plain(environ):
            return None
        feature = self._feature(found["collection"], found["id"])
        if feature is None:
            return None
        before, *between = _links(_origin(environ), found["root"], found["collection"])
        feature_id = found["id"].encode()
        content = b"".join((feature.text[:-1], before, *(part for each in between for part in (feature_id, each))))
        content, packed, ending = self._pack(content, environ.get("HTTP_ACCEPT_ENCODING", ""))
        headers = {
            "Content-Type": GEOJSON,
            "Content-Length": str(len(content)),
            "Vary": "Accept",
            "Content-Crs": f"<{CRS84.uri}>",
            "ETag": f'"{feature.etag}{ending}"',
            **self._headers,
            **packed,
        }
        return list(headers.items()), content

    def _feature(self, collection_id: str, feature_id: str) -> Feature | None:
        """The feature, or None where the application has to say what is wrong."""
        collection = feature_collections().get(collection_id)
        key = collection.key_of(feature_id) if collection else None
        if key is None:
            return None
        try:
            with self._database.asking() as connection:
                return load_feature(connection, collection_id, key, CRS84)
        except KuntokantaError:
            return None


def _is_plain(environ: WSGIEnvironment) -> bool:
    host = environ.get("HTTP_HOST", "")
    return (
        environ["REQUEST_METHOD"] == "GET"
        and not environ.get("QUERY_STRING")
        and _UNUSUAL.isdisjoint(environ)
        and _wants_json(environ.get("HTTP_ACCEPT", ""))
        and _HOST.fullmatch(host) is not None
        and not host.endswith(_DEFAULT_PORT.get(environ["wsgi.url_scheme"], ":"))
        and _PREFIX.fullmatch(environ.get("SCRIPT_NAME", "")) is not None
    )


@lru_cache(maxsize=256)
def _wants_json(accepted: str) -> bool:
    media_types = parse_accept_header(accepted, MIMEAccept)
    try:
        return chosen_representation(None, media_types, GEOJSON, FaultList()) is Representation.JSON
    except NotAcceptable:
        return False


def _origin(environ: WSGIEnvironment) -> str:
    return f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ.get('SCRIPT_NAME', '')}"


@lru_cache(maxsize=256)
def _links(origin: str, root: str, collection_id: str) -> tuple[bytes, ...]:
    """The end of a feature's text from its links on, cut where its id belongs."""
    own = links_of(f"{origin}{root}/items/{_ID}", [], GEOJSON, Representation.JSON)
    collection: Any = link("collection", f"{origin}{root}", JSON, feature_collections()[collection_id].title)
    text = b"".join((b',"links":', orjson.dumps([*own, collection]), b"}"))
    return tuple(text.split(_ID.encode()))
