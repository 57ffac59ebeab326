"""The one table that every reader gives: columns of values, row numbers as in the file, geometry, its CRS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.operations.import_report import ImportFault, Severity

Values = NDArray[Any]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]


class UnreadableSourceError(Exception):
    """The file as a whole cannot be read; carries the faults that say why."""

    def __init__(self, *faults: ImportFault) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(fault.detail for fault in faults))


def unreadable(rule: str, detail: str, *, row: int | None = None, column: str | None = None) -> UnreadableSourceError:
    """Return the exception for a file that cannot be read, with one fault.

    Args:
        rule: The fault's fixed word.
        detail: The fault's sentence.
        row: Row number where reading stopped, if known.
        column: Column, if known.
    """
    return UnreadableSourceError(ImportFault(row, column, None, rule, Severity.ERROR, detail))


@dataclass(frozen=True)
class SourceTable:
    """Rows of a file as columns of equal length.

    Attributes:
        columns: Values by column name. Text is an object array with None for empty; numbers and dates are typed.
        row_numbers: Row number of each row in the file.
        geometry: Shapely geometries (None where a row has none), or None when the file has no geometry.
        crs: Coordinate system as the file says (`EPSG:3878` or WKT), None when it says nothing.
        height_system: Height system as the file says beside it (`N2000`, `N60`, `N43`, `NN`), None when it says none.
        decimal_comma: True when numbers in text columns may carry a decimal comma.
        faults: What the reader found in single rows; those rows are not in the table.
        assumptions: What was detected rather than told.
        rows_in_file: Rows in all where the table is a part of the file, None where it is the whole.
    """

    columns: Mapping[str, Values]
    row_numbers: NDArray[np.int64]
    geometry: Values | None = None
    crs: str | None = None
    height_system: str | None = None
    decimal_comma: bool = False
    faults: tuple[ImportFault, ...] = ()
    assumptions: Mapping[str, str] = field(default_factory=dict)
    rows_in_file: int | None = None

    def __len__(self) -> int:
        return len(self.row_numbers)

    def take(self, rows: Rows | Flags) -> SourceTable:
        """Return the table with only the given rows, by position or by flag."""
        if rows.dtype == bool and rows.all():
            return self
        geometry = None if self.geometry is None else self.geometry[rows]
        columns = {name: values[rows] for name, values in self.columns.items()}
        return replace(self, columns=columns, row_numbers=self.row_numbers[rows], geometry=geometry)

    def with_columns(self, columns: Mapping[str, Values]) -> SourceTable:
        """Return the table with columns added or replaced."""
        return replace(self, columns={**self.columns, **columns})


def object_column(values: list[Any] | tuple[Any, ...]) -> Values:
    """Return a list as an object array of one dimension, whatever its elements are."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def missing(values: Values) -> Flags:
    """Return where a column has no value: None, NaN, NaT."""
    if values.dtype.kind in "mM":
        return np.isnat(values)
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind == "O":
        return np.fromiter((value is None or value != value for value in values.tolist()), bool, len(values))
    return np.zeros(len(values), dtype=bool)


def as_text(values: Values) -> Values:
    """Return a column as text with None for missing; whole numbers lose their `.0`, dates are ISO."""
    if values.dtype.kind == "O":
        return object_column([value.strip() if type(value) is str else _text(value) for value in values.tolist()])
    if values.dtype.kind in "mM":
        return object_column([None if text == "NaT" else text for text in values.astype(str).tolist()])
    return object_column([None if value != value else _plain(value) for value in values.tolist()])


def _text(value: Any) -> str | None:
    return None if value is None or value != value else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
