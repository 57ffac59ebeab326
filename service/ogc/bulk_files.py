"""Files of whole collections, written batch by batch by GDAL: GeoPackage and FlatGeobuf."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, Any

from pyogrio import raw

from service.ogc.bulk_formats import BulkFormat
from service.ogc.bulk_layers import columns, geometries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from service.ogc.bulk_layers import Layer

MOST_INDEXED = 100_000
"""Features of a FlatGeobuf that get a spatial index: it takes 200 bytes of memory for each."""

_ARROW_ROWS = 2000
# Version 1.2 is what GDAL of before 2023 reads without a warning.
_GEOPACKAGE = {"VERSION": "1.2"}


def write_bulk_file(folder: Path, layer: Layer, batches: Iterable[Sequence[tuple[Any, ...]]], form: BulkFormat) -> Path:
    """Write the rows of a layer into a file and return its path.

    Args:
        folder: An empty folder, which may hold a second file for a while.
        layer: What the rows are.
        batches: The rows: fields in the layer's order, then the geometry as WKB.
        form: GeoPackage or FlatGeobuf.
    """
    package = folder / "layer.gpkg"
    if form is BulkFormat.GEOPACKAGE:
        _write_geopackage(package, layer, batches, indexed=True)
        _tell_heights(package, layer)
        return package
    shapes, others = _write_geopackage(package, layer, batches, indexed=False)
    indexed = others == 0 and shapes <= MOST_INDEXED
    return _write_flatgeobuf(folder / "layer.fgb", layer, package, indexed=indexed)


def _write_geopackage(
    path: Path, layer: Layer, batches: Iterable[Sequence[tuple[Any, ...]]], *, indexed: bool
) -> tuple[int, int]:
    """Write batch after batch; return how many features have a geometry and how many have none."""
    with_shape = without = 0
    for number, rows in enumerate(chain([[]], batches)):
        values, unknown = columns(layer, rows)
        shapes = geometries(rows)
        missing = sum(shape is None for shape in shapes)
        with_shape, without = with_shape + len(rows) - missing, without + missing
        raw.write(
            path,
            shapes,
            values,
            list(layer.fields),
            field_mask=unknown,
            layer=layer.name,
            driver="GPKG",
            geometry_type=layer.ogr_type,
            crs=layer.crs,
            append=number > 0,
            dataset_options=None if number else _GEOPACKAGE,
            layer_options=None if number else {"SPATIAL_INDEX": "YES" if indexed else "NO"},
        )
    return with_shape, without


def _tell_heights(path: Path, layer: Layer) -> None:
    """Say that heights are optional, as some features may be without; GDAL says that they are there or not."""
    with closing(sqlite3.connect(path)) as package, package:
        package.execute("UPDATE gpkg_geometry_columns SET z = ?", (2 if layer.with_heights else 0,))


def _write_flatgeobuf(path: Path, layer: Layer, package: Path, *, indexed: bool) -> Path:
    """Copy a GeoPackage as a stream: FlatGeobuf is written in one go.

    Its index takes no feature without geometry, and is sorted in memory.
    """
    with raw.open_arrow(package, layer=layer.name, batch_size=_ARROW_ROWS) as (described, stream):
        raw.write_arrow(
            stream,
            path,
            layer=layer.name,
            driver="FlatGeobuf",
            geometry_name=described["geometry_name"],
            geometry_type=layer.ogr_type,
            crs=layer.crs,
            layer_options={"SPATIAL_INDEX": "YES" if indexed else "NO"},
        )
    return path
