"""Ids for a file that has none: a digest of the place and of chosen columns, the same at every import."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from service.importers.fault_log import FaultLog
from service.importers.source_table import Flags, SourceTable, Values, as_text, missing, object_column
from service.operations.import_report import ImportFault, Severity

DIGEST_BYTES = 10
# Centimetres: what a transformation or another format changes in a coordinate stays below.
PLACE_DECIMALS = 2


def hashed_ids(table: SourceTable, columns: Sequence[str], log: FaultLog) -> tuple[Values, Flags]:
    """Return an id per row, and the rows that have neither a place nor one of the columns to be known by."""
    places = _places(table)
    texts = [as_text(table.columns[name]).tolist() for name in columns]
    rows = list(zip(places, *texts, strict=True))
    lacking = np.array([not any(row) for row in rows], dtype=bool)
    detail = "The row has no place and no " + (" or ".join(columns) or "column") + " to be known by."
    nothing = object_column([None] * len(rows))
    column = " + ".join(columns) or "geometry"
    log.error_rows(lacking, table.row_numbers, "key", detail, column=column, values=nothing)
    log.add(_warning(columns))
    return object_column([_digest(row) if any(row) else None for row in rows]), lacking


def key_texts(table: SourceTable, columns: Sequence[str]) -> Values:
    """Return what each row is known by, in words: the place and the values of the columns."""
    placed = np.zeros(len(table), dtype=bool) if table.geometry is None else ~missing(table.geometry)
    texts = [as_text(table.columns[name]).tolist() for name in columns]
    rows = zip(placed.tolist(), *texts, strict=True)
    return object_column([_in_words(is_placed, dict(zip(columns, row, strict=True))) for is_placed, *row in rows])


def _in_words(is_placed: bool, values: Mapping[str, str | None]) -> str:
    told = [f"{name} {value}" for name, value in values.items() if value]
    return ", ".join(["place", *told] if is_placed else told)


def _places(table: SourceTable) -> list[bytes]:
    if table.geometry is None:
        return [b""] * len(table)
    flat = shapely.transform(table.geometry, _rounded)
    wkb = shapely.to_wkb(shapely.normalize(flat), byte_order=1)
    return [b"" if absent else bytes(shape) for shape, absent in zip(wkb.tolist(), missing(wkb).tolist(), strict=True)]


def _rounded(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return coordinates in centimetres; of those that end in half of one, no last bit decides the rounding."""
    return np.round(np.round(coordinates, PLACE_DECIMALS + 3), PLACE_DECIMALS)


def _digest(row: tuple[bytes | str | None, ...]) -> str:
    parts = [part if isinstance(part, bytes) else (part or "").encode() for part in row]
    lengths = b",".join(str(len(part)).encode() for part in parts)
    return hashlib.blake2b(b"\n".join([lengths, *parts]), digest_size=DIGEST_BYTES).hexdigest()


def _warning(columns: Sequence[str]) -> ImportFault:
    known_by = " and ".join(["place", *columns])
    detail = f"The file has no ids: its rows are known by {known_by}. What is moved or renamed becomes another asset."
    return ImportFault(None, None, None, "key_made", Severity.WARNING, detail)
