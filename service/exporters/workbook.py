"""The register as a workbook: a sheet for each table, what its columns and codes mean, lists to choose codes from."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter

from service.catalogues import text
from service.errors import InvalidData
from service.exporters.csv_files import wkt_column, wkt_of
from service.exporters.explanations import about_lines, explained_codes, explained_columns
from service.exporters.harmless import FORMULA_STARTS
from service.exporters.labels import column_heading
from service.exporters.sheet_names import sheet_of_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from service.exporters.contents import ExportTerms, TableRows
    from service.exporters.explanations import Cell
    from service.queries.feature_collections import FeatureProperty

HEADINGS, CODES, FIRST_ROW = 0, 1, 2
"""Rows of a sheet: headings for people, the columns' codes by which an import knows them, then the rows."""

MOST_ROWS = 1_048_576
LONGEST_CELL = 32_000
PART = "part_"
FREE_ROWS = 1000
"""Rows beneath those that are there for which codes can be chosen from lists."""

_POINT_LENGTH = 60
"""Characters of a point with heights as WKT, at most."""

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(path: Path, tables: Sequence[TableRows], terms: ExportTerms) -> None:
    """Write tables as sheets in constant memory, whatever their number of rows.

    Texts are written as texts, whatever they begin with; nothing in the workbook is a formula.

    Raises:
        InvalidData: A table has more rows than a sheet.
    """
    for each in tables:
        if each.content.rows > MOST_ROWS - FIRST_ROW - FREE_ROWS:
            raise InvalidData(f"{each.table.code} has {each.content.rows} rows, more than a sheet holds.")
    book = xlsxwriter.Workbook(path, _OPTIONS)
    sheets = _Sheets(book, terms)
    codes = explained_codes([each.table for each in tables], terms)
    places = _places_of_codes(codes)
    for each in tables:
        sheets.write_table(each, places)
    sheets.write_rows("columns", explained_columns([each.table for each in tables], terms), (24, 30, 34, 60, 12, 24))
    sheets.write_rows("codes", codes, (24, 26, 24, 40))
    sheets.write_about(about_lines(tables, terms))
    book.close()


def _places_of_codes(codes: Sequence[Sequence[str]]) -> dict[tuple[str, str], tuple[int, int]]:
    """Return the first and last row of each code list on the sheet of codes, the headings being row 0."""
    places: dict[tuple[str, str], tuple[int, int]] = {}
    for number, (table, column, *_) in enumerate(codes[1:], 1):
        first, _last = places.get((table, column), (number, number))
        places[table, column] = (first, number)
    return places


class _Sheets:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Workbook, terms: ExportTerms) -> None:
        self.book, self.terms = book, terms
        heading = {"bold": True, "text_wrap": True, "valign": "bottom", "bg_color": "#eef1f4"}
        self.heading: Format = book.add_format(heading)
        self.quiet: Format = book.add_format({"font_color": "#51606e", "italic": True, "bottom": 2})
        self.computed: Format = book.add_format({"font_color": "#51606e"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.not_a_formula: Format = book.add_format({"quote_prefix": True})
        self.cut: Format = book.add_format({"align": "fill"})  # a long text does not run over its neighbours
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.title: Format = book.add_format({"bold": True, "font_size": 14})

    def write_table(self, rows: TableRows, places: dict[tuple[str, str], tuple[int, int]]) -> None:
        """Write a table's sheet; its headings and the first columns stay in sight."""
        sheet = self.book.add_worksheet(sheet_of_table(self.terms.language, rows.table.code))
        columns = list(rows.table.columns.values())
        wide = _columns_of_shapes(rows)
        self._write_head(sheet, columns, wide)
        row = FIRST_ROW
        for batch in rows.read():
            shapes = wkt_of([each[-1] for each in batch]) if wide else []
            for place, values in enumerate(batch):
                self._write_row(sheet, row, values[:-1])
                for number, part in enumerate(_parts(shapes[place]) if wide else ()):
                    sheet.write_string(row, len(columns) + number, part, self.cut)
                row += 1
        self._offer_codes(sheet, rows.table.code, columns, places, row + FREE_ROWS)
        sheet.freeze_panes(FIRST_ROW, 2)
        sheet.repeat_rows(HEADINGS, CODES)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.autofilter(CODES, 0, max(row - 1, FIRST_ROW), len(columns) - 1)

    def _write_head(self, sheet: Worksheet, columns: Sequence[FeatureProperty], wide: int) -> None:
        language = self.terms.language
        sheet.set_row(HEADINGS, 45)
        names = [each.name for each in columns]
        shape = wkt_column(self.terms.srid)
        shapes = [shape if part == 0 else f"{shape}_{PART}{part + 1}" for part in range(wide)]
        headings = [column_heading(language, each.name, each.unit) for each in columns]
        headings += [text(language, "export.column.geometry")] * wide
        for number, heading in enumerate(headings):
            sheet.set_column(number, number, 26 if number < len(columns) and columns[number].type is str else 14)
            sheet.write_string(HEADINGS, number, heading, self.heading)
        for number, name in enumerate([*names, *shapes]):
            sheet.write_string(CODES, number, name, self.quiet)

    def _write_row(self, sheet: Worksheet, row: int, values: Sequence[Any]) -> None:
        for number, value in enumerate(values):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(row, number, value, self.not_a_formula if value.startswith(FORMULA_STARTS) else None)
            elif isinstance(value, bool):
                sheet.write_boolean(row, number, value)
            elif isinstance(value, datetime.date):
                self._write_day(sheet, row, number, value)
            else:
                sheet.write_number(row, number, value)

    def _write_day(self, sheet: Worksheet, row: int, number: int, day: datetime.date) -> None:
        """Write a day; as text where it lies before 1900-03-01, when Excel's days begin to be right."""
        if day < datetime.date(1900, 3, 1):
            sheet.write_string(row, number, day.isoformat())
        else:
            sheet.write_datetime(row, number, day, self.day)

    def _offer_codes(
        self,
        sheet: Worksheet,
        table: str,
        columns: Sequence[FeatureProperty],
        places: dict[tuple[str, str], tuple[int, int]],
        last: int,
    ) -> None:
        codes = text(self.terms.language, "export.sheet.codes")
        for number, each in enumerate(columns):
            if each.read_only:
                continue
            if each.type is bool:
                sheet.data_validation(
                    FIRST_ROW, number, last, number, {"validate": "list", "source": ["TRUE", "FALSE"]}
                )
            if (table, each.name) in places:
                first, end = places[table, each.name]
                source = f"='{codes}'!$C${first + 1}:$C${end + 1}"
                sheet.data_validation(FIRST_ROW, number, last, number, {"validate": "list", "source": source})

    def write_rows(self, name: str, rows: Sequence[Sequence[Cell]], widths: Sequence[int]) -> None:
        """Write a sheet of plain rows, headings first."""
        sheet = self.book.add_worksheet(text(self.terms.language, f"export.sheet.{name}"))
        for number, width in enumerate(widths):
            sheet.set_column(number, number, width)
        for number, values in enumerate(rows):
            for place, value in enumerate(values):
                if isinstance(value, float):
                    sheet.write_number(number, place, value)
                elif value:
                    sheet.write_string(number, place, value, self.heading if number == 0 else self.wrapped)
        sheet.freeze_panes(1, 0)

    def write_about(self, lines: Sequence[str]) -> None:
        """Write the sheet that says what the workbook is."""
        sheet = self.book.add_worksheet(text(self.terms.language, "export.sheet.about"))
        sheet.set_column(0, 0, 110)
        for number, line in enumerate(lines):
            sheet.write_string(number, 0, line, self.title if number == 0 else self.wrapped)


def _columns_of_shapes(rows: TableRows) -> int:
    """Return over how many columns the geometries are written, as a cell holds 32 767 characters."""
    if rows.table.geometry is None:
        return 0
    most = max((each.most_points for each in rows.content.kinds), default=1)
    return 1 + most * _POINT_LENGTH // LONGEST_CELL


def _parts(shape: str | None) -> list[str]:
    """Return a text in parts that fit a cell, cut behind commas, as spaces at the ends of cells are lost."""
    parts = []
    rest = shape or ""
    while len(rest) > LONGEST_CELL:
        cut = rest.rindex(",", 0, LONGEST_CELL) + 1
        parts.append(rest[:cut])
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts
