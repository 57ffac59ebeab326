"""GeoParquet and plain Parquet through Arrow, as GDAL's wheel cannot read it.

Format: GeoParquet 1.1 (OGC), file metadata `geo`: the primary column, of each column its encoding and its coordinate
system as PROJJSON; without one it is OGC:CRS84, and `null` says that it is not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from service.importers.file_kind import check_local_file
from service.importers.source_table import SourceTable, Values, missing, object_column, unreadable
from service.operations.import_report import ImportFault, Severity

PARQUET_SUFFIXES = (".parquet", ".geoparquet")
MAX_COLUMNS = 2_000
DEFAULT_CRS = "OGC:CRS84"


@dataclass(frozen=True)
class _Geometry:
    """The column that has the places, and its coordinate system."""

    column: str
    crs: str | None


def read_parquet_batches(path: Path, rows_per_batch: int) -> Iterator[SourceTable]:
    """Yield the rows of a Parquet file with their geometries, if it has any; at least one table.

    Lists and structures become JSON text.

    Raises:
        UnreadableSourceError: Not Parquet, torn, or with geometry in another encoding than WKB.
    """
    check_local_file(path)
    try:
        with pq.ParquetFile(path) as file:
            geometry = _geometry(path, file)
            count, start = file.metadata.num_rows, 0
            for batch in file.iter_batches(batch_size=min(rows_per_batch, max(count, 1))):
                yield _table(batch, geometry, start, count)
                start += batch.num_rows
            if not start:
                yield _table(pa.RecordBatch.from_pylist([], file.schema_arrow), geometry, 0, count)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        detail = str(error).splitlines()[0].replace(str(path), path.name) if str(error) else type(error).__name__
        raise unreadable("unreadable", f"The file {path.name} cannot be read: {detail.rstrip('.')}.") from error


def _geometry(path: Path, file: pq.ParquetFile) -> _Geometry | None:
    if len(file.schema_arrow) > MAX_COLUMNS:
        detail = f"The file {path.name} has {len(file.schema_arrow)} columns, more than {MAX_COLUMNS}."
        raise unreadable("too_many_columns", detail)
    told = (file.schema_arrow.metadata or {}).get(b"geo")
    if told is None:
        return None
    described = json.loads(told)
    name = str(described["primary_column"])
    column = described["columns"][name]
    if column.get("encoding") != "WKB":
        encoding = str(column.get("encoding"))[:40]
        raise unreadable("geometry_encoding", f"The geometry of {path.name} is encoded as {encoding}, not as WKB.")
    crs = column.get("crs", DEFAULT_CRS)
    return _Geometry(name, crs if crs is None or isinstance(crs, str) else json.dumps(crs))


def _table(batch: pa.RecordBatch, geometry: _Geometry | None, start: int, count: int) -> SourceTable:
    rows = np.arange(start + 1, start + batch.num_rows + 1, dtype=np.int64)
    columns = {name: batch.column(name) for name in batch.schema.names}
    places = None if geometry is None else columns.pop(geometry.column)
    shapes, unread = (None, np.zeros(len(rows), dtype=bool)) if places is None else _shapes(places)
    detail = "The geometry cannot be read."
    table = SourceTable(
        columns={name: _values(values) for name, values in columns.items()},
        row_numbers=rows,
        geometry=shapes,
        crs=None if geometry is None else geometry.crs,
        decimal_comma=True,
        faults=tuple(ImportFault(row, None, None, "geometry", Severity.ERROR, detail) for row in rows[unread].tolist()),
        assumptions={"format": "Parquet", "encoding": "UTF-8"},
        rows_in_file=count,
    )
    return table.take(~unread) if unread.any() else table


def _shapes(column: pa.Array) -> tuple[Values, Any]:
    wkb = object_column(column.to_pylist())
    shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    return shapes, missing(shapes) & ~missing(wkb)


def _values(column: pa.Array) -> Values:
    """Return a column as NumPy: text stripped, with None for empty; nested values as JSON."""
    if pa.types.is_nested(column.type):
        told = column.to_pylist()
        return object_column([None if each is None else orjson.dumps(each, default=str).decode() for each in told])
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return object_column([None if text is None else text.strip() or None for text in column.to_pylist()])
    values: Values = column.to_numpy(zero_copy_only=False)
    return values
