"""Columns as the text of PostgreSQL's COPY: whole columns at a time, no Python object per row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from psycopg import sql

NULL = "\\N"
REGISTER_SRID = 3067
ROWS_PER_BLOCK = 20_000
WHOLE_LIMIT = 1e15
ESCAPED = re.compile(r"[\\\t\n\r]")
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Column = NDArray[Any]


def copy_columns(connection: psycopg.Connection[Any], table: str, columns: dict[str, Column], count: int) -> None:
    """Write columns of `count` values into a table by COPY; geometry goes as EWKB with the register's SRID."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, count, ROWS_PER_BLOCK):
            block = [values[start : start + ROWS_PER_BLOCK] for values in columns.values()]
            copy.write("".join(_lines(block)))


def _lines(block: list[Column]) -> Iterator[str]:
    texts = [_texts(values) for values in block]
    return ("\t".join(row) + "\n" for row in zip(*texts, strict=True))


def _texts(values: Column) -> Iterable[str]:
    if values.dtype.kind == "f":
        return _numbers(values)
    if values.dtype.kind == "M":
        return [NULL if text == "NaT" else text for text in values.astype("datetime64[D]").astype(str).tolist()]
    if values.dtype.kind in "iub":
        return map(str, values.tolist())
    return _objects(values.tolist())


def _numbers(values: Column) -> list[str]:
    """Return numbers as text: without a point where all are whole, since columns of integers take no other."""
    known = ~np.isnan(values)
    given = values[known]
    is_whole = not given.size or (np.array_equal(given, np.floor(given)) and np.abs(given).max() < WHOLE_LIMIT)
    texts = np.full(len(values), NULL, dtype=object)
    texts[known] = list(map(str, given.astype(np.int64).tolist()) if is_whole else map(repr, given.tolist()))
    return list(texts.tolist())


def _objects(values: list[Any]) -> list[str]:
    try:
        whole = "".join(values)
    except TypeError:  # something is not text
        return [NULL if value is None else _text(value) for value in values]
    return values if not ESCAPED.search(whole) else [value.translate(ESCAPES) for value in values]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.translate(ESCAPES) if ESCAPED.search(value) else value
    if isinstance(value, bool):
        return "t" if value else "f"
    return value.isoformat() if isinstance(value, dt.datetime | dt.date) else str(value).translate(ESCAPES)


def geometry_texts(shapes: Column, *, flat: bool) -> Column:
    """Return hexadecimal EWKB, without Z when `flat`; where not flat, only shapes that have heights throughout.

    Args:
        shapes: Shapely geometries, None where unknown.
        flat: True for the plane geometry, False for the one with heights.
    """
    chosen = shapely.force_2d(shapes) if flat else shapes.copy()
    if not flat:
        chosen[~shapely.has_z(shapes)] = None
    numbered = shapely.set_srid(chosen, REGISTER_SRID)
    texts: Column = np.asarray(shapely.to_wkb(numbered, hex=True, include_srid=True), dtype=object)
    return texts
