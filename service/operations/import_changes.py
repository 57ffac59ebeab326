"""What an import added and changed, field by field, for people and programs to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import shapely
from geoalchemy2 import Geometry

import models
from service.database import Database
from service.errors import NotFound
from service.queries.asset_key import AssetKey
from service.queries.import_listed_changes import ASSETS, has_batch, load_changes
from service.queries.own_targets import target_of

FIRST = (ASSETS, 0)


def list_import_changes(
    database: Database, municipality_code: str, batch_id: int, after: tuple[int, int] | None, limit: int
) -> tuple[list[dict[str, Any]], tuple[int, int] | None]:
    """Return a page of what an import did, and the place after which the next page begins, None on the last.

    Each change names its target (class or table), the asset's public id or the record's key, whether it is a
    `create` or an `update`, and its fields: all that a new row has, those that differ of a changed one. Shapes are
    GeoJSON in EPSG:3067.

    Raises:
        NotFound: There is no such import in this municipality.
    """
    with database.reading() as connection:
        if not has_batch(connection, municipality_code, batch_id):
            raise NotFound(f"There is no import {municipality_code}-{batch_id}.")
        rows = load_changes(connection, municipality_code, batch_id, after or FIRST, limit + 1)
    page = rows[:limit]
    last = (page[-1]["part"], page[-1]["number"]) if len(rows) > limit else None
    return [_document(municipality_code, row) for row in page], last


def _document(municipality_code: str, row: Mapping[str, Any]) -> dict[str, Any]:
    is_asset = row["part"] == ASSETS
    before, after = row["before"] or {}, row["after"] or {}
    shapes = set() if is_asset else _shape_columns(row["target"])
    return {
        "target": row["target"],
        "operation": row["operation"],
        "asset_id": str(AssetKey(municipality_code, row["number"])) if is_asset else None,
        "source_id": after.get("source_id"),
        "key": row["key"],
        "fields": [
            {
                "attribute": name,
                "before": told_value(before.get(name), is_shape=name in shapes),
                "after": told_value(after[name], is_shape=name in shapes),
            }
            for name in after
            if before.get(name) != after[name]
        ],
    }


def _shape_columns(target: str) -> set[str]:
    columns = models.Base.metadata.tables[target_of(target).tables[0]].columns
    return {column.name for column in columns if isinstance(column.type, Geometry)}


def told_value(value: Any, *, is_shape: bool) -> Any:
    """Return a value for JSON; a shape, kept as hexadecimal EWKB, as GeoJSON to the millimetre."""
    if not is_shape or value is None:
        return value
    shape = shapely.set_precision(shapely.from_wkb(value), 0.001, mode="pointwise")
    return orjson.loads(shapely.to_geojson(shape))
