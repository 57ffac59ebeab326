"""A report's first table as CSV: codes as headings, numbers as computers read them."""

from __future__ import annotations

import csv
import io
from typing import Any

from service.catalogues import text
from service.reports.report import Report

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def report_csv(report: Report, language: str) -> str:
    """Return the rows and, last, the total; a text that a spreadsheet would run as a formula is quoted with '."""
    table = report.tables[0]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    for row in table.rows:
        writer.writerow(_cell(row.get(column.name), language) for column in table.columns)
    if table.total:
        first, *others = table.columns
        total = (_cell(table.total.get(column.name), language) for column in others)
        writer.writerow([table.total.get(first.name, text(language, "report.total")), *total])
    return file.getvalue()


def _cell(value: Any, language: str) -> Any:
    if isinstance(value, dict):
        value = value.get(language) or value.get("fi")
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
