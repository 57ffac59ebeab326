"""An asset as it is given out: its document and the JSON Schema of it."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import orjson

from models.registry import ASSET_CLASSES, AssetClass, Attribute
from service.api.geometry import geometry_json_schema
from service.queries.assets import AssetRecord

_JSON_TYPES: Mapping[type[Any], Mapping[str, str]] = MappingProxyType(
    {
        int: {"type": "integer"},
        float: {"type": "number"},
        decimal.Decimal: {"type": "number"},
        bool: {"type": "boolean"},
        datetime.date: {"type": "string", "format": "date"},
    }
)


def asset_document(record: AssetRecord) -> dict[str, Any]:
    """Return an asset with the attributes that were read, ready for JSON."""
    return {
        "id": str(record.key),
        "asset_class": record.asset_class.code,
        "municipality_code": record.key.municipality_code,
        **record.values,
        "geometry": None if record.geometry is None else orjson.Fragment(record.geometry),
        "row_version": record.row_version,
        "changed_at": record.changed_at,
    }


def core_document(record: AssetRecord) -> dict[str, Any]:
    """Return an asset of any class with what all classes share; the quantity stands with its unit."""
    return {**asset_document(record), "quantity_unit": record.asset_class.quantity_unit}


def component_name(asset_class: AssetClass) -> str:
    """Return the name of a class's schema in the OpenAPI document."""
    return "".join(part.capitalize() for part in asset_class.code.split("_"))


@cache
def asset_json_schema(asset_class: AssetClass) -> dict[str, Any]:
    """Return the JSON Schema of an asset of a class as it is given out."""
    attributes = {each.name: attribute_json_schema(each) for each in asset_class.attributes}
    return _schema(asset_class.description, attributes, asset_class.geometry_types)


@cache
def core_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of an asset in the list across classes."""
    any_class = next(iter(ASSET_CLASSES.values()))
    core = [each for each in any_class.attributes if each.table == "asset"]
    attributes = {each.column: attribute_json_schema(each) for each in core}
    attributes["quantity"] = {"type": ["number", "null"], "description": "Quantity in `quantity_unit`"}
    attributes["material"] = {"type": ["string", "null"], "description": "Material, by the code list of the class"}
    attributes["quantity_unit"] = {"type": "string"}
    kinds = sorted({kind for each in ASSET_CLASSES.values() for kind in each.geometry_types})
    return _schema("An asset of any class with what all classes share.", attributes, tuple(kinds))


def attribute_json_schema(attribute: Attribute) -> dict[str, Any]:
    """Return the JSON Schema of an attribute with its limits and unit."""
    schema: dict[str, Any] = dict(_JSON_TYPES.get(attribute.type, {"type": "string"}))
    if attribute.choices is not None:
        schema["enum"] = [*attribute.choices, None] if attribute.nullable else list(attribute.choices)
    if attribute.nullable:
        schema["type"] = [schema["type"], "null"]
    limits = {"minimum": attribute.ge, "maximum": attribute.le, "pattern": attribute.pattern, "x-unit": attribute.unit}
    schema |= {name: limit for name, limit in limits.items() if limit is not None}
    return {**schema, "description": attribute.description, **({"readOnly": True} if attribute.read_only else {})}


def _schema(description: str, attributes: Mapping[str, Any], geometry_types: tuple[str, ...]) -> dict[str, Any]:
    properties = {
        "id": {"type": "string", "readOnly": True, "description": "Municipality and number, e.g. 091-1234"},
        "asset_class": {"type": "string", "enum": list(ASSET_CLASSES), "readOnly": True},
        "municipality_code": {"type": "string", "pattern": "^[0-9]{3}$"},
        **attributes,
        "geometry": geometry_json_schema(geometry_types),
        "row_version": {"type": "integer", "readOnly": True},
        "changed_at": {"type": "string", "format": "date-time", "readOnly": True},
    }
    return {"type": "object", "description": description, "properties": properties, "required": list(properties)}


def page_json_schema(item: Mapping[str, Any] | str) -> dict[str, Any]:
    """Return the JSON Schema of a page of a list; the item is a schema or the name of one."""
    item_schema = {"$ref": f"#/components/schemas/{item}"} if isinstance(item, str) else dict(item)
    following = {"type": ["string", "null"], "format": "uri", "description": "Address of the next page"}
    properties = {"items": {"type": "array", "items": item_schema}, "next": following}
    return {"type": "object", "properties": properties, "required": ["items", "next"]}
