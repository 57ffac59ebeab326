"""The same key twice in one file: the same row again is told, a row that says otherwise is a fault."""

from __future__ import annotations

import numpy as np

from service.importers.fault_log import FaultLog
from service.importers.source_table import Flags, Values, as_text, object_column
from service.queries.import_rows import ImportRows

KEY = "key"


def repeated_rows(rows: ImportRows, good: Flags, log: FaultLog) -> tuple[Flags, Flags]:
    """Return the rows that repeat an earlier one exactly, and those that contradict one of the same key."""
    repeats = np.zeros(len(rows), dtype=bool)
    contradicting = np.zeros(len(rows), dtype=bool)
    keys = _keys(rows)
    first: dict[tuple[object, ...], int] = {}
    for position in np.flatnonzero(good).tolist():
        earlier = first.setdefault(keys[position], position)
        if earlier != position:
            same = _content(rows, earlier) == _content(rows, position)
            (repeats if same else contradicting)[position] = True
    _tell(rows, keys, repeats, contradicting, log)
    return repeats, contradicting


def _keys(rows: ImportRows) -> list[tuple[object, ...]]:
    """Return each row's key: its municipality and what finds it again in the register."""
    ids = {"asset_id": rows.asset_source_ids, "source_id": rows.source_ids}
    parts = [ids[name] if name in ids else rows.columns.get(name) for name in rows.target.match]
    known = [rows.municipality_codes, *(as_text(part) for part in parts if part is not None)]
    return list(zip(*(part.tolist() for part in known), strict=True))


def _content(rows: ImportRows, position: int) -> tuple[object, ...]:
    values = [_comparable(column[position]) for column in rows.columns.values()]
    place = None if rows.geometry is None or rows.geometry[position] is None else rows.geometry[position].wkb
    return (*values, place)


def _comparable(value: object) -> object:
    return None if value != value else value


def _tell(
    rows: ImportRows, keys: list[tuple[object, ...]], repeats: Flags, contradicting: Flags, log: FaultLog
) -> None:
    shown: Values = object_column([KEY] * 0)
    if repeats.any() or contradicting.any():
        shown = object_column(["/".join(str(part) for part in key[1:]) for key in keys])
    detail = "The row {value} stands in the file before, with the same content; it counts once."
    log.warn_rows(repeats, rows.row_numbers, "repeated_row", detail, column=KEY, values=shown)
    detail = "The key {value} stands in the file before, with other content."
    log.error_rows(contradicting, rows.row_numbers, "duplicate_key", detail, column=KEY, values=shown)
