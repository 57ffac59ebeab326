"""The registry of asset classes, read from their declarations: what schemas, collections and imports build on."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Enum, Integer, Numeric, SmallInteger

from models.asset import Asset
from models.asset_class import Network
from models.assets import asset_models
from models.attributes import INFO_KEY, AttributeDeclaration

_PYTHON_TYPES: tuple[tuple[type[Any], type[Any]], ...] = (
    (SmallInteger, int),
    (BigInteger, int),
    (Integer, int),
    (Boolean, bool),
    (Double, float),
    (Numeric, decimal.Decimal),
    (Date, datetime.date),
)


@dataclass(frozen=True)
class Attribute:
    """One attribute of a class: its public name, where it is stored and what it may hold."""

    name: str
    column: str
    table: str
    type: type[Any]
    nullable: bool
    description: str
    unit: str | None
    ge: float | None
    le: float | None
    pattern: str | None
    source_names: tuple[str, ...]
    choices: tuple[str, ...] | None
    read_only: bool


@dataclass(frozen=True)
class AssetClass:
    """One asset class with its attributes: those of the core first, then its own."""

    code: str
    number: int
    network: Network
    geometry_types: tuple[str, ...]
    quantity: str
    quantity_unit: str
    model: type[Asset]
    description: str
    attributes: tuple[Attribute, ...]

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute of this public name, or None."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)


def _python_type(column: Column[Any]) -> type[Any]:
    if isinstance(column.type, Enum) and column.type.enum_class is not None:
        return column.type.enum_class
    return next((python for kind, python in _PYTHON_TYPES if isinstance(column.type, kind)), str)


def _attribute(column: Column[Any], declaration: AttributeDeclaration) -> Attribute:
    python_type = _python_type(column)
    choices = tuple(code.value for code in python_type) if issubclass(python_type, StrEnum) else None
    return Attribute(
        name=column.name,
        column=column.name,
        table=column.table.name,
        type=python_type,
        nullable=bool(column.nullable),
        description=declaration.description,
        unit=declaration.unit,
        ge=declaration.ge,
        le=declaration.le,
        pattern=declaration.pattern,
        source_names=declaration.source_names,
        choices=choices,
        read_only=declaration.read_only,
    )


def _declared(table: Any) -> list[Attribute]:
    return [_attribute(column, column.info[INFO_KEY]) for column in table.columns if INFO_KEY in column.info]


def _as_quantity(attribute: Attribute, model: type[Asset]) -> Attribute:
    info = model.__asset__
    description = f"Quantity by which the class is valued ({info.quantity_unit})"
    changes = {"name": info.quantity, "unit": info.quantity_unit, "description": description}
    return Attribute(**{**vars(attribute), **changes, "source_names": info.quantity_source_names})


def _as_material(attribute: Attribute, model: type[Asset]) -> Attribute:
    materials = model.__asset__.materials
    changes: dict[str, Any] = {"source_names": model.__asset__.material_source_names}
    if materials is not None:
        changes |= {"type": materials, "choices": tuple(code.value for code in materials)}
    return Attribute(**{**vars(attribute), **changes})


def _core_attributes(model: type[Asset]) -> list[Attribute]:
    special = {"quantity": _as_quantity, "material": _as_material}
    core = _declared(Asset.__table__)
    return [special[each.column](each, model) if each.column in special else each for each in core]


def _asset_class(model: type[Asset]) -> AssetClass:
    info = model.__asset__
    return AssetClass(
        code=info.code,
        number=info.number,
        network=info.network,
        geometry_types=info.geometry_types,
        quantity=info.quantity,
        quantity_unit=info.quantity_unit,
        model=model,
        description=(model.__doc__ or "").strip(),
        attributes=(*_core_attributes(model), *_declared(model.__table__)),
    )


ASSET_CLASSES: Mapping[str, AssetClass] = MappingProxyType(
    {asset_class.code: asset_class for asset_class in map(_asset_class, asset_models())}
)
ASSET_CLASS_BY_NUMBER: Mapping[int, AssetClass] = MappingProxyType(
    {asset_class.number: asset_class for asset_class in ASSET_CLASSES.values()}
)
