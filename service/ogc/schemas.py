"""JSON Schemas of a collection's features: what they return (Part 5) and what can be filtered by (Part 3)."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from models.text_lengths import longest_text
from service.catalogues import has_text, text

if TYPE_CHECKING:
    from service.queries.feature_collections import FeatureCollection, FeatureProperty

DEFAULT_LANGUAGE = "en"
"""Language of labels for clients that ask for none: that of the descriptions."""

_JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
# Units are those of UCUM unless another list is named (Part 5, /req/schemas/unit); what is counted stands in braces.
_UCUM = {"pcs": "{pcs}", "veh/d": "{veh}/d"}
_CURRENCIES = "ISO 4217"
_LARGEST_INTEGER = 2**31 - 1  # what a column of whole numbers holds, where the property says no other limit
_TYPES: dict[type[Any], dict[str, str]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime.date: {"type": "string", "format": "date"},
}
_ASKED_FOR: dict[type[Any], dict[str, Any]] = {
    str: {"pattern": r"^[^\x00]*$"},
    int: {"format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1},
}


def property_schema(described: FeatureProperty, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
    """Return the JSON Schema of a property: type, limits, choices, label in a language and unit."""
    schema: dict[str, Any] = {"title": _label(described, language), "description": described.description}
    schema |= value_schema(described)
    if described.unit:
        schema |= {"x-ogc-unit": _UCUM.get(described.unit, described.unit)}
        schema |= {"x-ogc-unitLang": _CURRENCIES} if described.unit == "EUR" else {}
    return schema


def property_labels(collection: FeatureCollection, language: str) -> dict[str, str]:
    """Return what people call the properties of a collection in a language, with their units, by name."""
    return {name: _label(each, language) for name, each in collection.properties.items()}


def value_schema(described: FeatureProperty) -> dict[str, Any]:
    """Return the JSON Schema of a property's values alone."""
    limits = {"minimum": described.ge, "maximum": described.le, "enum": described.choices}
    return {**_TYPES[described.type], **{name: limit for name, limit in limits.items() if limit is not None}}


def filter_schema(described: FeatureProperty) -> dict[str, Any]:
    """Return the JSON Schema of what features can be asked for by a property: any value that its type can have.

    A number outside the property's own limits is a sound question to which no feature is the answer.
    """
    choices = {"enum": described.choices} if described.choices is not None else {}
    return {**_TYPES[described.type], **_ASKED_FOR.get(described.type, {}), **choices}


def received_schema(described: FeatureProperty) -> dict[str, Any]:
    """Return the JSON Schema of the values that a property of a feature is written with."""
    schema = value_schema(described)
    if schema["type"] == "integer":
        return {"maximum": _LARGEST_INTEGER, **schema}
    if schema["type"] != "string" or schema.keys() & {"format", "enum"}:
        return schema
    pattern = described.pattern or _ASKED_FOR[str]["pattern"]
    return {**schema, "minLength": 1, "maxLength": longest_text(described.name), "pattern": pattern}


def feature_schema(collection: FeatureCollection, address: str, *, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
    """Return the schema of what the features of a collection return, and take where they can be written.

    What is `readOnly` is returned only; a feature that holds anything else than this is refused.
    """
    schema = _schema(collection, address, language, additional=False if collection.writable else None)
    for name, described in collection.properties.items():
        if described.read_only or not collection.writable:
            schema["properties"][name] = {**schema["properties"][name], "readOnly": True}
        else:
            schema["properties"][name] |= received_schema(described)
    return schema


def queryables_schema(
    collection: FeatureCollection, address: str, *, language: str = DEFAULT_LANGUAGE
) -> dict[str, Any]:
    """Return the schema of what a collection can be filtered by: nothing but this."""
    return _schema(collection, address, language, additional=False)


def sortables_schema(
    collection: FeatureCollection, address: str, *, language: str = DEFAULT_LANGUAGE
) -> dict[str, Any]:
    """Return the schema of what the features of a collection can be sorted by: its properties."""
    schema = _schema(collection, address, language, additional=False)
    del schema["properties"]["id"], schema["properties"]["geometry"]
    return schema


def geojson_schema(collection: FeatureCollection, address: str) -> dict[str, Any]:
    """Return the schema of a feature as GeoJSON, by which GDAL knows the type of a column that is null at first."""
    properties = {name: value_schema(each) for name, each in collection.properties.items()}
    return {
        "$schema": _JSON_SCHEMA,
        "$id": address,
        "type": "object",
        "title": collection.title,
        "description": f"{collection.description} As GeoJSON; any property but the municipality may be null.",
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"type": "object"},
            "properties": {"type": "object", "properties": properties},
        },
    }


def geometry_format(geometry_types: tuple[str, ...]) -> str:
    """Return the format of Part 5 for a collection's geometry types.

    >>> geometry_format(("LINESTRING", "MULTILINESTRING"))
    'geometry-linestring-or-multilinestring'
    >>> geometry_format(("POINT", "POLYGON"))
    'geometry-any'
    """
    simple = {kind.removeprefix("MULTI") for kind in geometry_types}
    if len(simple) > 1:
        return "geometry-any"
    return "geometry-" + "-or-".join(sorted({kind.lower() for kind in geometry_types}))


def _schema(collection: FeatureCollection, address: str, language: str, *, additional: bool | None) -> dict[str, Any]:
    geometry = {
        "title": "Geometry",
        "x-ogc-role": "primary-geometry",
        "format": geometry_format(collection.geometry_types),
    }
    identifier = {"title": "Id", "type": "string", "x-ogc-role": "id", "readOnly": True}
    properties = {name: property_schema(each, language) for name, each in collection.properties.items()}
    schema: dict[str, Any] = {
        "$schema": _JSON_SCHEMA,
        "$id": address,
        "type": "object",
        "title": collection.title,
        "description": collection.description,
        "properties": {"id": identifier, "geometry": geometry, **properties},
    }
    return schema if additional is None else {**schema, "additionalProperties": additional}


def _label(described: FeatureProperty, language: str) -> str:
    """The label that people know a property by, with its unit; made of the name where the catalogue has none."""
    keys = (f"attribute.{described.name}", f"column.{described.name}")
    label = next((text(language, key) for key in keys if has_text(language, key)), None)
    return (label or _from_name(described.name)) + (f" ({described.unit})" if described.unit else "")


def _from_name(name: str) -> str:
    for ending in ("_eur", "_m2", "_m3", "_mm", "_m"):
        name = name.removesuffix(ending)
    return name.replace("_", " ").capitalize()
