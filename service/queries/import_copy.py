"""Columns as the text of PostgreSQL's COPY: whole columns at a time, by Arrow, no Python object per row."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from psycopg import sql

if TYPE_CHECKING:
    import pyarrow as pa

REGISTER_SRID = 3067
ROWS_PER_BLOCK = 20_000
WHOLE_LIMIT = 1e15
_LITTLE_ENDIAN = 1

Column = NDArray[Any]


def copy_columns(connection: psycopg.Connection[Any], table: str, columns: dict[str, Column], count: int) -> None:
    """Write columns of `count` values into a table by COPY; geometry goes as EWKB with the register's SRID."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    # Unknown is nothing between two commas, empty text is quoted.
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, count, ROWS_PER_BLOCK):
            copy.write(_lines([values[start : start + ROWS_PER_BLOCK] for values in columns.values()]))


def _lines(block: list[Column]) -> memoryview:
    """Return the rows of a block as CSV."""
    # A process that only answers requests never loads Arrow.
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    rows = pa.table([_arrow(values) for values in block], names=[str(number) for number in range(len(block))])
    written = pa.BufferOutputStream()
    csv.write_csv(rows, written, csv.WriteOptions(include_header=False))
    return memoryview(written.getvalue())


def _arrow(values: Column) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415

    if values.dtype.kind == "f":
        return _numbers(values)
    if values.dtype.kind == "M":
        return pa.array(values.astype("datetime64[D]"))
    if values.dtype.kind in "iub":
        return pa.array(values)
    for kind in (pa.string(), pa.bool_()):
        with suppress(pa.ArrowTypeError, pa.ArrowInvalid):  # something is of another kind
            return pa.array(values, type=kind)
    return pa.array([None if value is None else _text(value) for value in values.tolist()], type=pa.string())


def _numbers(values: Column) -> pa.Array:
    """Return numbers, those without a fraction as integers, since columns of integers take no other."""
    import pyarrow as pa  # noqa: PLC0415

    known = ~np.isnan(values)
    given = values[known]
    is_whole = not given.size or (np.array_equal(given, np.floor(given)) and np.abs(given).max() < WHOLE_LIMIT)
    return pa.array(np.where(known, values, 0).astype(np.int64) if is_whole else values, mask=~known)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, dt.datetime | dt.date) else str(value)


def geometry_texts(shapes: Column, *, flat: bool) -> Column:
    """Return hexadecimal EWKB, without Z when `flat`; where not flat, only shapes that have heights throughout.

    Args:
        shapes: Shapely geometries, None where unknown.
        flat: True for the plane geometry, False for the one with heights.
    """
    high = shapely.has_z(shapes)
    if flat:
        return _numbered(shapely.force_2d(shapes) if high.any() else shapes, _FLAT)
    chosen = shapes.copy()
    chosen[~high] = None
    return _numbered(chosen, _HIGH)


# The last byte of the geometry's type, which says that a reference system follows (and heights), and its number:
# as PostGIS' EWKB has it. Written into the text, for setting it on each shape copies the shape.
_SRID = REGISTER_SRID.to_bytes(4, "little").hex().upper()
_FLAT, _HIGH = f"20{_SRID}", f"A0{_SRID}"


def _numbered(shapes: Column, system: str) -> Column:
    """Return the shapes as hexadecimal WKB with their reference system, None where there is none."""
    # Four times as quick as having GEOS write hexadecimal text.
    written = [wkb and wkb.hex() for wkb in shapely.to_wkb(shapes, byte_order=_LITTLE_ENDIAN).tolist()]
    texts: Column = np.empty(len(written), dtype=object)
    texts[:] = [text and text[:8] + system + text[10:] for text in written]
    return texts
