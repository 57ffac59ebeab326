"""PostgreSQL's binary COPY to and from NumPy arrays, without a Python object per row.

Reading needs rows of one length: every column COALESCEd to a value of a fixed-width type. Writing takes columns
with unknowns; money goes as cents and arrives as numeric.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from service.queries.row_copy import copying

SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
TRAILER = struct.pack(">h", -1)
FIXED_TYPES = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "float8": ">f8", "bool": "?"}
ARRAY_TYPES = {"int2[]": ("int2", 21), "int8[]": ("int8", 20)}
"""Types of arrays: the type of their elements, and its number in pg_type."""
ROWS_PER_CHUNK = 50_000

# A numeric of five base-10000 digits, the last of them the cents: PostgreSQL strips leading zeros itself.
_NUMERIC = np.dtype([("ndigits", ">i2"), ("weight", ">i2"), ("sign", ">u2"), ("dscale", ">i2"), ("digits", ">i2", 5)])
_NEGATIVE = 0x4000


def read_columns(
    connection: psycopg.Connection[Any], query: str, values: Mapping[str, object], types: Mapping[str, str]
) -> dict[str, NDArray[Any]]:
    """Return the query's columns as native arrays; `types` names their PostgreSQL types in order."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", values) as copy,
    ):
        data = b"".join(bytes(block) for block in copy)
    rows = np.frombuffer(data, _row_dtype(types), offset=len(SIGNATURE), count=_row_count(data, types))
    return {name: rows[name].astype(rows[name].dtype.newbyteorder("=")) for name in types}


def _row_dtype(types: Mapping[str, str]) -> np.dtype[Any]:
    fields: list[tuple[str, str]] = [("_fields", ">i2")]
    for name, kind in types.items():
        fields += [(f"_length_{name}", ">i4"), (name, FIXED_TYPES[kind])]
    return np.dtype(fields)


def _row_count(data: bytes, types: Mapping[str, str]) -> int:
    return (len(data) - len(SIGNATURE) - len(TRAILER)) // _row_dtype(types).itemsize


@dataclass(frozen=True)
class Column:
    """One column to write: its PostgreSQL type, its values, and which of them are known (None: all).

    Arrays are the rows of a table of values: as long as each other, and without nulls.
    """

    name: str
    kind: str
    values: NDArray[Any]
    known: NDArray[np.bool_] | None = None


def write_columns(connection: psycopg.Connection[Any], table: str, columns: Sequence[Column]) -> None:
    """Write the columns to a table by COPY within the connection's transaction."""
    with copying(connection, table, [column.name for column in columns], "FORMAT BINARY") as copy:
        copy.write(SIGNATURE)
        for block in encode_rows(columns):
            copy.write(block)
        copy.write(TRAILER)


def encode_rows(columns: Sequence[Column]) -> Iterator[bytes]:
    """Give the rows in PostgreSQL's binary format, block by block so that memory stays small."""
    count = len(columns[0].values)
    for start in range(0, count, ROWS_PER_CHUNK):
        yield _encode_block(columns, slice(start, min(start + ROWS_PER_CHUNK, count)))


def _encode_block(columns: Sequence[Column], rows: slice) -> bytes:
    count = rows.stop - rows.start
    parts = [np.full(count, len(columns), ">i2").view(np.uint8).reshape(count, 2)]
    kept: list[NDArray[np.bool_]] = [np.ones((count, 2), bool)]
    for column in columns:
        payload = _payload(column.kind, column.values[rows])
        known = np.ones(count, bool) if column.known is None else column.known[rows]
        lengths = np.where(known, payload.shape[1], -1).astype(">i4").view(np.uint8).reshape(count, 4)
        parts += [lengths, payload]
        kept += [np.ones((count, 4), bool), np.broadcast_to(known[:, None], payload.shape)]
    encoded = np.concatenate(parts, axis=1)
    if all(column.known is None for column in columns):
        return encoded.tobytes()
    return encoded[np.concatenate(kept, axis=1)].tobytes()


def _payload(kind: str, values: NDArray[Any]) -> NDArray[np.uint8]:
    if kind == "money":
        encoded: NDArray[Any] = _numeric_from_cents(values)
    elif kind == "text3":
        encoded = values  # municipality codes: three ASCII characters each
    elif kind in ARRAY_TYPES:
        encoded = _arrays(*ARRAY_TYPES[kind], values)
    else:
        encoded = np.ascontiguousarray(values, FIXED_TYPES[kind])
    return encoded.view(np.uint8).reshape(len(values), -1)


def _arrays(kind: str, type_number: int, values: NDArray[Any]) -> NDArray[Any]:
    """Return the rows of a table as PostgreSQL's binary arrays of one dimension, numbered from 1."""
    count, length = values.shape
    element = np.dtype([("length", ">i4"), ("value", FIXED_TYPES[kind])])
    arrays = np.zeros(count, np.dtype([("head", ">i4", 5), ("elements", element, length)]))
    arrays["head"] = (1, 0, type_number, length, 1)  # dimensions, no nulls, type, length, first index
    arrays["elements"]["length"] = element["value"].itemsize
    arrays["elements"]["value"] = values
    return arrays


def _numeric_from_cents(cents: NDArray[np.int64]) -> NDArray[Any]:
    """Return cents as PostgreSQL's binary numeric with two decimals."""
    magnitude = np.abs(cents)
    numeric = np.zeros(len(cents), _NUMERIC)
    numeric["ndigits"], numeric["weight"], numeric["dscale"] = 5, 3, 2
    numeric["sign"] = np.where(cents < 0, _NEGATIVE, 0)
    numeric["digits"][:, 4] = magnitude % 100 * 100
    euros = magnitude // 100
    for position in (3, 2, 1, 0):
        numeric["digits"][:, position] = euros % 10_000
        euros = euros // 10_000
    return numeric
