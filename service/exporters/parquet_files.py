"""A table as GeoParquet 1.1 (https://geoparquet.org/releases/v1.1.0/): one row group for each batch."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely
from pyarrow import parquet
from pyproj import CRS

from service.exporters.layers import OGR_NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from service.exporters.contents import ExportTerms, TableRows
    from service.queries.export_rows import Rows

GEOMETRY = "geometry"
TABLE_KEY = "kuntokanta:table"
_ROW_GROUP = 20_000
_TYPES: dict[type[Any], Any] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    datetime.date: pa.date32(),
}


def write_parquet(path: Path, rows: TableRows, terms: ExportTerms) -> None:
    """Write a table; where it has geometries, its metadata say their column, types, system and bounds."""
    schema = _schema(rows)
    bounds = [np.inf, np.inf, -np.inf, -np.inf]
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _groups(rows):
            values = list(zip(*group, strict=True))[: len(schema)]
            if rows.table.geometry is not None:
                _extend(bounds, values[-1])
            arrays = [pa.array(column, type=each.type) for column, each in zip(values, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        if rows.table.geometry is not None:
            writer.add_key_value_metadata({"geo": json.dumps(_geo(rows, terms, bounds))})


def _schema(rows: TableRows) -> Any:
    described = [
        pa.field(each.name, _TYPES[each.type], metadata={"description": each.description, "unit": each.unit or ""})
        for each in rows.table.columns.values()
    ]
    if rows.table.geometry is not None:
        described.append(pa.field(GEOMETRY, pa.binary()))
    return pa.schema(described, metadata={TABLE_KEY: rows.table.code})


def _groups(rows: TableRows) -> Any:
    group: Rows = []
    for batch in rows.read():
        group += batch
        if len(group) >= _ROW_GROUP:
            yield group
            group = []
    if group:
        yield group


def _extend(bounds: list[float], shapes: tuple[bytes | None, ...]) -> None:
    """Make the bounds hold these geometries too."""
    found = shapely.total_bounds(shapely.from_wkb(np.array(shapes, dtype=object)))
    if not np.isnan(found).any():
        bounds[:] = [*np.minimum(bounds[:2], found[:2]).tolist(), *np.maximum(bounds[2:], found[2:]).tolist()]


def _geo(rows: TableRows, terms: ExportTerms, bounds: list[float]) -> dict[str, Any]:
    types = {f"{OGR_NAMES[each.type]}{' Z' if each.has_heights else ''}" for each in rows.content.kinds}
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": sorted(types)}
    column["crs"] = CRS.from_epsg(terms.srid).to_json_dict()
    if np.isfinite(bounds).all():
        column["bbox"] = bounds
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
