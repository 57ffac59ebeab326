"""A report as JSON."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import orjson

from service.catalogues import text
from service.reports.report import Report, ReportTable
from service.reports.told import demo_count, sources, told_notes


def report_json(report: Report, language: str) -> bytes:
    """Return the report with labels in the language; money as numbers with two decimals."""
    document = {
        "report": report.name,
        "title": text(language, f"report.{report.name}.title"),
        "language": language,
        "municipality": report.municipality,
        "run": report.run,
        "key_figures": report.key_figures,
        "statement": _statement(report, language),
        "tables": {table.name: _table(table, language) for table in report.tables},
    }
    return orjson.dumps(document, default=_plain, option=orjson.OPT_INDENT_2)


def _statement(report: Report, language: str) -> dict[str, Any]:
    """Return what the figures rest on; the parameter values themselves are at `/runs/{id}/parameters`."""
    statement = report.statement
    return {
        "backlog_methods": statement.backlog_methods,
        "price_level_year": (report.run.get("settings") or {}).get("price_level_year"),
        "price_levels": statement.price_levels,
        "unknowns": statement.unknowns,
        "parameter_values_used": len(statement.parameters),
        "demo_parameter_values_used": demo_count(report),
        "sources": sources(report),
        "notes": [words for _, words in told_notes(report, language)],
    }


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
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
