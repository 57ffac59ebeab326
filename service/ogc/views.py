"""What describes the service, under `/ogc`: landing page, conformance, definition, collections and their schemas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, current_app, request, url_for

from service.catalogues import LANGUAGES
from service.errors import NotFound
from service.ogc import documents, schemas
from service.ogc.extents import Extents
from service.ogc.links import address
from service.ogc.negotiation import JSON, JSON_SCHEMA, OPENAPI
from service.ogc.openapi import openapi_document
from service.ogc.reach import readable_municipalities
from service.ogc.request_parameters import only_representation
from service.ogc.responses import document_response
from service.oidc.described import told_in
from service.operations.permissions import Action, Of, needs
from service.queries.feature_registry import feature_collections

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gis.finland import Bounds
    from service.database import Database
    from service.queries.feature_collections import FeatureCollection
    from service.settings import Settings

blueprint = Blueprint("ogc", __name__, template_folder="templates")


@blueprint.get("/", strict_slashes=False)
@needs(Action.OPEN, Of.SERVICE)
def landing() -> Response:
    """Where clients start."""
    representation = only_representation(JSON)
    return document_response(documents.landing_document(), representation, JSON)


@blueprint.get("/conformance")
@needs(Action.OPEN, Of.SERVICE)
def conformance() -> Response:
    """The conformance classes that are met."""
    representation = only_representation(JSON)
    return document_response(documents.conformance_document(), representation, JSON)


@blueprint.get("/api")
@needs(Action.OPEN, Of.SERVICE)
def api() -> Response:
    """The OpenAPI document."""
    representation = only_representation(OPENAPI)
    server = url_for("ogc.landing", _external=True).rstrip("/")
    trusted = cast("Settings", current_app.extensions["settings"]).oidc
    document = told_in(openapi_document(server), trusted) if trusted else openapi_document(server)
    return document_response(document, representation, OPENAPI, with_links=False)


@blueprint.get("/collections")
@needs(Action.READ, Of.PART)
def collections() -> Response:
    """All collections."""
    representation = only_representation(JSON)
    document = documents.collections_document(feature_collections().values(), extents())
    return document_response(document, representation, JSON)


@blueprint.get("/collections/<collection_id>")
@needs(Action.READ, Of.PART)
def collection(collection_id: str) -> Response:
    """One collection."""
    described = collection_or_404(collection_id)
    representation = only_representation(JSON)
    document = documents.collection_document(described, extents().get(collection_id))
    return document_response(document, representation, JSON)


@blueprint.get("/collections/<collection_id>/schema")
@needs(Action.READ, Of.SERVICE)
def schema(collection_id: str) -> Response:
    """What the features of a collection hold."""
    return _labelled_response(collection_id, "schema", schemas.feature_schema)


@blueprint.get("/collections/<collection_id>/geojson-schema")
@needs(Action.READ, Of.SERVICE)
def geojson_schema(collection_id: str) -> Response:
    """A feature as GeoJSON."""
    return _schema_response(collection_id, "geojson_schema", schemas.geojson_schema)


@blueprint.get("/collections/<collection_id>/queryables")
@needs(Action.READ, Of.SERVICE)
def queryables(collection_id: str) -> Response:
    """What a collection can be filtered by."""
    return _labelled_response(collection_id, "queryables", schemas.queryables_schema)


@blueprint.get("/collections/<collection_id>/sortables")
@needs(Action.READ, Of.SERVICE)
def sortables(collection_id: str) -> Response:
    """What a collection can be sorted by."""
    return _labelled_response(collection_id, "sortables", schemas.sortables_schema)


def _labelled_response(collection_id: str, endpoint: str, described_by: Callable[..., dict[str, Any]]) -> Response:
    """A schema with its labels in the language that the client asks for."""
    language = request.accept_languages.best_match(LANGUAGES, schemas.DEFAULT_LANGUAGE)
    response = _schema_response(collection_id, endpoint, partial(described_by, language=language))
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    return response


def _schema_response(
    collection_id: str, endpoint: str, described_by: Callable[[FeatureCollection, str], dict[str, Any]]
) -> Response:
    collection = collection_or_404(collection_id)
    representation = only_representation(JSON_SCHEMA)
    document = described_by(collection, address(endpoint, collection_id=collection_id))
    return document_response(document, representation, JSON_SCHEMA, with_links=False)


def collection_or_404(collection_id: str) -> FeatureCollection:
    """Return a collection; raises `NotFound` where there is none of this id."""
    described = feature_collections().get(collection_id)
    if described is None:
        raise NotFound(f"There is no collection '{collection_id[:60]}'; /ogc/collections lists those there are")
    return described


def database() -> Database:
    """Return the database of this application."""
    return cast("Database", current_app.extensions["database"])


def extents() -> Mapping[str, Bounds | None]:
    """Return the extents in CRS84 of what this request may read, by collection."""
    kept: Extents = current_app.extensions.setdefault("ogc_extents", Extents(database()))
    return kept.within(readable_municipalities())
