"""The three needs side by side – condition, function, capacity –, never one sum; and planned replacements split."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from service.queries.need_rows import load_function_needs, load_planned_replacements
from service.reports.report import Kind, ReportColumn, ReportTable

Row = dict[str, Any]
Named = Callable[[Row], Row]
_AREA = (
    ReportColumn("service_code", Kind.TEXT),
    ReportColumn("area_code", Kind.TEXT),
    ReportColumn("area_name", Kind.TEXT),
)
_ASSET = (ReportColumn("asset_id", Kind.TEXT), ReportColumn("asset_name", Kind.TEXT))
_FUNCTION = (
    ReportColumn("needed_curing_eur", Kind.MONEY, "EUR"),
    ReportColumn("avoidable_curing_eur", Kind.MONEY, "EUR"),
)
_THREE = (
    *_AREA,
    ReportColumn("needed_backlog_eur", Kind.MONEY, "EUR"),
    *_FUNCTION,
    ReportColumn("unpriced_curing_count", Kind.COUNT),
    ReportColumn("capacity_investment_eur", Kind.MONEY, "EUR"),
)
_BY_ASSET = (
    *_ASSET,
    *_AREA[:2],
    ReportColumn("suitability_class", Kind.COUNT),
    ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("curing_cost_eur", Kind.MONEY, "EUR"),
    *_FUNCTION,
    ReportColumn("capacity", Kind.NUMBER),
    ReportColumn("retained_share", Kind.SHARE),
)
_REPLACEMENTS = (
    *_ASSET,
    ReportColumn("year", Kind.YEAR),
    ReportColumn("cost_eur", Kind.MONEY, "EUR"),
    ReportColumn("replacement_cost_eur", Kind.MONEY, "EUR"),
    ReportColumn("size_ratio", Kind.NUMBER),
    ReportColumn("renewal_eur", Kind.MONEY, "EUR"),
    ReportColumn("capacity_upgrade_eur", Kind.MONEY, "EUR"),
    ReportColumn("function_upgrade_eur", Kind.MONEY, "EUR"),
)
_ADDED = ("cost_eur", "renewal_eur", "capacity_upgrade_eur", "function_upgrade_eur")


def three_need_tables(
    connection: Connection, municipality_code: str, run_id: int, balances: Iterable[Row], named: Named
) -> list[ReportTable]:
    """Return the tables of function need and of planned replacements, those that have rows."""
    functions = [_public(row) for row in load_function_needs(connection, municipality_code, run_id)]
    replacements = [_public(row) for row in load_planned_replacements(connection, municipality_code, run_id)]
    total = {name: sum((row[name] for row in replacements), Decimal(0)) for name in _ADDED}
    tables = (
        ReportTable("three_needs", _THREE, _by_area(functions, balances, named) if functions else []),
        ReportTable("function_needs", _BY_ASSET, functions),
        ReportTable("planned_replacements", _REPLACEMENTS, replacements, total),
    )
    return [table for table in tables if table.rows]


def _public(row: RowMapping) -> Row:
    return dict(row) | {"asset_id": f"{row['municipality_code']}-{row['asset_id']}"}


def _by_area(functions: list[Row], balances: Iterable[Row], named: Named) -> list[Row]:
    """Return the needs of each service area; assets of a service that count in no area stand in a row of their own."""
    rows: dict[tuple[str, str | None], Row] = {(row["service_code"], row["area_code"]): dict(row) for row in balances}
    for row in functions:
        key = (row["service_code"], row["area_code"])
        rows.setdefault(key, named({"service_code": key[0], "area_code": key[1]}))
    for key, own in rows.items():
        here = [row for row in functions if (row["service_code"], row["area_code"]) == key]
        own |= {column.name: sum((row[column.name] or 0 for row in here), Decimal(0)) for column in _FUNCTION}
        own["unpriced_curing_count"] = sum(row["curing_cost_eur"] is None for row in here)
    return [rows[key] for key in sorted(rows, key=lambda key: (key[0], key[1] is None, key[1] or ""))]
