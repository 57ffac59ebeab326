"""GeoJSON, GeoPackage, Shapefile (zipped too) and FlatGeobuf through GDAL (pyogrio)."""

from __future__ import annotations

import os
import struct
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from service.importers.file_kind import check_archive, check_local_file
from service.importers.source_table import SourceTable, Values, missing, object_column, unreadable
from service.operations.import_report import ImportFault, Severity

VECTOR_SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".fgb")
WHOLE_SUFFIXES = (".geojson", ".json")
# Bounds the memory of an import: some hundred megabytes with twenty attributes.
ROWS_PER_BATCH = 100_000

# No request leaves the machine, whatever a file refers to: GDAL's network file systems serve no extension.
pyogrio.set_gdal_config_options(
    {"CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noext}.none", "OGR_SQLITE_LIST_VIRTUAL_OGR": False}
)


def read_vector(path: Path, *, layer: str | None = None, encoding: str | None = None) -> SourceTable:
    """Return all features of a layer in one table; see `read_vector_batches`."""
    return next(read_vector_batches(path, layer=layer, encoding=encoding, rows_per_batch=sys.maxsize))


def read_vector_batches(
    path: Path, *, layer: str | None = None, encoding: str | None = None, rows_per_batch: int = ROWS_PER_BATCH
) -> Iterator[SourceTable]:
    """Yield the features of a layer (the first, unless named) with shapely geometries and the file's own CRS.

    At least one table is yielded. GeoJSON comes as one table, since it has to be read as a whole anyway.

    Raises:
        UnreadableSourceError: Not of the format that its name says, truncated, no such layer, or no features readable.
    """
    check_local_file(path)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        yield from _read_zipped(path, layer, encoding, rows_per_batch)
        return
    if suffix not in VECTOR_SUFFIXES:
        raise unreadable("wrong_format", f"Files named *{path.suffix} are not read; known are {VECTOR_SUFFIXES}.")
    if suffix == ".shp":
        _check_shapefile(path)
    source = _open(path, layer, encoding)
    step = sys.maxsize if suffix in WHOLE_SUFFIXES else rows_per_batch
    for start in range(0, max(source.count, 1), step):
        yield _read(source, start, min(step, source.count - start))


def _read_zipped(path: Path, layer: str | None, encoding: str | None, rows_per_batch: int) -> Iterator[SourceTable]:
    check_archive(path)
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        found = sorted(file for file in Path(folder).rglob("*") if file.suffix.lower() in VECTOR_SUFFIXES)
        if len(found) != 1:
            names = [file.name for file in found]
            raise unreadable("archive_content", f"The archive {path.name} must hold one data set, it holds {names}.")
        yield from read_vector_batches(found[0], layer=layer, encoding=encoding, rows_per_batch=rows_per_batch)


def _check_shapefile(path: Path) -> None:
    """Raise when the .shp is shorter than its header says: GDAL reads that as missing geometries."""
    with path.open("rb") as stream:
        header = stream.read(100)
    claimed = 2 * struct.unpack(">i", header[24:28])[0] if len(header) == 100 else -1
    if claimed != path.stat().st_size:
        raise unreadable("truncated", f"The file {path.name} is truncated: {path.stat().st_size} of {claimed} bytes.")


@dataclass(frozen=True)
class _Layer:
    """A layer that was found, and the number of features that the file says."""

    path: Path
    name: str
    encoding: str | None
    count: int


@contextmanager
def _gdal_errors_as_faults(path: Path) -> Iterator[None]:
    try:
        yield
    except (DataSourceError, DataLayerError, IndexError, ValueError) as error:
        detail = str(error).replace(os.fspath(path), path.name)
        raise unreadable("unreadable", f"The file {path.name} cannot be read: {detail}.") from error


def _open(path: Path, layer: str | None, encoding: str | None) -> _Layer:
    with warnings.catch_warnings(), _gdal_errors_as_faults(path):
        warnings.simplefilter("ignore")
        layers = pyogrio.list_layers(path)[:, 0].tolist()
        if layer is not None and layer not in layers:
            raise unreadable("layer_missing", f"The file {path.name} has no layer {layer}; it has {layers}.")
        name = layer or layers[0]
        told = pyogrio.read_info(path, layer=name, encoding=encoding, force_feature_count=True)
        return _Layer(path, name, encoding, int(told["features"]))


def _read(source: _Layer, start: int, count: int) -> SourceTable:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        meta, fids, geometry, fields = _features(source, start, count)
    columns = {name: _cleaned(values) for name, values in zip(meta["fields"], fields, strict=True)}
    row_numbers = np.arange(start + 1, start + len(fids) + 1, dtype=np.int64)
    shapes, faults = _shapes(geometry, row_numbers)
    messages = dict.fromkeys(str(note.message) for note in told)
    notes = [ImportFault(None, None, None, "reader", Severity.WARNING, message) for message in messages]
    table = SourceTable(
        columns=columns,
        row_numbers=row_numbers,
        geometry=shapes,
        crs=meta["crs"],
        decimal_comma=True,
        faults=(*faults, *notes),
        assumptions={"crs": str(meta["crs"]), "encoding": str(meta.get("encoding"))},
        rows_in_file=source.count,
    )
    broken = [fault.row or 0 for fault in faults]
    return table if not broken else table.take(~np.isin(row_numbers, broken))


def _features(source: _Layer, start: int, count: int) -> tuple[dict[str, Any], Values, Values, list[Values]]:
    """Return pyogrio's metadata, feature numbers, WKB and field columns; GDAL's errors become faults."""
    part = {"skip_features": start, "max_features": count} if (start, count) != (0, source.count) else {}
    with _gdal_errors_as_faults(source.path):
        meta, fids, geometry, fields = pyogrio.raw.read(
            source.path, layer=source.name, encoding=source.encoding, return_fids=True, **part
        )
    if len(fids) != count:
        told = f"{count} features from the {start + 1}th on"
        raise unreadable("truncated", f"The file {source.path.name} says {told}, {len(fids)} could be read.")
    return meta, fids, geometry, fields


def _cleaned(values: Values) -> Values:
    """Return text columns stripped, with None for empty; others as they are."""
    if values.dtype.kind != "O":
        return values
    return object_column([value.strip() or None if isinstance(value, str) else value for value in values.tolist()])


def _shapes(wkb: Values | None, rows: NDArray[np.int64]) -> tuple[Values | None, list[ImportFault]]:
    """Return shapely geometries, and a fault for each feature whose geometry cannot be read."""
    if wkb is None:
        return None, []
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    unread = rows[missing(shapes) & ~missing(wkb)].tolist()
    detail = "The geometry cannot be read: a curve, or a broken ring."
    faults = [ImportFault(row, None, None, "geometry", Severity.ERROR, detail) for row in unread]
    return (shapes if len(rows) else np.empty(0, dtype=object)), faults
