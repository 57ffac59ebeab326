"""GeoJSON, GeoPackage, Shapefile (zipped too) and FlatGeobuf through GDAL (pyogrio)."""

from __future__ import annotations

import os
import struct
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from service.importers.file_kind import check_archive, check_local_file
from service.importers.source_table import SourceTable, Values, missing, object_column, unreadable
from service.operations.import_report import ImportFault, Severity

VECTOR_SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".fgb")

# No request leaves the machine, whatever a file refers to: GDAL's network file systems serve no extension.
pyogrio.set_gdal_config_options(
    {"CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noext}.none", "OGR_SQLITE_LIST_VIRTUAL_OGR": False}
)


def read_vector(path: Path, *, layer: str | None = None, encoding: str | None = None) -> SourceTable:
    """Return the features of a layer (the first, unless named) with shapely geometries and the file's own CRS.

    Raises:
        UnreadableSourceError: Not of the format that its name says, truncated, no such layer, or no features readable.
    """
    check_local_file(path)
    if path.suffix.lower() == ".zip":
        return _read_zipped(path, layer, encoding)
    if path.suffix.lower() not in VECTOR_SUFFIXES:
        raise unreadable("wrong_format", f"Files named *{path.suffix} are not read; known are {VECTOR_SUFFIXES}.")
    if path.suffix.lower() == ".shp":
        _check_shapefile(path)
    return _read(path, layer, encoding)


def _read_zipped(path: Path, layer: str | None, encoding: str | None) -> SourceTable:
    check_archive(path)
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        found = sorted(file for file in Path(folder).rglob("*") if file.suffix.lower() in VECTOR_SUFFIXES)
        if len(found) != 1:
            names = [file.name for file in found]
            raise unreadable("archive_content", f"The archive {path.name} must hold one data set, it holds {names}.")
        return read_vector(found[0], layer=layer, encoding=encoding)


def _check_shapefile(path: Path) -> None:
    """Raise when the .shp is shorter than its header says: GDAL reads that as missing geometries."""
    with path.open("rb") as stream:
        header = stream.read(100)
    claimed = 2 * struct.unpack(">i", header[24:28])[0] if len(header) == 100 else -1
    if claimed != path.stat().st_size:
        raise unreadable("truncated", f"The file {path.name} is truncated: {path.stat().st_size} of {claimed} bytes.")


def _read(path: Path, layer: str | None, encoding: str | None) -> SourceTable:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        meta, fids, geometry, fields = _features(path, layer, encoding)
    columns = {name: _cleaned(values) for name, values in zip(meta["fields"], fields, strict=True)}
    shapes, faults = _shapes(geometry, len(fids))
    messages = dict.fromkeys(str(note.message) for note in told)
    notes = [ImportFault(None, None, None, "reader", Severity.WARNING, message) for message in messages]
    assumptions = {"crs": str(meta["crs"]), "encoding": str(meta.get("encoding"))}
    table = SourceTable(
        columns=columns,
        row_numbers=np.arange(1, len(fids) + 1, dtype=np.int64),
        geometry=shapes,
        crs=meta["crs"],
        decimal_comma=True,
        faults=(*faults, *notes),
        assumptions=assumptions,
    )
    broken = {fault.row for fault in faults}
    return table if not broken else table.take(np.array([row not in broken for row in table.row_numbers.tolist()]))


def _features(
    path: Path, layer: str | None, encoding: str | None
) -> tuple[dict[str, Any], Values, Values, list[Values]]:
    """Return pyogrio's metadata, feature numbers, WKB and field columns; GDAL's errors become faults."""
    try:
        layers = pyogrio.list_layers(path)[:, 0].tolist()
        if layer is not None and layer not in layers:
            raise unreadable("layer_missing", f"The file {path.name} has no layer {layer}; it has {layers}.")
        name = layer or layers[0]
        told = pyogrio.read_info(path, layer=name, encoding=encoding, force_feature_count=True)["features"]
        meta, fids, geometry, fields = pyogrio.raw.read(path, layer=name, encoding=encoding, return_fids=True)
    except (DataSourceError, DataLayerError, IndexError, ValueError) as error:
        detail = str(error).replace(os.fspath(path), path.name)
        raise unreadable("unreadable", f"The file {path.name} cannot be read: {detail}.") from error
    if told != len(fids):
        raise unreadable("truncated", f"The file {path.name} says {told} features, {len(fids)} could be read.")
    return meta, fids, geometry, fields


def _cleaned(values: Values) -> Values:
    """Return text columns stripped, with None for empty; others as they are."""
    if values.dtype.kind != "O":
        return values
    return object_column([value.strip() or None if isinstance(value, str) else value for value in values.tolist()])


def _shapes(wkb: Values | None, count: int) -> tuple[Values | None, list[ImportFault]]:
    """Return shapely geometries, and a fault for each feature whose geometry cannot be read."""
    if wkb is None:
        return None, []
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    unread = np.flatnonzero(missing(shapes) & ~missing(wkb))
    detail = "The geometry cannot be read: a curve, or a broken ring."
    faults = [ImportFault(int(row) + 1, None, None, "geometry", Severity.ERROR, detail) for row in unread]
    return (shapes if count else np.empty(0, dtype=object)), faults
