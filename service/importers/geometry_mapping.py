"""Geometry of a file in the register's coordinate system, with the checks that keep broken shapes out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.finland import FINLAND, probable_crs
from gis.projection import reproject, with_swapped_axes
from service.importers.crs_choice import CrsChoice
from service.importers.fault_log import FaultLog
from service.importers.geometry_columns import shapes_from_columns
from service.importers.geometry_repair import REPAIR, repaired
from service.importers.profile import GeometrySource
from service.importers.source_table import Flags, SourceTable, Values, as_text, object_column

GEOMETRY = "geometry"
POINT_TYPE = 0


@dataclass(frozen=True)
class ShapeTexts:
    """Shapes that become text one at a time, when a fault shows them."""

    shapes: Values

    def __getitem__(self, position: int) -> str | None:
        shape = self.shapes[position]
        return None if shape is None else str(shapely.to_wkt(shape, rounding_precision=3))


@dataclass(frozen=True)
class Placed:
    """Geometries in EPSG:3067.

    Attributes:
        shapes: Shapely geometries, with Z where the file gives it; None where unknown.
        broken: Rows whose geometry is faulty.
    """

    shapes: Values
    broken: Flags


def place(
    table: SourceTable,
    source: GeometrySource,
    choice: CrsChoice,
    log: FaultLog,
    geometry_repair: str = REPAIR,
    unknown: Collection[str] = (),
) -> Placed | None:
    """Return the rows' geometry in EPSG:3067, or None when the file has none.

    Args:
        table: The rows.
        source: Where geometry comes from.
        choice: Settles the coordinate system.
        log: Takes the faults.
        geometry_repair: `repair` invalid shapes, or `refuse` them.
        unknown: Values of columns that mean unknown.

    Raises:
        UnreadableSourceError: The coordinate system is not known, not to be told, or not confirmed.
    """
    shapes, broken = _shapes(table, source, unknown, log)
    if shapes is None:
        return None
    broken |= _check_coordinates(shapes, table.row_numbers, log)
    _tell_without_place(table, shapes, source, broken, log)
    shapes = _without_unknown_points(without(shapes, broken), source, table.row_numbers, log)
    if source.required:
        broken |= _check_present(shapes, broken, table.row_numbers, log)
    choice.use_heights(table.height_system)
    settled = choice.settle(shapes, table.crs, source.crs, log)
    shapes = with_swapped_axes(shapes) if settled.swapped else shapes
    placed = reproject(shapes, settled.crs)
    broken |= _check_place(placed, shapes, table.row_numbers, log)
    log.locate(table.row_numbers, placed)
    kept, invalid = repaired(without(placed, broken), table.row_numbers, log, geometry_repair)
    return Placed(without(kept, invalid), broken | invalid)


def without(shapes: Values, rows: Flags) -> Values:
    """Return the shapes with None in the given rows."""
    kept = shapes.copy()
    kept[rows] = None
    return kept


def _shapes(
    table: SourceTable, source: GeometrySource, unknown: Collection[str], log: FaultLog
) -> tuple[Values | None, Flags]:
    if source.columns:
        return shapes_from_columns(table, source, unknown, log)
    return table.geometry, np.zeros(len(table), dtype=bool)


def _infinite(shapes: Values) -> Flags:
    """Return where a shape has a coordinate that is no finite number."""
    coordinates, owners = shapely.get_coordinates(shapes, return_index=True)
    flags = np.zeros(len(shapes), dtype=bool)
    flags[owners[~np.isfinite(coordinates).all(axis=1)]] = True
    return flags


def _check_coordinates(shapes: Values, rows: NDArray[np.int64], log: FaultLog) -> Flags:
    detail = "The geometry has coordinates that are no numbers."
    texts = ShapeTexts(shapes)
    return log.error_rows(_infinite(shapes), rows, "geometry", detail, column=GEOMETRY, values=texts)


def _tell_without_place(
    table: SourceTable, shapes: Values, source: GeometrySource, broken: Flags, log: FaultLog
) -> None:
    """Warn of rows whose columns say no place."""
    if not source.columns or source.required:
        return
    flags = shapely.is_missing(shapes) & ~broken
    texts = [as_text(table.columns[name]).tolist() for name in source.columns]
    told = object_column([", ".join(filter(None, row)) or None for row in zip(*texts, strict=True)])
    detail = "The row has no place and is kept without one: {value}."
    column = " + ".join(source.columns)
    log.warn_rows(flags, table.row_numbers, "place_unknown", detail, column=column, values=told)


def _check_present(shapes: Values, broken: Flags, rows: NDArray[np.int64], log: FaultLog) -> Flags:
    lacking = shapely.is_missing(shapes) & ~broken
    detail = "The row has no place, which the profile requires."
    return log.error_rows(lacking, rows, "required", detail, column=GEOMETRY, values=shapes)


def _without_unknown_points(shapes: Values, source: GeometrySource, rows: NDArray[np.int64], log: FaultLog) -> Values:
    unknown = np.asarray(shapely.is_empty(shapes), dtype=bool)
    points = shapely.get_type_id(shapes) == POINT_TYPE
    for x, y in source.unknown_points:
        unknown |= points & (shapely.get_x(shapes) == x) & (shapely.get_y(shapes) == y)
    detail = "The place {value} means unknown; the row is kept without a place."
    log.warn_rows(unknown, rows, "place_unknown", detail, column=GEOMETRY, values=ShapeTexts(shapes))
    return without(shapes, unknown)


def _check_place(placed: Values, shapes: Values, rows: NDArray[np.int64], log: FaultLog) -> Flags:
    """Return the rows that do not lie in Finland, each with what its coordinates look like instead."""
    west, south, east, north = FINLAND
    box = shapely.bounds(placed)
    with np.errstate(invalid="ignore"):
        inside = (box[:, 0] >= west) & (box[:, 1] >= south) & (box[:, 2] <= east) & (box[:, 3] <= north)
    outside = ~shapely.is_missing(placed) & ~inside
    detail = "The place {value} is not in Finland" + _hint(shapes, outside) + "."
    return log.error_rows(outside, rows, "outside_finland", detail, column=GEOMETRY, values=ShapeTexts(shapes))


def _hint(shapes: Values, outside: Flags) -> str:
    """Return what the first of the misplaced coordinates looks like."""
    if not outside.any():
        return ""
    x, y = shapely.get_coordinates(shapes[outside][0])[0]
    looks_like = probable_crs(float(x), float(y))
    return f"; its coordinates look like {looks_like}" if looks_like else ""
