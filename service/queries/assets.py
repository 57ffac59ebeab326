"""Assets as rows: selects built from the registry, one for each class and one across classes."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, FromClause, Select, SmallInteger, and_, cast, func, literal, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql.expression import literal_column

from gis.crs import CRS84, Crs
from models.asset import Asset
from models.registry import ASSET_CLASS_BY_NUMBER, ASSET_CLASSES, AssetClass
from service.queries.asset_key import AssetKey
from service.queries.geometry_text import geojson_text
from service.queries.register_at import RegisterDay, at_day
from service.queries.tables import table_of

CORE = table_of(Asset)
KEY = (CORE.c.municipality_code, CORE.c.asset_id)
SHAPE = func.coalesce(CORE.c.geometry_z, CORE.c.geometry)


@dataclass(frozen=True)
class AssetRecord:
    """An asset as it is in the register.

    Attributes:
        key: Its key.
        asset_class: Its class.
        row_version: Number of its version.
        changed_at: When that version was written.
        values: Attributes by public name.
        geometry: GeoJSON text in the system that was asked for.
    """

    key: AssetKey
    asset_class: AssetClass
    row_version: int
    changed_at: datetime.datetime
    values: Mapping[str, Any]
    geometry: str | None


def class_condition(asset_class: AssetClass) -> ColumnElement[bool]:
    """Return the condition of a class, its number as a smallint so that GiST(asset_class, geometry) takes it."""
    return CORE.c.asset_class == cast(literal_column(str(int(asset_class.number))), SmallInteger)


def class_source(asset_class: AssetClass) -> FromClause:
    """Return the core joined with the class's table."""
    table = table_of(asset_class.model)
    same = and_(table.c.municipality_code == CORE.c.municipality_code, table.c.asset_id == CORE.c.asset_id)
    return CORE.join(table, same)


def select_assets(asset_class: AssetClass | None, crs: Crs) -> Select[Any]:
    """Return the select of assets of a class with all attributes, or of all classes with those of the core."""
    shown = [*KEY, CORE.c.asset_class, CORE.c.row_version, CORE.c.changed_at, geojson_text(SHAPE, crs)]
    columns = attribute_columns(asset_class)
    statement = select(*shown, *(column.label(f"attribute_{place}") for place, column in enumerate(columns.values())))
    if asset_class is None:
        return statement.select_from(CORE)
    return statement.select_from(class_source(asset_class)).where(class_condition(asset_class))


def attribute_columns(asset_class: AssetClass | None) -> dict[str, ColumnElement[Any]]:
    """Return the columns by public name; across classes the quantity is `quantity`, whatever its unit."""
    if asset_class is None:
        any_class = next(iter(ASSET_CLASSES.values()))
        core = [each.column for each in any_class.attributes if each.table == CORE.name]
        return {name: CORE.c[name] for name in core}
    tables = {CORE.name: CORE, asset_class.code: table_of(asset_class.model)}
    return {each.name: tables[each.table].c[each.column] for each in asset_class.attributes}


def asset_records(rows: Iterable[Sequence[Any]], asset_class: AssetClass | None) -> list[AssetRecord]:
    """Return the records of rows that `select_assets` gave."""
    names = tuple(attribute_columns(asset_class))
    return [
        AssetRecord(
            AssetKey(row[0], row[1]),
            ASSET_CLASS_BY_NUMBER[row[2]],
            row[3],
            row[4],
            dict(zip(names, row[6:], strict=True)),
            row[5],
        )
        for row in rows
    ]


def find_asset_class(connection: Connection, key: AssetKey, day: RegisterDay | None = None) -> AssetClass | None:
    """Return the class of an asset, or None where there is, or on a day was, no such asset."""
    statement = select(CORE.c.asset_class).where(*key_conditions(key))
    number = connection.execute(at_day(statement, day, ())).scalar_one_or_none()
    return None if number is None else ASSET_CLASS_BY_NUMBER[number]


def load_asset(
    connection: Connection,
    asset_class: AssetClass,
    key: AssetKey,
    crs: Crs = CRS84,
    *,
    locked: bool = False,
    day: RegisterDay | None = None,
) -> AssetRecord | None:
    """Return an asset of a class, or None.

    `locked` keeps its row from changing until the transaction ends; with a `day` it is as it was at its end.
    """
    statement = at_day(select_assets(asset_class, crs).where(*key_conditions(key)), day, (asset_class,))
    if locked:
        statement = statement.with_for_update(of=CORE)
    return next(iter(asset_records(list(connection.execute(statement)), asset_class)), None)


def key_conditions(key: AssetKey) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that pick one asset of the core."""
    return CORE.c.municipality_code == key.municipality_code, CORE.c.asset_id == literal(key.asset_id)


def version_document(record: AssetRecord) -> dict[str, Any]:
    """Return an asset as plain JSON values, its geometry in EPSG:3067, for the history."""
    geometry = orjson.loads(record.geometry) if record.geometry else None
    content = {**record.values, "geometry": geometry}
    document: dict[str, Any] = orjson.loads(orjson.dumps(content, default=float))
    return document
