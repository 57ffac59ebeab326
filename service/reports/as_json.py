"""A report as JSON."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import orjson

from service.catalogues import text
from service.reports.report import Report, ReportTable


def report_json(report: Report, language: str) -> bytes:
    """Return the report with labels in the language; money as numbers with two decimals."""
    document = {
        "report": report.name,
        "title": text(language, f"report.{report.name}.title"),
        "language": language,
        "municipality": report.municipality,
        "run": report.run,
        "key_figures": report.key_figures,
        "tables": {table.name: _table(table, language) for table in report.tables},
    }
    return orjson.dumps(document, default=_plain, option=orjson.OPT_INDENT_2)


def _table(table: ReportTable, language: str) -> dict[str, Any]:
    return {
        "title": text(language, f"report.table.{table.name}"),
        "columns": [
            {"name": each.name, "label": text(language, f"column.{each.name}"), "kind": each.kind, "unit": each.unit}
            for each in table.columns
        ],
        "rows": [{column.name: row.get(column.name) for column in table.columns} for row in table.rows],
        "total": table.total
        and {column.name: table.total.get(column.name) for column in table.columns if column.name in table.total},
    }


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
