"""Layers of files, written batch by batch by GDAL: GeoPackage and FlatGeobuf."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, Any

from pyogrio import raw

from service.exporters.layers import ANY, columns, geometries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from service.exporters.layers import Layer

MOST_INDEXED = 100_000
"""Features of a FlatGeobuf that get a spatial index: it takes 200 bytes of memory for each."""

_ARROW_ROWS = 2000
# Version 1.2 is what GDAL of before 2023 reads without a warning.
_GEOPACKAGE = {"VERSION": "1.2"}


def geopackage_file(folder: Path, layer: Layer, batches: Iterable[Sequence[tuple[Any, ...]]]) -> Path:
    """Write the rows of a layer into a GeoPackage in an empty folder and return its path.

    Args:
        folder: An empty folder.
        layer: What the rows are.
        batches: The rows: fields in the layer's order, then the geometry as WKB.
    """
    path = folder / "layer.gpkg"
    write_geopackage_layer(path, layer, batches, indexed=True)
    return path


def flatgeobuf_file(folder: Path, layer: Layer, batches: Iterable[Sequence[tuple[Any, ...]]]) -> Path:
    """Write the rows of a layer into a FlatGeobuf and return its path; the folder holds a second file for a while."""
    package = folder / "layer.gpkg"
    shapes, others = write_geopackage_layer(package, layer, batches, indexed=False)
    indexed = others == 0 and shapes <= MOST_INDEXED
    path = _write_flatgeobuf(folder / "layer.fgb", layer, package, indexed=indexed)
    package.unlink()
    return path


def write_geopackage_layer(
    path: Path, layer: Layer, batches: Iterable[Sequence[tuple[Any, ...]]], *, indexed: bool
) -> tuple[int, int]:
    """Write batch after batch into a new layer; return how many features have a geometry and how many have none."""
    with_shape = without = 0
    for number, rows in enumerate(chain([[]], batches)):
        values, unknown = columns(layer, rows)
        shapes = geometries(rows)
        missing = sum(shape is None for shape in shapes)
        with_shape, without = with_shape + len(rows) - missing, without + missing
        raw.write(
            path,
            None if layer.geometry_type is None else shapes,
            values,
            list(layer.fields),
            field_mask=unknown,
            layer=layer.name,
            driver="GPKG",
            geometry_type=layer.ogr_type,
            crs=None if layer.geometry_type is None else layer.crs,
            append=number > 0,
            dataset_options=None if number or path.exists() else _GEOPACKAGE,
            layer_options=None if number or layer.geometry_type is None else _index(indexed),
        )
    if layer.geometry_type is not None:
        _tell_heights(path, layer)
    return with_shape, without


def _tell_heights(path: Path, layer: Layer) -> None:
    """Say that heights are optional, as some features may be without; GDAL says that they are there or not."""
    with closing(sqlite3.connect(path)) as package, package:
        told = (2 if layer.with_heights else 0, layer.name)
        package.execute("UPDATE gpkg_geometry_columns SET z = ? WHERE table_name = ?", told)


def _index(wanted: bool) -> dict[str, str]:
    return {"SPATIAL_INDEX": "YES" if wanted else "NO"}


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
            geometry_type=layer.ogr_type or ANY,
            crs=layer.crs,
            layer_options=_index(indexed),
        )
    return path
