"""What an import can write: the tables, their fields and the keys by which a row is found again."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Double, Enum, Integer, Numeric, SmallInteger

import models
from models.registry import ASSET_CLASSES, AssetClass, Attribute

KINDS: tuple[tuple[type[Any], str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (decimal.Decimal, "number"),
    (datetime.date, "date"),
)
COLUMN_KINDS: tuple[tuple[type[Any], str], ...] = (
    (Boolean, "boolean"),
    (SmallInteger, "integer"),
    (BigInteger, "integer"),
    (Integer, "integer"),
    (Double, "number"),
    (Numeric, "number"),
    (DateTime, "timestamp"),
    (Date, "date"),
)
# What the tables' check constraints ask of the fields of records, so that a fault has a row and a column.
LIMITS: Mapping[str, tuple[float | None, float | None]] = {
    "population": (0, None),
    "age": (0, 130),
    "age_from": (0, 130),
    "age_to": (0, 130),
    "year": (1749, 2200),
    "capacity": (0, None),
    "running_cost_eur": (0, None),
    "users": (0, None),
    "caretakers": (0, None),
    "grade": (0, 30),
    "customers_affected": (0, None),
}
# What the columns' types hold, for fields whose own limits are wider or not declared.
TYPE_LIMITS: tuple[tuple[type[Any], float], ...] = (
    (SmallInteger, 2**15 - 1),
    (BigInteger, 2**53),
    (Integer, 2**31 - 1),
    (Numeric, 99_999_999_999_999),
)
# Filled by the import itself.
BOOKKEEPING = {"municipality_code", "asset_id", "component_id", "recorded_at", "recorded_by", "source_system"}


@dataclass(frozen=True)
class TargetField:
    """One field that a profile can fill.

    Attributes:
        name: Public name.
        column: Database column.
        table: Database table.
        kind: `text`, `integer`, `number`, `boolean`, `date` or `timestamp`.
        nullable: False where a row cannot be without it.
        unit: Unit in the register.
        ge: Least value.
        le: Greatest value.
        pattern: Regular expression of the whole text.
        choices: Allowed values.
    """

    name: str
    column: str
    table: str
    kind: str
    nullable: bool = True
    unit: str | None = None
    ge: float | None = None
    le: float | None = None
    pattern: str | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Target:
    """A table, or the pair of tables of an asset class, that an import writes.

    Attributes:
        code: Asset class or record table.
        tables: Table names; for an asset the core first, then its class table.
        fields: Fillable fields by public name.
        match: Columns that find a row again, beside the municipality.
        geometry_types: Allowed geometry types, empty where the table has no geometry.
        geometry_required: True where a row cannot be without geometry.
        asset_class: Number of the asset class, None for record tables.
        of_asset: True where a row belongs to an asset.
        identity: Column whose values come from a sequence, and the sequence.
        defaults: Values of a new row for fields that a profile does not fill.
        is_numbered: True where rows are found by the register's own numbers: see `queries/own_targets.py`.
    """

    code: str
    tables: tuple[str, ...]
    fields: Mapping[str, TargetField]
    match: tuple[str, ...]
    geometry_types: tuple[str, ...] = ()
    geometry_required: bool = False
    asset_class: int | None = None
    of_asset: bool = False
    identity: tuple[str, str] | None = None
    defaults: Mapping[str, str] = field(default_factory=dict)
    is_numbered: bool = False

    @property
    def is_asset(self) -> bool:
        """Return whether rows are assets themselves."""
        return self.asset_class is not None

    def has_column(self, name: str) -> bool:
        """Return whether one of the tables has a column."""
        return any(name in models.Base.metadata.tables[table].columns for table in self.tables)


def _asset_target(asset_class: AssetClass) -> Target:
    fields = {each.name: attribute_field(each) for each in asset_class.attributes if not each.read_only}
    del fields["source_system"]
    return Target(
        code=asset_class.code,
        tables=("asset", asset_class.code),
        fields=MappingProxyType(fields),
        match=("source_system", "source_id"),
        geometry_types=asset_class.geometry_types,
        asset_class=asset_class.number,
        identity=("asset_id", "asset_id_seq"),
        defaults={"status": "in_use", "is_protected": "false"},
    )


def attribute_field(each: Attribute) -> TargetField:
    """Return the field that fills an attribute of an asset class."""
    kind = next((kind for python, kind in KINDS if issubclass(each.type, python)), "text")
    ge, le = _limits(models.Base.metadata.tables[each.table].columns[each.column], each.ge, each.le)
    return TargetField(
        each.name, each.column, each.table, kind, each.nullable, each.unit, ge, le, each.pattern, each.choices
    )


def _limits(column: Column[Any], ge: float | None, le: float | None) -> tuple[float | None, float | None]:
    """Return the declared limits, or those of the column's type where there are none; Double is a Numeric too."""
    held = (
        None
        if isinstance(column.type, Double)
        else next((m for t, m in TYPE_LIMITS if isinstance(column.type, t)), None)
    )
    return (-held if ge is None and held is not None else ge), (held if le is None else le)


def record_target(code: str, match: tuple[str, ...], identity: tuple[str, str] | None = None) -> Target:
    """Return the target of a record table, whose bookkeeping is left to the import.

    Args:
        code: The table.
        match: Columns that find a row again, beside the municipality.
        identity: Column whose values come from a sequence, and the sequence.
    """
    table = models.Base.metadata.tables[code]
    fields = {each.name: column_field(each) for each in table.columns if _is_fillable(each, identity)}
    shape = next((column for column in table.columns if isinstance(column.type, Geometry)), None)
    return Target(
        code=code,
        tables=(code,),
        fields=MappingProxyType(fields),
        match=match,
        geometry_types=() if shape is None else (str(vars(shape.type)["geometry_type"]),),
        geometry_required=shape is not None and not shape.nullable,
        of_asset="asset_id" in table.columns,
        identity=identity,
    )


def _is_fillable(column: Column[Any], identity: tuple[str, str] | None) -> bool:
    is_identity = identity is not None and column.name == identity[0]
    return not is_identity and column.name not in BOOKKEEPING and not isinstance(column.type, Geometry)


def column_field(column: Column[Any]) -> TargetField:
    """Return the field that fills a column of a record table, with the limits that its type and checks set."""
    ge, le = _limits(column, *LIMITS.get(column.name, (None, None)))
    kind = next((kind for sql, kind in COLUMN_KINDS if isinstance(column.type, sql)), "text")
    return TargetField(
        name=column.name,
        column=column.name,
        table=_table_name(column),
        kind=kind,
        nullable=bool(column.nullable),
        unit=_unit(column.name),
        ge=ge,
        le=le,
        choices=_choices(column),
    )


def _table_name(column: Column[Any]) -> str:
    return str(column.table.name)


def _choices(column: Column[Any]) -> tuple[str, ...] | None:
    codes = column.type.enum_class if isinstance(column.type, Enum) else None
    return None if codes is None or not issubclass(codes, StrEnum) else tuple(code.value for code in codes)


def _unit(name: str) -> str | None:
    """Return the unit that a field's name ends with."""
    return next((unit for suffix, unit in (("_m2", "m2"), ("_m", "m"), ("_eur", "EUR")) if name.endswith(suffix)), None)


def _capacity_target() -> Target:
    """Return the target of capacities: places may follow from caretakers, and a unit is checked but not kept."""
    target = record_target("capacity", ("asset_id", "service_code", "valid_from"), ("capacity_id", "capacity_id_seq"))
    unit = TargetField("capacity_unit", "capacity_unit", "capacity", "text")
    own = {"capacity": replace(target.fields["capacity"], nullable=True), "capacity_unit": unit}
    return replace(target, fields=MappingProxyType({**target.fields, **own}))


def _municipality_target() -> Target:
    """Return the target of municipalities: names, mergers and the boundary of those that the register knows.

    No row is ever new: a file's codes are checked against the register's, so that none of the fields must be given.
    """
    target = record_target("municipality", ("municipality_code",))
    fields = {name: each for name, each in target.fields.items() if name != "is_fictitious"}
    return replace(target, fields=MappingProxyType(fields), defaults={"name_fi": "", "name_sv": ""})


RECORD_TARGETS = (
    _municipality_target(),
    record_target("district", ("district_code",)),
    record_target("service_area", ("service_code", "area_code")),
    record_target(
        "condition_assessment", ("source_system", "source_id"), ("assessment_id", "condition_assessment_id_seq")
    ),
    _capacity_target(),
    record_target("service_usage", ("asset_id", "service_code", "observed_on")),
    record_target("grade_enrolment", ("service_code", "area_code", "year", "grade")),
    record_target("outage", ("source_system", "source_id"), ("outage_id", "outage_id_seq")),
    record_target("population_forecast", ("area_code", "scenario", "year", "age")),
    record_target("population_grid", ("grid_code", "cell_id")),
    record_target("population_grid_age", ("grid_code", "cell_id", "age_from")),
)

TARGETS: Mapping[str, Target] = MappingProxyType(
    {target.code: target for target in (*map(_asset_target, ASSET_CLASSES.values()), *RECORD_TARGETS)}
)
