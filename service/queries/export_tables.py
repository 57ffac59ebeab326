"""The register's tables as they leave it: the columns of each with what they say, its geometry and its order."""

from __future__ import annotations

import datetime
import decimal
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Double, Enum, Integer, Numeric, SmallInteger, cast, func
from sqlalchemy import literal_column as literal
from sqlalchemy.dialects.postgresql import TEXT

import models
from models.asset import Asset
from models.registry import ASSET_CLASSES
from service.queries.feature_collections import FeatureProperty, municipality_property
from service.queries.feature_registry import feature_collections
from service.queries.tables import table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Column, ColumnElement, FromClause, Table

    from service.queries.feature_collections import FeatureCollection

ID, ASSET_ID, ASSET_CLASS, MUNICIPALITY_CODE = "id", "asset_id", "asset_class", "municipality_code"
ROW_VERSION = "row_version"
AREAS_FIRST = ("district", "service_area")
OF_ASSETS = ("component", "condition_assessment", "capacity", "service_usage", "measure", "outage", "suitability")
OF_MUNICIPALITY = (
    "service_need",
    "grade_enrolment",
    "budget",
    "population_forecast",
    "population_grid",
    "population_grid_age",
)
GEOMETRIES = ("geometry", "geometry_z")
# Double is a Numeric too, so it comes first.
_TYPES: tuple[tuple[type[Any], type[Any]], ...] = (
    (Boolean, bool),
    (SmallInteger, int),
    (BigInteger, int),
    (Integer, int),
    (Double, float),
    (Numeric, float),
    (Date, datetime.date),
)
_UNITS = (("_m2", "m2"), ("_m3", "m3"), ("_m", "m"), ("_mm", "mm"), ("_eur", "EUR"), ("_years", "a"))


@dataclass(frozen=True)
class ExportTable:
    """A table that can be exported.

    Attributes:
        code: Asset class or record table.
        columns: Its columns by public name, in order; the municipality comes first.
        key: What rows are ordered by.
        source: Tables that it is read from.
        municipality: The column of the municipality.
        geometry: The geometry with heights where they are known; None where rows have none.
        geometry_types: Types that it may have.
        asset: Number of the asset that a row is, or belongs to.
        district: The column of the district, of assets.
        collection: The collection of the same rows, of asset classes: filters are read onto it.
    """

    code: str
    columns: Mapping[str, FeatureProperty]
    key: tuple[ColumnElement[Any], ...]
    source: FromClause
    municipality: ColumnElement[Any]
    geometry: ColumnElement[Any] | None = None
    geometry_types: tuple[str, ...] = ()
    asset: ColumnElement[Any] | None = None
    district: ColumnElement[Any] | None = None
    collection: FeatureCollection | None = None


@cache
def export_tables() -> Mapping[str, ExportTable]:
    """Return all tables by code, each after those that its rows refer to."""
    areas, assets, rest = AREAS_FIRST, tuple(ASSET_CLASSES), (*OF_ASSETS, *OF_MUNICIPALITY)
    built = [*map(_record_table, areas), *map(_class_table, assets), *map(_record_table, rest)]
    return MappingProxyType({each.code: each for each in built})


def _class_table(code: str) -> ExportTable:
    collection = feature_collections()[code]
    municipality, *others = collection.properties.values()
    own_id = FeatureProperty(ID, str, collection.feature_id(), "Id of the asset: municipality, hyphen, number")
    district = collection.properties["district_code"].column
    told = "Version of the record: an import tells by it what was changed since"
    version = FeatureProperty(ROW_VERSION, int, table_of(Asset).c.row_version, told, read_only=True)
    return ExportTable(
        code=code,
        columns=MappingProxyType({each.name: each for each in (municipality, own_id, *others, version)}),
        key=collection.key,
        source=collection.source,
        municipality=collection.key[0],
        geometry=collection.shape(),
        geometry_types=collection.geometry_types,
        asset=collection.key[1],
        district=district,
        collection=collection,
    )


def _record_table(code: str) -> ExportTable:
    table: Table = models.Base.metadata.tables[code]
    plain = [each for each in table.columns if each.name not in (MUNICIPALITY_CODE, *GEOMETRIES)]
    shape = table.columns.get("geometry")
    described = (municipality_property(table.c.municipality_code), *(_property(table, each) for each in plain))
    return ExportTable(
        code=code,
        columns=MappingProxyType({each.name: each for each in described}),
        key=tuple(table.primary_key.columns),
        source=table,
        municipality=table.c.municipality_code,
        geometry=shape,
        geometry_types=() if shape is None else (str(vars(shape.type)["geometry_type"]),),
        asset=table.columns.get(ASSET_ID),
    )


def _property(table: Table, column: Column[Any]) -> FeatureProperty:
    if column.name == ASSET_ID:
        named: ColumnElement[Any] = cast(table.c.municipality_code, TEXT) + literal("'-'") + cast(column, TEXT)
        return FeatureProperty(ASSET_ID, str, named, "Id of the asset: municipality, hyphen, number")
    if column.name == ASSET_CLASS:
        numbers = {code: each.number for code, each in ASSET_CLASSES.items()}
        return FeatureProperty(ASSET_CLASS, str, column, "Asset class", choices=tuple(numbers), codes=numbers)
    if isinstance(column.type, DateTime):
        # As text in every format, so that no format cuts it off.
        return FeatureProperty(column.name, str, func.to_jsonb(column).op("#>>")(literal("'{}'::text[]")), "Instant")
    kind = next((python for sql, python in _TYPES if isinstance(column.type, sql)), str)
    return FeatureProperty(column.name, kind, column, "", unit=unit_of(column.name), choices=_choices(column))


def _choices(column: Column[Any]) -> tuple[str, ...] | None:
    codes = column.type.enum_class if isinstance(column.type, Enum) else None
    return None if codes is None else tuple(str(code.value) for code in codes)


def unit_of(name: str) -> str | None:
    """Return the unit that a column's name ends with."""
    return next((unit for suffix, unit in _UNITS if name.endswith(suffix)), None)


def is_money(column: ColumnElement[Any]) -> bool:
    """Return whether a column holds amounts to the cent."""
    return column.type.python_type is decimal.Decimal
