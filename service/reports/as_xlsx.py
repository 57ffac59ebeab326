"""A report as a workbook: typed cells, totals as formulas, and sheets for what it rests on and its parameters."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from service.catalogues import text
from service.reports.report import Kind, Report, ReportColumn, ReportTable
from service.reports.shown import shown_text
from service.reports.told import municipality_name, parameter_table, told_statement
from service.reports.workbook_charts import add_charts
from service.reports.workbook_formats import Formats, sheet_name

HEADER_ROW = 3
_NUMBERS = (Kind.COUNT, Kind.MONEY, Kind.SHARE, Kind.NUMBER, Kind.YEAR)
_WIDTHS = {Kind.MONEY: 15, Kind.COUNT: 11, Kind.SHARE: 11, Kind.NUMBER: 11, Kind.YEAR: 9, Kind.DATE: 12, Kind.FLAG: 11}
_WIDEST = 48
_PAGE_WIDTH = 125  # characters that a landscape page holds
_STATEMENT_WIDTH = 100


def report_xlsx(report: Report, language: str) -> bytes:
    """Return the workbook: a sheet per table, then charts, the statement and the parameters; same report, same bytes.

    Texts are written as texts, whatever they begin with. A total is a formula that stands beside its value, so that
    it is right before anything recalculates it.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, options)
    title = f"{text(language, f'report.{report.name}.title')} {report.run['valuation_year']}"
    name = municipality_name(report.municipality, language)
    finished = report.run["finished_at"].replace(tzinfo=None)
    book.set_properties({"title": f"{title} – {name}", "author": "Kuntokanta", "created": finished})
    formats = Formats(book)
    sheets = {
        table.name: _Sheet(book, formats, language).write(table, f"{title} – {name}")
        for table in report.tables
        if table.rows
    }
    add_charts(book, report, sheets, language, HEADER_ROW)
    _write_statement(book, formats, report, language)
    _Sheet(book, formats, language).write(parameter_table(report), f"{title} – {name}")
    book.close()
    return file.getvalue()


class _Sheet:
    """One table as a sheet."""

    def __init__(self, book: Workbook, formats: Formats, language: str) -> None:
        self.book, self.formats, self.language = book, formats, language

    def write(self, table: ReportTable, title: str) -> Worksheet:
        """Write title, headings, rows and total; the headings stay in sight."""
        heading = text(self.language, f"report.table.{table.name}")
        sheet = self.book.add_worksheet(sheet_name(self.book, heading))
        sheet.write_string(0, 0, heading, self.formats.title)
        sheet.write_string(1, 0, title, self.formats.quiet)
        sheet.set_row(HEADER_ROW, 48)
        for number, column in enumerate(table.columns):
            sheet.write_string(HEADER_ROW, number, column_heading(column, self.language), self.formats.heading(column))
            sheet.set_column(number, number, self._width(table, column))
        for row, values in enumerate(table.rows, HEADER_ROW + 1):
            for number, column in enumerate(table.columns):
                self._cell(sheet, row, number, values.get(column.name), column)
        if table.total:
            self._total(sheet, table)
        self._print(sheet, table)
        return sheet

    def _print(self, sheet: Worksheet, table: ReportTable) -> None:
        last = HEADER_ROW + len(table.rows)
        sheet.freeze_panes(HEADER_ROW + 1, 1)
        sheet.autofilter(HEADER_ROW, 0, max(last, HEADER_ROW + 1), len(table.columns) - 1)
        sheet.repeat_rows(HEADER_ROW)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        if sum(self._width(table, column) for column in table.columns) > _PAGE_WIDTH:
            sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")

    def _cell(self, sheet: Worksheet, row: int, number: int, value: Any, column: ReportColumn) -> None:
        if value is None:
            return
        if column.kind in _NUMBERS or (column.kind is Kind.VALUE and not isinstance(value, str)):
            sheet.write_number(row, number, float(value), self.formats.of(column))
        elif column.kind is Kind.DATE:
            sheet.write_datetime(row, number, value, self.formats.of(column))
        elif column.kind is Kind.FLAG:
            sheet.write_string(row, number, text(self.language, "report.yes" if value else "report.no"))
        else:
            words = shown_text(value, column, self.language)
            sheet.write_string(row, number, words, self.formats.text(words))

    def _total(self, sheet: Worksheet, table: ReportTable) -> None:
        row = HEADER_ROW + 1 + len(table.rows)
        total = table.total or {}
        for number, column in enumerate(table.columns):
            bold = self.formats.total(column)
            value = total.get(column.name)
            formula = total_formula(table, number)
            if number == 0:
                sheet.write_string(row, number, text(self.language, "report.total"), bold)
            elif column.name not in total or value is None:
                sheet.write_blank(row, number, None, bold)
            elif formula:
                sheet.write_formula(row, number, formula, bold, float(value))
            else:
                sheet.write_number(row, number, float(value), bold)

    def _width(self, table: ReportTable, column: ReportColumn) -> float:
        if column.kind in _WIDTHS:
            return _WIDTHS[column.kind]
        texts = (shown_text(row[column.name], column, self.language) for row in table.rows if row.get(column.name))
        return min(_WIDEST, 2 + max([len(column_heading(column, self.language)), *map(len, texts)]))


def column_heading(column: ReportColumn, language: str) -> str:
    """Return a column's label, money with its unit."""
    label = text(language, f"column.{column.name}")
    return f"{label}, €" if column.kind is Kind.MONEY else label


def total_formula(table: ReportTable, number: int) -> str | None:
    """Return the formula of a column's total: a sum, or for a ratio its mean weighted by the column it names.

    None where a ratio's weights are in no column: the value itself is written then.
    """
    if not table.rows:
        return None
    column = table.columns[number]
    if column.kind in (Kind.COUNT, Kind.MONEY, Kind.NUMBER):
        return f"=SUM({_cells(table, number)})"
    names = [each.name for each in table.columns]
    if column.weighted_by not in names:
        return None
    weights = _cells(table, names.index(column.weighted_by))
    return f"=SUMPRODUCT({_cells(table, number)},{weights})/SUM({weights})"


def _cells(table: ReportTable, number: int) -> str:
    first, last = HEADER_ROW + 1, HEADER_ROW + len(table.rows)
    return f"{xl_rowcol_to_cell(first, number)}:{xl_rowcol_to_cell(last, number)}"


def _write_statement(book: Workbook, formats: Formats, report: Report, language: str) -> None:
    sheet = book.add_worksheet(sheet_name(book, text(language, "report.sheet.statement")))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, _STATEMENT_WIDTH)
    sheet.write_string(0, 0, text(language, f"report.{report.name}.title"), formats.title)
    sheet.merge_range(1, 0, 1, 1, text(language, f"report.{report.name}.introduction"), formats.wrapped)
    sheet.set_row(1, 48)
    for row, (heading, words) in enumerate(told_statement(report, language), HEADER_ROW):
        sheet.write_string(row, 0, heading, formats.bold)
        sheet.write_string(row, 1, words, formats.wrapped)
        sheet.set_row(row, 15 * (1 + len(words) // _STATEMENT_WIDTH))
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
