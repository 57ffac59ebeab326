"""Parts of the OpenAPI document that all collections share: parameters, responses, schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis.crs import CRS84, SERVED_CRS
from service.errors import TooManyRequests
from service.filters.text import CQL2_TEXT, LANGUAGES
from service.ogc.bulk_formats import BulkFormat
from service.ogc.datetime_parameter import DATETIME_PATTERN
from service.ogc.items_parameters import DEFAULT_LIMIT, MAX_LIMIT
from service.ogc.negotiation import GEOJSON, HTML, JSON, JSON_SCHEMA, OPENAPI, Representation
from service.ogc.sorting import MOST_SORT_KEYS
from service.oidc.described import security_schemes

if TYPE_CHECKING:
    from collections.abc import Iterable

_CRS_URIS = [crs.uri for crs in SERVED_CRS.values()]
_PROBLEM = "application/problem+json"

LONGEST_REQUEST_LINE = 8190
"""Bytes of a request line that gunicorn.py has the server read."""


def reference(kind: str, name: str) -> dict[str, str]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def components() -> dict[str, Any]:
    """Return the shared components."""
    return {
        "parameters": _parameters(),
        "headers": _headers(),
        "responses": _responses(),
        "schemas": _schemas(),
        "securitySchemes": security_schemes(None),
    }


def sortby_parameter(names: Iterable[str]) -> dict[str, Any]:
    """Return the parameter that orders features by properties of these names."""
    keys = {"type": "string", "enum": [sign + name for name in names for sign in ("", "+", "-")]}
    return _parameter(
        "sortby",
        "Sortables to order by: `name` or `+name` ascending, `-name` descending, each name once; no value comes last",
        {"type": "array", "items": keys, "minItems": 1, "maxItems": MOST_SORT_KEYS, "uniqueItems": True},
    )


def properties_parameter(names: Iterable[str]) -> dict[str, Any]:
    """Return the parameter that chooses among properties of these names."""
    chosen = {"type": "string", "enum": list(names)}
    return _parameter(
        "properties",
        "Properties that the features are given with; all without it",
        {"type": "array", "items": chosen, "minItems": 1, "uniqueItems": True},
    )


def _parameter(name: str, description: str, schema: dict[str, Any], place: str = "query") -> dict[str, Any]:
    parameter = {"name": name, "in": place, "description": description, "required": place == "path", "schema": schema}
    return parameter if place == "path" else {**parameter, "style": "form", "explode": False}


def _parameters() -> dict[str, Any]:
    four_or_six = [{"minItems": count, "maxItems": count} for count in (4, 6)]
    numbers = {"type": "array", "items": {"type": "number"}, "oneOf": four_or_six}
    crs = {"type": "string", "format": "uri", "enum": _CRS_URIS, "default": CRS84.uri}
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    code = {"type": "string", "pattern": "^[0-9]{3}$"}
    cursor = {"type": "string", "format": "cursor", "pattern": "^[A-Za-z0-9_-]+$"}
    language = {"type": "string", "enum": list(LANGUAGES), "default": CQL2_TEXT}
    return {
        "f": _parameter("f", "Representation; goes before Accept", {"type": "string", "enum": list(Representation)}),
        "itemsFormat": _parameter(
            "f",
            "Representation; goes before Accept. csv, gpkg and flatgeobuf give all that is selected, without a limit "
            "unless one is given, easting or longitude first in every system; flatgeobuf of shapes of several kinds "
            "has no heights",
            {"type": "string", "enum": [*Representation, *BulkFormat]},
        ),
        "featureId": _parameter("featureId", "Id of a feature", {"type": "string"}, "path"),
        "id": _parameter("id", "Only the feature of this id", {"type": "string"}),
        "bbox": _parameter(
            "bbox", "Only features that touch this box: west,south,east,north, or with heights", numbers
        ),
        "bbox-crs": _parameter("bbox-crs", "System of `bbox`, axes as it declares them", crs),
        "crs": _parameter("crs", "System of the coordinates in the answer, axes as it declares them", crs),
        "datetime": _parameter(
            "datetime",
            "Has no effect: no feature has a property of time; an RFC 3339 date-time or an interval of them",
            {"type": "string", "format": "rfc3339-interval", "pattern": DATETIME_PATTERN},
        ),
        "limit": _parameter("limit", "Most features of a page; more than the maximum means the maximum", limit),
        "cursor": _parameter("cursor", "Where the page starts, from the `next` link", cursor),
        "municipality": _parameter("municipality", "Only features of this municipality", code),
        "filter": _parameter(
            "filter",
            "Only features that meet this condition on the queryables, in the language of `filter-lang`;"
            f" as part of a request line of {LONGEST_REQUEST_LINE} bytes at most, percent-encoded",
            {"type": "string", "format": "cql2", "minLength": 1, "maxLength": LONGEST_REQUEST_LINE},
        ),
        "filter-lang": _parameter(
            "filter-lang", "Language of `filter`; cql-text is CQL2 text as GDAL writes it", language
        ),
        "filter-crs": _parameter("filter-crs", "System of coordinates in `filter`, axes as it declares them", crs),
    }


def _headers() -> dict[str, Any]:
    return {"Content-Crs": {"description": "System of the coordinates, in brackets", "schema": {"type": "string"}}}


def _responses() -> dict[str, Any]:
    def problem(description: str) -> dict[str, Any]:
        return {"description": description, "content": {_PROBLEM: {"schema": reference("schemas", "problem")}}}

    def document(description: str, json_type: str, schema: str) -> dict[str, Any]:
        html = {"schema": {"type": "string"}}
        return {
            "description": description,
            "content": {json_type: {"schema": reference("schemas", schema)}, HTML: html},
        }

    in_crs = {"headers": {"Content-Crs": reference("headers", "Content-Crs")}}
    return {
        "LandingPage": document("Links to what there is", JSON, "landingPage"),
        "Api": document("This document", OPENAPI, "jsonSchema"),
        "Conformance": document("Classes that are met", JSON, "confClasses"),
        "Collections": document("All collections", JSON, "collections"),
        "Collection": document("One collection", JSON, "collection"),
        "Schema": document("A JSON Schema", JSON_SCHEMA, "jsonSchema"),
        "Features": _features(document("A page of features, or all", GEOJSON, "featureCollection"), in_crs),
        "Feature": {**document("One feature", GEOJSON, "feature"), **in_crs},
        "Malformed": problem("A query parameter is unknown or malformed"),
        "Unauthorized": problem("The token is missing or not good"),
        "Forbidden": problem("The token may not read this"),
        "NotFound": problem("There is no such resource"),
        "NotAcceptable": problem("There is no representation that the client accepts"),
        "AddressTooLong": problem(f"The request line has more than {LONGEST_REQUEST_LINE} bytes"),
        "TooManyRequests": {
            **problem("More requests than one may send: Retry-After says in how many seconds to ask again"),
            "headers": {
                name: {"description": says, "schema": {"type": "string"}}
                for name, says in TooManyRequests.told_by.items()
            },
        },
        "HeadersTooLong": problem("A header has more than 8190 bytes, or there are more than 100"),
        "Unavailable": problem("The database does not answer, or not in time: Retry-After says when to ask again"),
    }


def _features(page: dict[str, Any], in_crs: dict[str, Any]) -> dict[str, Any]:
    whole = {
        each.media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for each in BulkFormat
    }
    return {**page, **in_crs, "content": {**page["content"], **whole}}


def _schemas() -> dict[str, Any]:
    text, links = {"type": "string"}, {"type": "array", "items": reference("schemas", "link")}
    count = {"type": "integer", "minimum": 0}
    feature = {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": text,
        "geometry": {"type": "object", "nullable": True},
        "properties": {"type": "object", "nullable": True},
        "links": links,
    }
    features = {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": reference("schemas", "feature")},
        "links": links,
        "timeStamp": {"type": "string", "format": "date-time"},
        "numberMatched": count,
        "numberReturned": count,
    }
    collection = {
        **dict.fromkeys(("id", "title", "description", "itemType", "storageCrs"), text),
        "extent": {"type": "object"},
        "crs": {"type": "array", "items": text},
        "links": links,
    }
    collections = {"links": links, "collections": {"type": "array", "items": reference("schemas", "collection")}}
    fault = {"type": "object", "properties": {"pointer": text, "detail": text}}
    problem = {
        **dict.fromkeys(("type", "title", "detail", "instance"), text),
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": fault},
    }
    return {
        "link": _object(dict.fromkeys(("href", "rel", "type", "title"), text), "href", "rel"),
        "landingPage": _object({"title": text, "description": text, "links": links}, "links"),
        "confClasses": _object({"conformsTo": {"type": "array", "items": text}}, "conformsTo"),
        "collections": _object(collections, "links", "collections"),
        "collection": _object(collection, "id", "links"),
        "feature": _object(feature, "type", "geometry", "properties"),
        "featureCollection": _object(features, "type", "features"),
        "jsonSchema": {"type": "object"},
        "problem": _object(problem),
    }


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    described: dict[str, Any] = {"type": "object", "properties": properties}
    return {**described, "required": list(required)} if required else described
