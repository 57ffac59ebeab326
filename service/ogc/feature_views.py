"""Features, under `/ogc/collections/{id}/items`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from gis.crs import CRS84, parse_crs
from service.cursor import encode_cursor
from service.errors import NotFound, StaleVersion
from service.ogc import responses
from service.ogc.bulk import bulk_links, whole_collection
from service.ogc.bulk_formats import BulkFormat, bulk_format
from service.ogc.documents import QUERYABLES_RELATION
from service.ogc.faults import FaultList
from service.ogc.items_parameters import ITEMS_PARAMETERS, query_identity, read_items_parameters
from service.ogc.links import Link, address, link, representation_links, with_parameters
from service.ogc.negotiation import GEOJSON, HTML, JSON, Representation, chosen_representation
from service.ogc.reach import check_within_reach
from service.ogc.request_parameters import known_parameters
from service.ogc.views import blueprint, collection_or_404, database
from service.operations.permissions import Action, Of, needs
from service.queries.features import load_feature, load_features

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.queries.feature_collections import FeatureCollection
    from service.queries.features import FeaturePage, FeatureQuery

_JSON_TYPE_OF = {Representation.JSON: GEOJSON, Representation.HTML: HTML}


@blueprint.get("/collections/<collection_id>/items")
@needs(Action.READ, Of.PART)
def items(collection_id: str) -> Response:
    """A page of features, or all of them as a file; either leads to what they can be filtered by."""
    collection = collection_or_404(collection_id)
    answer = _items(collection)
    answer.headers["Link"] = f'<{address("queryables", collection_id=collection_id)}>; rel="{QUERYABLES_RELATION}"'
    return answer


def _items(collection: FeatureCollection) -> Response:
    faults = FaultList()
    parameters = known_parameters({*ITEMS_PARAMETERS, *collection.properties}, faults)
    whole = bulk_format(parameters.get("f"), request.accept_mimetypes)
    if whole is not None:
        return whole_collection(collection, parameters, whole, faults)
    representation = chosen_representation(
        parameters.get("f"), request.accept_mimetypes, GEOJSON, faults, also=tuple(BulkFormat)
    )
    query = read_items_parameters(collection, parameters, faults)
    faults.raise_if_any()
    with database().asking(planned_each_time=True) as connection:
        page = load_features(connection, query)
    links = [
        *representation_links(GEOJSON, representation),
        *bulk_links(parameters),
        *_page_links(collection, parameters, page, representation),
    ]
    if representation is Representation.HTML:
        return responses.features_page(collection, page.features, links, query.crs)
    return responses.features_response(page.features, links, query.crs, number_matched=_number_matched(query, page))


@blueprint.get("/collections/<collection_id>/items/<path:feature_id>")
@needs(Action.READ, Of.ADDRESS)
def item(collection_id: str, feature_id: str) -> Response:
    """One feature."""
    collection = collection_or_404(collection_id)
    faults = FaultList()
    parameters = known_parameters(("f", "crs"), faults)
    representation = chosen_representation(parameters.get("f"), request.accept_mimetypes, GEOJSON, faults)
    crs = CRS84
    with faults.of("crs"):
        crs = parse_crs(parameters.get("crs", CRS84.uri))
    faults.raise_if_any()
    key = collection.key_of(feature_id)
    if key:
        check_within_reach(key)
    with database().asking() as connection:
        feature = load_feature(connection, collection_id, key, crs) if key else None
    if feature is None:
        raise NotFound(f"There is no feature '{feature_id[:60]}' in the collection '{collection_id}'")
    links = [*representation_links(GEOJSON, representation), _collection_link(collection)]
    if representation is Representation.HTML:
        page = responses.features_page(collection, [feature.text], links, crs)
        page.set_etag(f"{feature.etag}-html")
        return page
    answer = responses.feature_response(feature.text, links, crs)
    answer.set_etag(feature.etag)
    return _on_condition(answer, feature.etag)


def _on_condition(answer: Response, etag: str) -> Response:
    """Heed the request's conditions; werkzeug would take `*` in If-Match for a tag, and refuse without a word."""
    wanted = request.if_match
    if "If-Match" in request.headers and not wanted.star_tag and not wanted.is_strong(etag):
        raise StaleVersion(current=etag)
    answer.make_conditional({name: value for name, value in request.environ.items() if name != "HTTP_IF_MATCH"})
    return answer


def _page_links(
    collection: FeatureCollection, parameters: Mapping[str, str], page: FeaturePage, representation: Representation
) -> list[Link]:
    links = [_collection_link(collection)]
    if page.last_key is not None:
        cursor = encode_cursor(page.last_key, query_identity(collection, parameters))
        href = with_parameters(list(parameters.items()), {"cursor": cursor})
        links.append(link("next", href, _JSON_TYPE_OF[representation], "The next page"))
    return links


def _collection_link(collection: FeatureCollection) -> Link:
    return link("collection", address("collection", collection_id=collection.id), JSON, collection.title)


def _number_matched(query: FeatureQuery, page: FeaturePage) -> int | None:
    """The number of features that match, where it is known without counting: when the first page holds them all."""
    return len(page.features) if query.after is None and page.last_key is None else None
