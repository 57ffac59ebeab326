"""Answers: documents as JSON or HTML, features as GeoJSON."""

from __future__ import annotations

import datetime
import io
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, render_template, request

from service.catalogues import LANGUAGES
from service.ogc.links import Link, representation_links
from service.ogc.negotiation import GEOJSON, HTML, Representation
from service.ogc.schemas import DEFAULT_LANGUAGE, property_labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.crs import Crs
    from service.queries.feature_collections import FeatureCollection
    from service.queries.features import FeatureTexts


def document_response(
    document: dict[str, Any], representation: Representation, json_type: str, *, with_links: bool = True
) -> Response:
    """Return a document in a representation, its `self` and `alternate` links put before its own."""
    links = representation_links(json_type, representation)
    if representation is Representation.HTML:
        return _page("ogc/document.html", document=document, links=links)
    if with_links:
        document = {**document, "links": [*links, *document.get("links", [])]}
    return _vary(Response(orjson.dumps(document), content_type=json_type))


def features_response(features: FeatureTexts, links: list[Link], crs: Crs, *, number_matched: int | None) -> Response:
    """Return features as a GeoJSON feature collection; the features are text already and are not read again."""
    members: dict[str, Any] = {"numberReturned": len(features), "timeStamp": _now(), "links": links}
    if number_matched is not None:
        members["numberMatched"] = number_matched
    # Written one by one into what becomes the answer: a page of megabytes is held nowhere else than it came.
    content, between = io.BytesIO(), b""
    content.write(b'{"type":"FeatureCollection","features":[')
    for feature in features:
        content.write(between)
        content.write(feature)
        between = b","
    content.write(b"],")
    content.write(orjson.dumps(members)[1:])
    return _geojson(content.getvalue(), crs)


def features_page(collection: FeatureCollection, features: Iterable[bytes], links: list[Link], crs: Crs) -> Response:
    """Return features as a page with a table, whose columns are labelled in the language that the client asks for."""
    rows = [orjson.loads(feature) for feature in features]
    language = request.accept_languages.best_match(LANGUAGES, DEFAULT_LANGUAGE)
    labels = property_labels(collection, language)
    page = _page(
        "ogc/items.html", collection=collection, features=rows, links=links, labels=labels, label_language=language
    )
    page.vary.add("Accept-Language")
    page.headers["Content-Crs"] = f"<{crs.uri}>"
    return page


def feature_response(feature: bytes, links: list[Link], crs: Crs) -> Response:
    """Return one GeoJSON feature, its links put into its text."""
    return _geojson(b"".join((feature[:-1], b',"links":', orjson.dumps(links), b"}")), crs)


def _geojson(content: bytes, crs: Crs) -> Response:
    response = _vary(Response(content, content_type=GEOJSON))
    response.headers["Content-Crs"] = f"<{crs.uri}>"
    return response


def _page(template: str, **values: Any) -> Response:
    html = render_template(template, **values, path=request.path)
    return _vary(Response(html, content_type=f"{HTML}; charset=utf-8"))


def _vary(response: Response) -> Response:
    response.vary.add("Accept")
    return response


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
