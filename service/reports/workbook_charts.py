"""A report's charts in its workbook: on one sheet, drawn by the spreadsheet from the tables' own cells."""

from __future__ import annotations

from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from service.catalogues import text
from service.reports.charts import ChartForm, ReportChart
from service.reports.report import Kind, Report, ReportTable
from service.reports.workbook_formats import sheet_name

MOST_ROWS = 40  # beyond, no label can be read
_TYPES = {
    ChartForm.BARS: "bar",
    ChartForm.COLUMNS: "column",
    ChartForm.LINES: "line",
    ChartForm.WATERFALL: "bar",
}
_LYING = (ChartForm.BARS, ChartForm.WATERFALL)


def add_charts(
    book: Workbook, report: Report, sheets: dict[str, Worksheet], language: str, header_row: int
) -> Worksheet | None:
    """Add the sheet of charts, None where the report has none; tables of more than 40 rows are not drawn."""
    tables = {table.name: table for table in report.tables if 0 < len(table.rows) <= MOST_ROWS}
    drawn = [chart for chart in report.charts if chart.table in tables]
    if not drawn:
        return None
    sheet = book.add_worksheet(sheet_name(book, text(language, "report.sheet.charts")))
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_print_scale(65)
    row, breaks = 1, []
    for each in drawn:
        height = max(320, 60 + 22 * len(tables[each.table].rows)) if each.form in _LYING else 320
        chart = _chart(book, each, tables[each.table], sheets[each.table].get_name(), language, header_row)
        sheet.insert_chart(row, 0, chart, {"x_scale": 1, "y_scale": 1, "object_position": 2})
        chart.set_size({"width": 900, "height": height})
        row += height // 20 + 2
        breaks.append(row - 1)
    sheet.set_h_pagebreaks(breaks)
    return sheet


def _chart(book: Workbook, chart: ReportChart, table: ReportTable, sheet: str, language: str, header_row: int) -> Any:
    stacked = {"subtype": "stacked"} if chart.is_stacked and chart.form is not ChartForm.LINES else {}
    drawn = book.add_chart({"type": _TYPES[chart.form], **stacked})
    if drawn is None:
        raise ValueError(chart.form)
    names = [column.name for column in table.columns]
    first, last = header_row + 1, header_row + len(table.rows)
    outer, inner = names.index(chart.labels[0]), names.index(chart.labels[-1])
    if inner - outer >= len(chart.labels):  # other columns lie between: the innermost name alone
        outer = inner
    labels = [sheet, first, outer, last, inner]
    for series in chart.series:
        number = names.index(series.column)
        look: dict[str, Any] = {"line": {"color": series.colour, "width": 2.25}}
        look = look if chart.form is ChartForm.LINES else {"fill": {"color": series.colour}, "gap": 40}
        drawn.add_series(
            {
                "name": [sheet, header_row, number],
                "categories": labels,
                "values": [sheet, first, number, last, number],
                **look,
            }
        )
    drawn.set_title({"name": text(language, f"report.chart.{chart.name}"), "name_font": {"size": 12}})
    drawn.set_legend({"position": "bottom"})
    number_format = "0%" if table.columns[names.index(chart.series[0].column)].kind is Kind.SHARE else "#,##0"
    values = {"num_format": number_format, "major_gridlines": {"visible": True, "line": {"color": "#d5dce2"}}}
    if chart.form in _LYING:
        drawn.set_y_axis({"reverse": True, "num_font": {"size": 9}})
        drawn.set_x_axis(values)
    else:
        drawn.set_y_axis(values)
    return drawn
