"""Map files through GDAL (pyogrio, see `vector_formats`) and Arrow; files that belong together as one ZIP."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from service.importers.archives import alone, chosen, unpacked
from service.importers.file_kind import check_local_file
from service.importers.gdal_errors import gdal_errors_as_faults, without_folder
from service.importers.gdal_limits import limit_gdal
from service.importers.map_file_checks import attribute_rows, check_map_file
from service.importers.read_arrow import NotPlainError, is_plain, read_features
from service.importers.read_parquet import PARQUET_SUFFIXES, read_parquet_batches
from service.importers.source_table import (
    SourceTable,
    UnreadableSourceError,
    Values,
    missing,
    object_column,
    unreadable,
)
from service.importers.text_encodings import CP1252, table_encoding
from service.importers.vector_formats import KML, MIF, SHAPEFILE, VECTOR_FORMATS, VectorFormat
from service.importers.vector_layers import layer_to_read
from service.operations.import_report import ImportFault, Severity

ARCHIVE_SUFFIXES = (".zip", ".kmz")
# Bounds the memory of an import: some hundred megabytes with twenty attributes.
ROWS_PER_BATCH = 100_000
MAX_COLUMNS = 2_000
# What LIBKML adds of how a place is shown, where the file says nothing of it.
KML_DISPLAY = frozenset(
    {"kml_id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"}
)

limit_gdal()


def read_vector(path: Path, *, layer: str | None = None, encoding: str | None = None) -> SourceTable:
    """Return all features of a layer in one table; see `read_vector_batches`."""
    return next(read_vector_batches(path, layer=layer, encoding=encoding, rows_per_batch=sys.maxsize))


def read_vector_batches(
    path: Path, *, layer: str | None = None, encoding: str | None = None, rows_per_batch: int = ROWS_PER_BATCH
) -> Iterator[SourceTable]:
    """Yield the features of a layer with shapely geometries and the file's own CRS; arcs are lines, M is left out.

    At least one table is yielded. Text formats come as one table, since they have to be read as a whole anyway.

    Args:
        path: A map file, its companions beside it, or a ZIP of them.
        layer: Layer to read, or data set of an archive; needed where there are several.
        encoding: Encoding of the text, where the file says none or a wrong one.
        rows_per_batch: Most rows of a table.

    Raises:
        UnreadableSourceError: Not of the format that its name says, truncated, no such layer, or no features readable.
    """
    if path.is_dir():
        raise unreadable("folder", f"{path.name} is a folder; zip it.")
    check_local_file(path)
    if path.suffix.lower() in PARQUET_SUFFIXES:
        yield from read_parquet_batches(path, rows_per_batch)
    elif path.suffix.lower() in ARCHIVE_SUFFIXES:
        with unpacked(path) as found:
            data_set, layer = chosen(found, layer, path.name)
            if data_set.is_file():
                check_local_file(data_set)
            yield from _read_data_set(data_set, layer, encoding, rows_per_batch)
    else:
        yield from _read_data_set(path, layer, encoding, rows_per_batch)


def _read_data_set(path: Path, layer: str | None, encoding: str | None, rows_per_batch: int) -> Iterator[SourceTable]:
    form = VECTOR_FORMATS.get(path.suffix.lower())
    if form is None:
        raise _unknown(path)
    with alone(path, form) as main:
        check_map_file(main)
        source = _open(main, form, layer, encoding)
        step = sys.maxsize if form.whole else rows_per_batch
        for start in range(0, max(source.count, 1), step):
            yield _read(source, start, min(step, source.count - start))


def _unknown(path: Path) -> UnreadableSourceError:
    whole = next((form for form in VECTOR_FORMATS.values() if path.suffix.lower() in form.companions), None)
    if whole is not None:
        detail = f"The file {path.name} is a part of {whole.name}; send all its files as one ZIP."
        return unreadable("files_missing", detail)
    known = ", ".join(sorted({*VECTOR_FORMATS, *ARCHIVE_SUFFIXES, *PARQUET_SUFFIXES}))
    return unreadable("wrong_format", f"Files named *{path.suffix} are not read as maps; known are {known}.")


@dataclass(frozen=True)
class _Layer:
    """A layer that was found, and the number of features that the file says."""

    path: Path
    form: VectorFormat
    name: str
    encoding: str | None
    count: int
    is_plain: bool


def _open(path: Path, form: VectorFormat, layer: str | None, encoding: str | None) -> _Layer:
    if form is SHAPEFILE and encoding is None:
        encoding = table_encoding(path.with_suffix(".dbf"), path.with_suffix(".cpg"))
    with warnings.catch_warnings(), gdal_errors_as_faults(path):
        warnings.simplefilter("ignore")
        name = layer_to_read(path, layer)
        try:
            told = pyogrio.read_info(path, layer=name, encoding=encoding, force_feature_count=True)
        except UnicodeDecodeError:
            encoding = CP1252
            told = pyogrio.read_info(path, layer=name, encoding=encoding, force_feature_count=True)
    if told["driver"] != form.driver:
        raise unreadable("wrong_format", f"The file {path.name} is not {form.name}.")
    if len(told["fields"]) > MAX_COLUMNS:
        detail = f"The file {path.name} has {len(told['fields'])} columns, more than {MAX_COLUMNS}."
        raise unreadable("too_many_columns", detail)
    return _Layer(path, form, name, encoding, int(told["features"]), is_plain(told))


def _read(source: _Layer, start: int, count: int) -> SourceTable:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        meta, fids, geometry, fields = _features(source, start, count)
    columns = dict(zip(meta["fields"], fields, strict=True))
    row_numbers = np.arange(start + 1, start + len(fids) + 1, dtype=np.int64)
    try:
        shapes, faults = _shapes(geometry, row_numbers)
    except NotImplementedError:  # a curve that the layer does not declare: it is straightened the other way
        return _read(replace(source, is_plain=False), start, count)
    messages = dict.fromkeys(without_folder(str(note.message), source.path) for note in told)
    notes = [ImportFault(None, None, None, "reader", Severity.WARNING, message) for message in messages]
    encoding = source.encoding or meta.get("encoding")
    table = SourceTable(
        columns=_without_display(columns) if source.form is KML else columns,
        row_numbers=row_numbers,
        geometry=shapes,
        crs=_told_crs(meta["crs"], shapes, source.form),
        decimal_comma=True,
        faults=(*faults, *notes),
        assumptions={"format": source.form.driver, "layer": source.name, "encoding": str(encoding)},
        rows_in_file=source.count,
    )
    broken = [fault.row or 0 for fault in faults]
    return table if not broken else table.take(~np.isin(row_numbers, broken))


def _features(source: _Layer, start: int, count: int) -> tuple[dict[str, Any], Values, Values, list[Values]]:
    """Return pyogrio's metadata, feature numbers, WKB and field columns; GDAL's errors become faults."""
    part = {"skip_features": start, "max_features": count} if (start, count) != (0, source.count) else {}
    with gdal_errors_as_faults(source.path):
        try:
            meta, fids, geometry, fields = _read_layer(source, part)
        except UnicodeDecodeError:
            if source.encoding is not None or source.form.driver not in {"MapInfo File", "ESRI Shapefile"}:
                raise
            return _features(replace(source, encoding=CP1252), start, count)
    if source.form is MIF:
        count = max(count, attribute_rows(source.path.with_suffix(".mid")))
    if len(fids) != count:
        told = f"{count} features from the {start + 1}th on"
        raise unreadable("truncated", f"The file {source.path.name} says {told}, {len(fids)} could be read.")
    return meta, fids, geometry, fields


def _read_layer(source: _Layer, part: dict[str, int]) -> tuple[dict[str, Any], Values, Values, list[Values]]:
    if source.is_plain:
        with suppress(NotPlainError):
            return read_features(source.path, source.name, **part)
    meta, fids, geometry, fields = pyogrio.raw.read(
        source.path, layer=source.name, encoding=source.encoding, return_fids=True, **part
    )
    return meta, fids, geometry, [_cleaned(values) for values in fields]


def _told_crs(crs: str | None, shapes: Values | None, form: VectorFormat) -> str | None:
    """Return the system that the file says; a GeoJSON without one is in degrees, unless it plainly is not."""
    if crs != "EPSG:4326" or form.driver != "GeoJSON" or shapes is None:
        return crs
    coordinates = shapely.get_coordinates(shapes)
    far = np.isfinite(coordinates) & (np.abs(coordinates) > [180, 90])
    return None if far.any() else crs


def _without_display(columns: dict[str, Values]) -> dict[str, Values]:
    return {name: values for name, values in columns.items() if name not in KML_DISPLAY or _says_something(values)}


def _says_something(values: Values) -> bool:
    known = values[~missing(values)]
    return bool(len(known)) and (values.dtype.kind not in "if" or bool((known > 0).any()))


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
    lacking = shapely.is_missing(shapes)
    unread = rows[lacking & ~missing(wkb)].tolist() if lacking.any() else []
    detail = "The geometry cannot be read: a surface of triangles, or a broken ring."
    faults = [ImportFault(row, None, None, "geometry", Severity.ERROR, detail) for row in unread]
    return (shapes if len(rows) else np.empty(0, dtype=object)), faults
