"""CSV as municipalities have it: any separator and encoding, title lines, decimal commas; what was detected is told."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from service.importers.csv_dialect import SEPARATORS, Dialect, detected_dialect, without_separator_line
from service.importers.file_kind import SNIFF_BYTES, check_local_file
from service.importers.source_table import SourceTable, object_column, unreadable
from service.importers.text_encodings import CP1252, detected_encoding
from service.operations.import_report import ImportFault, Severity

__all__ = ["SEPARATORS", "CsvLayout", "read_csv"]

DECIMAL_COMMA = re.compile(r"^[+-]?\d[\d\s]*,\d+$")
# What no line of text begins a table with, and what DOS programs put at the end of a file.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
END_OF_FILE = "\x1a"
MAX_COLUMNS = 2_000


@dataclass(frozen=True)
class CsvLayout:
    """How a CSV file is laid out; None means: detect it.

    Attributes:
        encoding: Name of the encoding.
        separator: The field separator.
        title_lines: Lines before the header, blank ones counted.
        decimal_comma: True when numbers carry a decimal comma.
    """

    encoding: str | None = None
    separator: str | None = None
    title_lines: int = 0
    decimal_comma: bool | None = None


def read_csv(path: Path, layout: CsvLayout) -> SourceTable:
    """Return the rows of a CSV file; a row with another number of fields than the header is a fault.

    Raises:
        UnreadableSourceError: The file is missing, empty, not text, not in the encoding, or has no usable header.
    """
    check_local_file(path)
    text, encoding = _decode(path, layout.encoding)
    text, title_lines, told = without_separator_line(text, layout.title_lines)
    parts = text.split("\n", title_lines)
    if len(parts) <= title_lines or not parts[-1].strip():
        raise unreadable("header_missing", f"The file {path.name} ends before its header.")
    dialect = detected_dialect(parts[-1], layout.separator or told)
    header, rows, numbers, faults = _parse(parts[-1], dialect, title_lines)
    columns = {name: object_column(values) for name, values in zip(header, _transposed(rows, header), strict=True)}
    comma = _has_decimal_comma(columns, dialect.separator) if layout.decimal_comma is None else layout.decimal_comma
    return SourceTable(
        columns=columns,
        row_numbers=np.array(numbers, dtype=np.int64),
        decimal_comma=comma,
        faults=tuple(faults),
        assumptions={
            "encoding": encoding,
            "separator": dialect.separator,
            "quote": dialect.quote if dialect.quote in parts[-1] else "none",
            "decimal": "," if comma else ".",
        },
    )


def _decode(path: Path, encoding: str | None) -> tuple[str, str]:
    content = path.read_bytes()
    name = encoding or detected_encoding(content)
    try:
        text = content.decode(name).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        if encoding is None and name == CP1252:  # five bytes are no characters of it
            return _checked(content.decode("latin-1"), path), "latin-1"
        raise unreadable("encoding", f"The file {path.name} is not in the encoding {name}.") from error
    return _checked(text, path), name


def _checked(text: str, path: Path) -> str:
    if "\x00" in text or CONTROL_CHARACTERS.search(text[:SNIFF_BYTES].split("\n", 1)[0]):
        raise unreadable("wrong_format", f"The file {path.name} is not a text file: it has control characters.")
    return text.removesuffix(END_OF_FILE)


def _parse(
    text: str, dialect: Dialect, offset: int
) -> tuple[list[str], list[list[str | None]], list[int], list[ImportFault]]:
    """Return header, good rows, their line numbers and the faults of the others."""
    form: dict[str, Any] = {"delimiter": dialect.separator, "quotechar": dialect.quote, "strict": True}
    reader = csv.reader(io.StringIO(text, newline=""), **form)
    header = _header(reader, offset)
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    faults: list[ImportFault] = []
    first_line = reader.line_num + 1
    for fields in _rows_and_errors(reader):
        number, first_line = offset + first_line, reader.line_num + 1
        if isinstance(fields, csv.Error):
            faults.append(_broken(number, fields))
        elif len(fields) == len(header):
            rows.append([value.strip() or None for value in fields])
            numbers.append(number)
        elif any(field.strip() for field in fields):
            faults.append(_wrong_width(number, len(fields), len(header)))
    return header, rows, numbers, faults


def _rows_and_errors(reader: Iterator[list[str]]) -> Iterator[list[str] | csv.Error]:
    """Yield each row, or the error that it raises; the reader goes on behind a broken row."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield error


def _header(reader: Iterator[list[str]], offset: int) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except (csv.Error, StopIteration) as error:
        raise unreadable("header_missing", f"The header could not be read: {error}.", row=offset + 1) from error
    if len(header) > MAX_COLUMNS:
        detail = f"The header has {len(header)} columns, more than {MAX_COLUMNS}."
        raise unreadable("too_many_columns", detail, row=offset + 1)
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise unreadable("header_repeated", f"The header names columns twice: {', '.join(repeated)}.", row=offset + 1)
    return header


def _wrong_width(row: int, found: int, expected: int) -> ImportFault:
    detail = f"The row has {found} fields, the header {expected}."
    return ImportFault(row, None, None, "field_count", Severity.ERROR, detail)


def _broken(row: int, error: csv.Error) -> ImportFault:
    return ImportFault(row, None, None, "broken_row", Severity.ERROR, f"The row cannot be read as CSV: {error}.")


def _transposed(rows: list[list[str | None]], header: list[str]) -> list[list[str | None]]:
    return [list(values) for values in zip(*rows, strict=True)] if rows else [[] for _ in header]


def _has_decimal_comma(columns: dict[str, np.ndarray[tuple[int], np.dtype[np.object_]]], separator: str) -> bool:
    """Return whether numbers carry a decimal comma: never where the comma separates fields."""
    if separator == ",":
        return False
    sample = [value for values in columns.values() for value in values[:200].tolist() if value]
    return any(DECIMAL_COMMA.match(value) for value in sample)
