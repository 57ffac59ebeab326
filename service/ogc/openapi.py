"""The OpenAPI 3.0.3 document of exactly what is served, one set of paths per collection."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from service.ogc.documents import DESCRIPTION, TITLE
from service.ogc.items_parameters import ITEMS_PARAMETERS
from service.ogc.openapi_components import components, properties_parameter, reference, sortby_parameter
from service.ogc.openapi_writes import change_operations, create_operation, with_write_components
from service.ogc.schemas import filter_schema
from service.ogc.tiles_openapi import tile_matrix_set_paths, tile_paths, with_tile_components
from service.queries.feature_registry import feature_collections

if TYPE_CHECKING:
    from service.queries.feature_collections import FeatureCollection

_FAILURES = {
    "400": "Malformed",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "NotFound",
    "406": "NotAcceptable",
    "414": "AddressTooLong",
    "429": "TooManyRequests",
    "431": "HeadersTooLong",
    "503": "Unavailable",
}


@lru_cache(maxsize=8)
def openapi_document(server_url: str) -> dict[str, Any]:
    """Return the document for a service at this address; it is the same every time and must not be changed."""
    collections = feature_collections().values()
    paths = _common_paths()
    for collection in collections:
        paths |= _collection_paths(collection) | tile_paths(collection, _path)
    tags = [{"name": each.id, "description": each.description} for each in collections]
    return {
        "openapi": "3.0.3",
        "info": {"title": f"{TITLE}, OGC API", "description": DESCRIPTION, "version": "1.0.0"},
        "servers": [{"url": server_url}],
        "tags": [{"name": "service", "description": "The service itself"}, *tags],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": with_write_components(with_tile_components(components())),
    }


def _common_paths() -> dict[str, Any]:
    return {
        "/": _path("getLandingPage", "service", "Landing page", "LandingPage"),
        "/api": _path("getApi", "service", "This document", "Api"),
        "/conformance": _path("getConformance", "service", "Conformance classes", "Conformance"),
        "/collections": _path("getCollections", "service", "All collections", "Collections"),
        **tile_matrix_set_paths(_path),
    }


def _collection_paths(collection: FeatureCollection) -> dict[str, Any]:
    path, title, tag = f"/collections/{collection.id}", collection.title, collection.id
    shared = [
        reference("parameters", "itemsFormat" if name == "f" else name)
        for name in ITEMS_PARAMETERS
        if name not in ("sortby", "properties")
    ]
    named = [sortby_parameter(collection.properties), properties_parameter(collection.properties)]
    feature_id, crs = reference("parameters", "featureId"), reference("parameters", "crs")
    items = _path(f"features.{tag}", tag, f"Features of {title}", "Features", [*shared, *named, *_filters(collection)])
    item = _path(
        f"feature.{tag}", tag, f"One feature of {title}", "Feature", [feature_id, crs, reference("parameters", "f")]
    )
    return {
        path: _path(f"describe.{tag}", tag, title, "Collection"),
        f"{path}/schema": _path(f"schema.{tag}", tag, f"Schema of {title}", "Schema"),
        f"{path}/geojson-schema": _path(f"geojson.{tag}", tag, f"{title} as GeoJSON", "Schema"),
        f"{path}/queryables": _path(f"queryables.{tag}", tag, f"Queryables of {title}", "Schema"),
        f"{path}/sortables": _path(f"sortables.{tag}", tag, f"Sortables of {title}", "Schema"),
        f"{path}/items": {**items, **create_operation(collection)},
        f"{path}/items/{{featureId}}": {**item, **change_operations(collection)},
    }


def _path(
    operation_id: str, tag: str, summary: str, response: str, parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    responses = {"200": response, **_FAILURES}
    operation = {
        "operationId": operation_id,
        "tags": [tag],
        "summary": summary,
        "parameters": [reference("parameters", "f")] if parameters is None else parameters,
        "responses": {status: reference("responses", name) for status, name in responses.items()},
    }
    return {"get": operation}


def _filters(collection: FeatureCollection) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "description": described.description,
            "required": False,
            "schema": filter_schema(described),
            "style": "form",
            "explode": False,
        }
        for name, described in collection.properties.items()
    ]
