"""Schemas of asset classes, built from the registry: what a body may hold."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import marshmallow
from marshmallow import fields, validate

from models.asset import AssetStatus
from models.identifiers import BUILDING_ID_PATTERN, PROPERTY_ID_PATTERN
from models.registry import AssetClass, Attribute
from models.text_lengths import longest_text
from service.api.fields import (
    BuildingId,
    Day,
    Flag,
    Matching,
    Money,
    Number,
    PropertyId,
    Text,
    WholeNumber,
    municipality_field,
)
from service.api.geometry import GeometryField, geometry_json_schema, geometry_patch_json_schema

READ_ONLY = ("id", "asset_class", "district_code", "row_version", "changed_at")
DEFAULTS: Mapping[str, Any] = MappingProxyType({"is_protected": False, "source_system": "rest"})
KEPT = ("municipality_code", "source_system")
"""What a body may leave out where the asset is there already."""
_YEARS_OF_THE_PAST = ("built_year", "renewed_year")
_FIELDS: Mapping[type[Any], type[fields.Field[Any]]] = MappingProxyType(
    {int: WholeNumber, float: Number, bool: Flag, decimal.Decimal: Money, datetime.date: Day}
)
_IDENTIFIERS: Mapping[str, type[Text]] = MappingProxyType(
    {BUILDING_ID_PATTERN: BuildingId, PROPERTY_ID_PATTERN: PropertyId}
)


class AssetSchema(marshmallow.Schema):
    """What all classes share: the rule between status and years."""

    @marshmallow.validates_schema(skip_on_field_errors=False)
    def check_years(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a year of the future for anything that is more than planned."""
        this_year = datetime.datetime.now(datetime.UTC).year
        planned = data.get("status") == AssetStatus.PLANNED
        faults = {
            name: [f"{year} is in the future; only a planned asset may have such a year."]
            for name in _YEARS_OF_THE_PAST
            if not planned and (year := data.get(name)) is not None and year > this_year
        }
        if faults:
            raise marshmallow.ValidationError(faults)


@cache
def body_schema(asset_class: AssetClass) -> AssetSchema:
    """Return the schema of an asset of a class in a body."""
    schema: type[AssetSchema] = AssetSchema.from_dict(  # type: ignore[assignment]
        _members(asset_class, geometry_json_schema(asset_class.geometry_types)), name=f"{_pascal(asset_class)}Body"
    )
    return schema()


@cache
def replacement_schema(asset_class: AssetClass) -> AssetSchema:
    """Return the schema that describes an asset which replaces another: where it is and comes from may be left out."""
    members = _members(asset_class, geometry_json_schema(asset_class.geometry_types))
    for name in KEPT:
        members[name].required, members[name].load_default = False, marshmallow.missing
    schema: type[AssetSchema] = AssetSchema.from_dict(  # type: ignore[assignment]
        members, name=f"{_pascal(asset_class)}Replacement"
    )
    return schema()


@cache
def patch_schema(asset_class: AssetClass) -> AssetSchema:
    """Return the schema that describes a merge patch on an asset: each member may be left out, and then stays."""
    members = _members(asset_class, geometry_patch_json_schema(asset_class.geometry_types))
    for each in members.values():
        each.load_default = marshmallow.missing
    schema: type[AssetSchema] = AssetSchema.from_dict(  # type: ignore[assignment]
        members, name=f"{_pascal(asset_class)}Patch"
    )
    return schema(partial=True)


def _members(asset_class: AssetClass, geometry: dict[str, Any]) -> dict[str, fields.Field[Any]]:
    writable = {each.name: _field(asset_class, each) for each in asset_class.attributes if not each.read_only}
    return {
        "municipality_code": municipality_field(required=True, metadata={"description": "Municipality, for ever"}),
        **writable,
        "geometry": GeometryField(asset_class.geometry_types, allow_none=True, load_default=None, metadata=geometry),
    }


def _pascal(asset_class: AssetClass) -> str:
    return "".join(part.capitalize() for part in asset_class.code.split("_"))


def _field(asset_class: AssetClass, attribute: Attribute) -> fields.Field[Any]:
    options: dict[str, Any] = {"metadata": {"description": _description(attribute)}}
    if attribute.nullable:
        options |= {"allow_none": True, "load_default": None}
    elif attribute.name in DEFAULTS:
        options["load_default"] = DEFAULTS[attribute.name]
    else:
        options["required"] = True
    if attribute.choices is not None:
        return fields.String(validate=validate.OneOf(attribute.choices, error=_choice_fault(attribute)), **options)
    if attribute.pattern is not None and attribute.pattern in _IDENTIFIERS:
        return _IDENTIFIERS[attribute.pattern](**options)
    if attribute.type in _FIELDS:
        return _number_field(asset_class, attribute, options)
    if attribute.pattern is not None:
        options["validate"] = Matching(attribute.pattern)
    return Text(longest=longest_text(attribute.name), **options)


def _number_field(asset_class: AssetClass, attribute: Attribute, options: dict[str, Any]) -> fields.Field[Any]:
    if attribute.type is int:
        limits = {"least": attribute.ge, "most": attribute.le}
        whole = {name: int(limit) for name, limit in limits.items() if limit is not None}
        return WholeNumber(size=_column_size(asset_class, attribute), **whole, **options)
    if attribute.ge is not None or attribute.le is not None:
        options["validate"] = validate.Range(attribute.ge, attribute.le)
    return _FIELDS[attribute.type](**options)


def _column_size(asset_class: AssetClass, attribute: Attribute) -> str:
    column = asset_class.model.__mapper__.columns[attribute.column]
    return str(column.type).lower().replace("biginteger", "bigint")


def _choice_fault(attribute: Attribute) -> str:
    return f"'{{input}}' is not one of: {', '.join(attribute.choices or ())}."


def _description(attribute: Attribute) -> str:
    return f"{attribute.description} [{attribute.unit}]" if attribute.unit else attribute.description
