"""The operations of Part 4 in the OpenAPI document: features created, replaced, updated and deleted."""

from __future__ import annotations

import decimal
from typing import TYPE_CHECKING, Any

from gis.crs import CRS84, READABLE_CRS
from gis.geojson_schema import geometry_patch_schema, geometry_schemas
from models.base import MONEY
from models.registry import ASSET_CLASSES
from service.ogc.negotiation import GEOJSON
from service.ogc.schemas import received_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.queries.feature_collections import FeatureCollection

MERGE_PATCH = "application/merge-patch+json"
_PROBLEMS = {
    "400": "Malformed",
    "401": "Unauthorized",
    "403": "Forbidden",
    "409": "Conflict",
    "413": "TooLarge",
    "415": "UnsupportedType",
    "422": "Invalid",
    "429": "TooManyRequests",
    "503": "Unavailable",
}
_PASSED_OVER = {"description": "Passed over: a feature may come back as it was read"}
_AMOUNT = {"maximum": 10 ** ((MONEY.precision or 0) - (MONEY.scale or 0)), "exclusiveMaximum": True}
_OF_ONE = {"404": "NotFound", "412": "Stale"}


def create_operation(collection: FeatureCollection) -> dict[str, Any]:
    """Return the operation that adds a feature to a collection; nothing where that cannot be."""
    if not collection.writable:
        return {}
    operation = _operation(
        collection, "create", "Create a feature", {"201": "Created"}, ["contentCrs", "idempotencyKey"]
    )
    return {"post": {**operation, "requestBody": _body(collection, GEOJSON, is_whole=True)}}


def change_operations(collection: FeatureCollection) -> dict[str, Any]:
    """Return the operations that replace, update and delete a feature; nothing where that cannot be."""
    if not collection.writable:
        return {}
    written, parameters = {"200": "Written", **_OF_ONE}, ["featureId", "contentCrs", "ifMatch", "idempotencyKey"]
    replace = _operation(
        collection, "replace", "Replace a feature; what is left out becomes unknown", written, parameters
    )
    update = _operation(collection, "update", "Change some of a feature by a merge patch", written, parameters)
    delete = _operation(
        collection,
        "delete",
        "Retire a feature; its history stays",
        {"204": "Deleted", **_OF_ONE},
        ["featureId", "ifMatch", "idempotencyKey"],
    )
    return {
        "put": {**replace, "requestBody": _body(collection, GEOJSON, is_whole=True)},
        "patch": {**update, "requestBody": _body(collection, MERGE_PATCH, is_whole=False)},
        "delete": delete,
    }


def with_write_components(components: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document's components with those that these operations refer to."""
    return {
        **components,
        "parameters": {**components["parameters"], **_parameters()},
        "responses": {**components["responses"], **_responses(components["responses"]["NotFound"]["content"])},
    }


def _parameters() -> dict[str, Any]:
    systems = {"type": "string", "enum": [f"<{crs.uri}>" for crs in READABLE_CRS.values()], "default": f"<{CRS84.uri}>"}
    text = {"type": "string", "minLength": 1}
    return {
        "contentCrs": _header(
            "Content-Crs", "System of the coordinates in the body, axes as it declares them", systems
        ),
        "ifMatch": _header("If-Match", "ETag that was read: 412 where the feature has been changed since", text),
        "idempotencyKey": _header(
            "Idempotency-Key",
            "A request repeated with the same key within 24 hours is answered again, not done again;"
            " 422 where another request had the key, 409 with Retry-After while the first is under way",
            {"type": "string", "pattern": "^[!-~]([ -~]*[!-~])?$", "maxLength": 255},
        ),
    }


def _responses(problem: Mapping[str, Any]) -> dict[str, Any]:
    feature = {"$ref": "#/components/schemas/feature"}
    text = {"schema": {"type": "string"}}
    written = {"headers": {"ETag": text, "Content-Crs": text}, "content": {GEOJSON: {"schema": feature}}}
    address = {"schema": {"type": "string", "format": "uri"}}
    problems = {
        "Conflict": "The register has such a record already",
        "Stale": "The feature has been changed since, or is not there",
        "TooLarge": "The body is too large",
        "UnsupportedType": "The body is of another type",
        "Invalid": "The feature is not valid: every fault is named",
    }
    return {
        "Created": {**written, "description": "The feature", "headers": {**written["headers"], "Location": address}},
        "Written": {**written, "description": "The feature as it is now"},
        "Deleted": {"description": "The feature is retired"},
        **{name: {"description": says, "content": problem} for name, says in problems.items()},
    }


def _operation(
    collection: FeatureCollection, name: str, summary: str, responses: Mapping[str, str], parameters: list[str]
) -> dict[str, Any]:
    named = {**responses, **_PROBLEMS}
    return {
        "operationId": f"{name}.{collection.id}",
        "tags": [collection.id],
        "summary": summary,
        "security": [{"token": []}],
        "parameters": [{"$ref": f"#/components/parameters/{each}"} for each in parameters],
        "responses": {status: {"$ref": f"#/components/responses/{each}"} for status, each in sorted(named.items())},
    }


def _body(collection: FeatureCollection, media_type: str, *, is_whole: bool) -> dict[str, Any]:
    schema = _feature(collection) if is_whole else {"anyOf": [_feature_patch(collection), _schema_patch(collection)]}
    return {"required": True, "content": {media_type: {"schema": schema}}}


def _feature(collection: FeatureCollection) -> dict[str, Any]:
    """A whole feature: null says the same as leaving out, and what the service sets is passed over."""
    passed_over = {name: _PASSED_OVER for name, each in collection.properties.items() if each.read_only}
    sent = {name: schema if name == "status" else _or_null(schema) for name, schema in _written(collection).items()}
    first, *others = geometry_schemas(collection.geometry_types)
    geometry = {"oneOf": [{**first, "nullable": True}, *others]}
    feature = _feature_of({**passed_over, **sent}, geometry)
    feature["properties"]["properties"]["required"] = ["status"]
    return {**feature, "required": ["type", "geometry", "properties"]}


def _feature_patch(collection: FeatureCollection) -> dict[str, Any]:
    told_by = [{"required": ["type"]}, {"required": ["properties"]}]  # else the patch is one on the schema
    return {**_feature_of(_patched(collection), _geometry_patch(collection)), "anyOf": told_by}


def _schema_patch(collection: FeatureCollection) -> dict[str, Any]:
    members = {"geometry": _geometry_patch(collection), **_patched(collection)}
    return _closed({**members, "bbox": _PASSED_OVER, "links": _PASSED_OVER})


def _feature_of(properties: dict[str, Any], geometry: dict[str, Any]) -> dict[str, Any]:
    members = {"type": {"type": "string", "enum": ["Feature"]}, "geometry": geometry, "properties": _closed(properties)}
    return _closed({**members, "id": _PASSED_OVER, "bbox": _PASSED_OVER, "links": _PASSED_OVER})


def _closed(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": members, "additionalProperties": False}


def _written(collection: FeatureCollection) -> dict[str, dict[str, Any]]:
    return {
        name: {**received_schema(each), **(_AMOUNT if _is(collection, name, type=decimal.Decimal) else {})}
        for name, each in collection.properties.items()
        if not each.read_only
    }


def _patched(collection: FeatureCollection) -> dict[str, Any]:
    return {
        name: _or_null(schema) if _is(collection, name, nullable=True) else schema
        for name, schema in _written(collection).items()
    }


def _is(collection: FeatureCollection, name: str, **traits: Any) -> bool:
    attribute = ASSET_CLASSES[collection.id].attribute(name)
    return attribute is not None and all(getattr(attribute, trait) == value for trait, value in traits.items())


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **choices, "nullable": True}


def _geometry_patch(collection: FeatureCollection) -> dict[str, Any]:
    return {**geometry_patch_schema(collection.geometry_types), "nullable": True}


def _header(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "required": False, "schema": dict(schema)}
