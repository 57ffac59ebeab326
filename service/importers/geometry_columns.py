"""Geometry that stands in columns of a table: easting and northing, or well-known text."""

from __future__ import annotations

import numpy as np
import shapely

from service.importers.fault_log import FaultLog
from service.importers.parse_values import parse_numbers
from service.importers.profile import GeometrySource
from service.importers.source_table import Flags, SourceTable, Values, as_text, missing


def shapes_from_columns(table: SourceTable, source: GeometrySource, log: FaultLog) -> tuple[Values, Flags]:
    """Return shapely geometries (None where a row has none), and the rows whose columns cannot be read."""
    return _from_text(table, source.wkt, log) if source.wkt is not None else _points(table, source, log)


def _points(table: SourceTable, source: GeometrySource, log: FaultLog) -> tuple[Values, Flags]:
    broken = np.zeros(len(table), dtype=bool)
    coordinates = []
    for name in source.columns:
        values = as_text(table.columns[name])
        numbers, unread = parse_numbers(values, None, table.decimal_comma)
        broken |= log.error_rows(
            unread, table.row_numbers, "type", "Not a coordinate: {value}.", column=name, values=values
        )
        coordinates.append(numbers)
    known = ~np.isnan(coordinates[0]) & ~np.isnan(coordinates[1])
    points = np.full(len(table), None, dtype=object)
    points[known] = shapely.points(coordinates[0][known], coordinates[1][known])
    return points, broken


def _from_text(table: SourceTable, column: str, log: FaultLog) -> tuple[Values, Flags]:
    texts = as_text(table.columns[column])
    shapes = np.asarray(shapely.from_wkt(texts, on_invalid="ignore"), dtype=object)
    unread = missing(shapes) & ~missing(texts)
    detail = "Not a geometry as well-known text: {value}."
    return shapes, log.error_rows(unread, table.row_numbers, "type", detail, column=column, values=texts)
