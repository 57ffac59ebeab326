"""XLSX workbooks: values only, never formulas or macros."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from service.importers.file_kind import check_archive, check_local_file
from service.importers.source_table import SourceTable, object_column, unreadable
from service.operations.import_report import ImportFault, Severity

NumberedRow = tuple[int, tuple[Any, ...]]


def read_xlsx(path: Path, *, sheet: str | None = None, title_lines: int = 0) -> SourceTable:
    """Return the rows of a worksheet (the first, unless named); the row after the title lines is the header.

    Raises:
        UnreadableSourceError: Not a workbook, no such sheet, or no usable header.
    """
    check_local_file(path)
    check_archive(path)
    rows = _worksheet_rows(path, sheet)
    header = _header(rows, title_lines)
    kept, faults = _split(rows[title_lines + 1 :], header)
    columns = {name: object_column([values[i] for _, values in kept]) for i, name in enumerate(header) if name}
    numbers = np.array([number for number, _ in kept], dtype=np.int64)
    return SourceTable(columns=columns, row_numbers=numbers, decimal_comma=True, faults=tuple(faults))


def _worksheet_rows(path: Path, sheet: str | None) -> list[NumberedRow]:
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise unreadable("wrong_format", f"The file {path.name} is not an XLSX workbook.") from error
    try:
        if sheet is not None and sheet not in workbook.sheetnames:
            raise unreadable("layer_missing", f"The workbook has no sheet {sheet}; it has {workbook.sheetnames}.")
        worksheet = workbook[sheet] if sheet else workbook.worksheets[0]
        return list(_numbered(worksheet.iter_rows(values_only=True)))
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError, EOFError) as error:
        raise unreadable("wrong_format", f"The workbook {path.name} is damaged.") from error
    finally:
        workbook.close()


def _numbered(rows: Iterator[tuple[Any, ...]]) -> Iterator[NumberedRow]:
    for number, values in enumerate(rows, start=1):
        yield number, tuple(_cell(value) for value in values)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return value


def _header(rows: list[NumberedRow], title_lines: int) -> list[str]:
    if len(rows) <= title_lines:
        raise unreadable("header_missing", "The sheet ends before its header.")
    number, values = rows[title_lines]
    header = ["" if value is None else str(value) for value in values]
    names = [name for name in header if name]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated or not names:
        raise unreadable("header_repeated", f"The header is empty or names columns twice: {repeated}.", row=number)
    return header


def _split(rows: list[NumberedRow], header: list[str]) -> tuple[list[NumberedRow], list[ImportFault]]:
    """Return the rows padded to the header's width, and a fault for each that has values without a column name."""
    width = len(header)
    kept: list[NumberedRow] = []
    faults: list[ImportFault] = []
    for number, values in rows:
        padded = values + (None,) * (width - len(values))
        stray = any(value is not None and not name for value, name in zip(padded, header, strict=False))
        if stray or any(value is not None for value in padded[width:]):
            detail = "The row has a value in a column that the header does not name."
            faults.append(ImportFault(number, None, None, "field_count", Severity.ERROR, detail))
        elif any(value is not None for value in padded):
            kept.append((number, padded[:width]))
    return kept, faults
