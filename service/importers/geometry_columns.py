"""Geometry that stands in columns of a table: easting and northing, or well-known text."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import shapely
from numpy.typing import NDArray

from service.importers.conversions import without_unknown
from service.importers.fault_log import FaultLog
from service.importers.parse_values import parse_numbers
from service.importers.profile import GeometrySource
from service.importers.source_table import Flags, SourceTable, Values, as_text, missing, object_column


def shapes_from_columns(
    table: SourceTable, source: GeometrySource, unknown: Collection[str], log: FaultLog
) -> tuple[Values, Flags]:
    """Return shapely geometries (None where a row has none), and the rows whose columns cannot be read.

    Args:
        table: The rows.
        source: Which columns.
        unknown: Values that mean unknown, as an empty cell does.
        log: Takes the faults.
    """
    texts = [without_unknown(as_text(table.columns[name]), unknown) for name in source.columns]
    return _from_text(table, source, texts[0], log) if source.wkt is not None else _points(table, source, texts, log)


def _points(table: SourceTable, source: GeometrySource, texts: list[Values], log: FaultLog) -> tuple[Values, Flags]:
    parsed = [parse_numbers(values, None, table.decimal_comma) for values in texts]
    broken = _unread(source.columns, texts, [unread for _, unread in parsed], table.row_numbers, log)
    (x, _), (y, _) = parsed
    known = ~np.isnan(x) & ~np.isnan(y)
    points = np.full(len(table), None, dtype=object)
    points[known] = shapely.points(x[known], y[known])
    return points, broken


def _unread(
    names: tuple[str, ...], texts: list[Values], unread: list[Flags], rows: NDArray[np.int64], log: FaultLog
) -> Flags:
    """Tell what is no coordinate, once a row; return where that is so."""
    both = unread[0] & unread[1]
    detail = "Not a coordinate: {value}."
    for name, values, flags in zip(names, texts, unread, strict=True):
        log.error_rows(flags & ~both, rows, "type", detail, column=name, values=values)
    pairs = object_column([f"{x}, {y}" if each else None for x, y, each in zip(*texts, both.tolist(), strict=True)])
    log.error_rows(both, rows, "type", detail, column=" + ".join(names), values=pairs)
    return unread[0] | unread[1]


def _from_text(table: SourceTable, source: GeometrySource, texts: Values, log: FaultLog) -> tuple[Values, Flags]:
    shapes = np.asarray(shapely.from_wkt(texts, on_invalid="ignore"), dtype=object)
    unread = missing(shapes) & ~missing(texts)
    detail = "Not a geometry as well-known text: {value}."
    column = " + ".join(source.columns)
    return shapes, log.error_rows(unread, table.row_numbers, "type", detail, column=column, values=texts)
