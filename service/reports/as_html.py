"""A report as a page that prints: key figures side by side, tables, bars, and what it rests on."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from service.catalogues import has_text, text
from service.reports.charts import AVOIDABLE, MISSING, NEEDED
from service.reports.drawn import drawn_charts
from service.reports.hyphenation import hyphenated
from service.reports.need_charts import need_charts
from service.reports.report import Kind, Report, ReportColumn, ReportTable
from service.reports.shown import UNKNOWN, grouped, percent, shown
from service.reports.told import demo_count, municipality_name, told_statement

TEMPLATES = Path(__file__).parent / "templates"
_AMOUNTS = ("repair_backlog_eur", "needed_backlog_eur", "avoidable_backlog_eur", "capacity_investment_eur")
_STOCK = ("replacement_cost_eur", "technical_value_eur", "asset_consumption_ratio", "facility_condition_index")
_FUNDING = ("holding_cost_eur_per_year", "clearing_cost_eur_per_year", "budget_eur", "funding_gap_eur")
_CARDS = {
    "backlog": (*_AMOUNTS, "renewal_need_eur_per_year"),
    "portfolio": (*_STOCK, "annual_wear_eur"),
    "funding": (*_FUNDING, "asset_sustainability_ratio"),
}
_COLOURS = {"needed": NEEDED, "not_assessed": MISSING, "avoidable": AVOIDABLE}


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True
    )


def report_html(report: Report, language: str, more_style: str = "") -> str:
    """Return the report as one page in the language, with its style (and more of it) and without any other file."""

    def translate(key: str, **values: Any) -> str:
        return text(language, key, **values)

    tables = [_table(table, language) for table in tables_on_page(report)]
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            language=language,
            t=translate,
            title=translate(f"report.{report.name}.title"),
            municipality_name=municipality_name(report.municipality, language),
            style=Markup((TEMPLATES / "report.css").read_text("utf-8") + more_style),
            cards=[
                _card(name, report.key_figures, language, translate)
                for name in _CARDS.get(report.name, ())
                if name in report.key_figures
            ],
            tables=tables,
            charts=need_charts(report, language),
            drawn=drawn_charts(report, language, {table["name"] for table in tables if table["has_bars"]}),
            statement=told_statement(report, language),
            demo=demo_count(report),
        )
    )


@cache
def style_hash() -> str:
    """Return the hash by which a security policy lets a report's page have its style, which is in the page itself."""
    digest = hashlib.sha256((TEMPLATES / "report.css").read_bytes()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def tables_on_page(report: Report) -> list[ReportTable]:
    """Return the tables that a page shows; the years of service areas are drawn instead."""
    return [table for table in report.tables if table.rows and table.name != "years"]


def _card(name: str, figures: dict[str, Any], language: str, translate: Callable[..., str]) -> dict[str, str]:
    amount = figures[name]
    figure = UNKNOWN if amount is None else _figure(name, float(amount), language)
    if name == "capacity_investment_eur" and figures.get("areas_with_unpriced_deficit"):
        figure = f"≥ {figure}"  # some deficit has no price: what is known is the least
    return {
        "name": name,
        "label": translate(f"column.{name}"),
        "figure": figure,
        "note": translate(f"report.note.{name}"),
    }


def _figure(name: str, amount: float, language: str) -> str:
    is_money = "_eur" in name
    return f"{grouped(amount, 0, language)} €" if is_money else percent(amount, language)


def _table(table: ReportTable, language: str) -> dict[str, Any]:
    highest = max((float(row.get("repair_backlog_eur") or 0) for row in table.rows), default=0.0)
    columns = [column for column in table.columns if column.on_page]
    has_bars = highest > 0 and any(column.name == "not_assessed_backlog_eur" for column in columns)
    return {
        "name": table.name,
        "title": text(language, f"report.table.{table.name}"),
        "lead": _lead(table.name, language),
        "headings": [{"label": _heading(column, language), "kind": column.kind} for column in columns],
        "rows": [{"cells": _cells(row, columns, language), "bars": _bars(row, highest)} for row in table.rows],
        "total": _total(table.total, columns, language) if table.total else None,
        "has_bars": has_bars,
    }


def _lead(name: str, language: str) -> str:
    key = f"report.lead.{name}"
    return text(language, key) if has_text(language, key) else ""


def _heading(column: ReportColumn, language: str) -> str:
    label = hyphenated(text(language, f"column.{column.name}"), language)
    return f"{label}, €" if column.kind is Kind.MONEY else label


def _cells(row: dict[str, Any], columns: list[ReportColumn], language: str) -> list[dict[str, Any]]:
    return [{"text": shown(row.get(column.name), column, language), "kind": column.kind} for column in columns]


def _bars(row: dict[str, Any], highest: float) -> list[dict[str, str]]:
    """Return the parts of a row's bar, in per cent of the longest: needed, not assessed against need, avoidable."""
    part = {name: float(row.get(f"{name}_backlog_eur") or 0) for name in ("needed", "not_assessed", "avoidable")}
    part["needed"] -= part["not_assessed"]
    bars, start = [], 0.0
    for name, amount in part.items():
        width = 100 * amount / highest if highest else 0.0
        bars.append({"name": name, "colour": _COLOURS[name], "start": f"{start:.2f}", "width": f"{width:.2f}"})
        start += width
    return bars


def _total(total: dict[str, Any], columns: list[ReportColumn], language: str) -> list[dict[str, Any]]:
    cells = [
        {"text": shown(total[column.name], column, language) if column.name in total else "", "kind": column.kind}
        for column in columns
    ]
    return [cells[0] | {"text": text(language, "report.total")}, *cells[1:]]
