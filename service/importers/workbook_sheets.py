"""The sheets of a workbook, and the columns of each."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from service.importers.source_table import unreadable


def sheet_headers(path: Path, title_lines: int) -> list[tuple[str, list[str]]]:
    """Return the names of the sheets of a workbook in order, with the names of their columns.

    Args:
        path: The workbook.
        title_lines: Rows before the one that names the columns.

    Raises:
        UnreadableSourceError: It is no workbook.
    """
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise unreadable("wrong_format", f"The file {path.name} is not an XLSX workbook.") from error
    row = title_lines + 1
    try:
        found = [(each.title, list(each.iter_rows(row, row, values_only=True))) for each in workbook.worksheets]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError, EOFError) as error:
        raise unreadable("wrong_format", f"The workbook {path.name} is damaged.") from error
    finally:
        workbook.close()
    return [(name, [str(cell) for line in rows for cell in line if cell is not None]) for name, rows in found]
