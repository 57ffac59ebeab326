"""XLSX workbooks: values only, never formulas or macros."""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from openpyxl import Workbook
from openpyxl.utils.exceptions import InvalidFileException

from service.importers.file_kind import check_archive, check_local_file
from service.importers.source_table import SourceTable, object_column, unreadable
from service.importers.xml_safety import check_archived_xml
from service.operations.import_report import ImportFault, Severity

MAX_COLUMNS = 2_000
# What openpyxl raises at a workbook that is torn or built wrongly.
DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    IndexError,
    SyntaxError,
    EOFError,
    TypeError,
    AttributeError,
)
NumberedRow = tuple[int, tuple[Any, ...]]


def read_xlsx(path: Path, *, sheet: str | None = None, title_lines: int = 0) -> SourceTable:
    """Return the rows of a worksheet; the row after the title lines is the header.

    Without a name it is the only visible sheet that is not empty.

    Raises:
        UnreadableSourceError: Not a workbook, no such sheet, several and none is named, or no usable header.
    """
    check_local_file(path)
    check_archive(path)
    check_archived_xml(path)
    name, rows = _worksheet_rows(path, sheet)
    header, rows = _header(rows, title_lines)
    kept, faults = _split(rows, header)
    columns = {name: object_column([values[i] for _, values in kept]) for i, name in enumerate(header) if name}
    numbers = np.array([number for number, _ in kept], dtype=np.int64)
    return SourceTable(
        columns=columns,
        row_numbers=numbers,
        decimal_comma=True,
        faults=tuple(faults),
        assumptions={"format": "XLSX", "layer": name},
    )


def _worksheet_rows(path: Path, sheet: str | None) -> tuple[str, list[NumberedRow]]:
    """Return the name of the sheet that is read, and its rows that are not empty."""
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (*DAMAGES, InvalidFileException, OSError) as error:
        raise unreadable("wrong_format", f"The file {path.name} is not an XLSX workbook.") from error
    try:
        if sheet is not None and sheet not in workbook.sheetnames:
            raise unreadable("layer_missing", f"The workbook has no sheet {sheet}; it has {workbook.sheetnames}.")
        name = sheet or _only_sheet(workbook)
        return name, list(_numbered(workbook[name]))
    except DAMAGES as error:
        raise unreadable("wrong_format", f"The workbook {path.name} is damaged.") from error
    finally:
        workbook.close()


def _only_sheet(workbook: Workbook) -> str:
    visible = [each.title for each in workbook.worksheets if each.sheet_state == "visible"]
    filled = [title for title in visible if next(_numbered(workbook[title]), None) is not None]
    if len(filled) > 1:
        raise unreadable("layer_needed", f"The workbook has several sheets; name one as the layer: {filled}.")
    return str((filled or visible or workbook.sheetnames)[0])


def _numbered(worksheet: Any) -> Iterator[NumberedRow]:
    """Yield the rows that have a value, each as wide as itself.

    A file may claim a million rows of 16 384 columns and have one cell: its dimensions are not believed.
    """
    if hasattr(worksheet, "reset_dimensions"):
        worksheet.reset_dimensions()
    for number, values in enumerate(worksheet.iter_rows(values_only=True), start=1):
        if any(value is not None for value in values):
            yield number, tuple(_cell(value) for value in values)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return value


def _header(rows: list[NumberedRow], title_lines: int) -> tuple[list[str], list[NumberedRow]]:
    """Return the column names of the first row behind the title lines, and the rows after it."""
    below = [row for row in rows if row[0] > title_lines]
    if not below:
        raise unreadable("header_missing", "The sheet ends before its header.")
    number, values = below[0]
    header = ["" if value is None else str(value) for value in values]
    names = [name for name in header if name]
    if len(names) > MAX_COLUMNS:
        detail = f"The header has {len(names)} columns, more than {MAX_COLUMNS}."
        raise unreadable("too_many_columns", detail, row=number)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated or not names:
        raise unreadable("header_repeated", f"The header is empty or names columns twice: {repeated}.", row=number)
    return header, below[1:]


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
