"""Two runs side by side: the key figures of the earlier one, of the later one, and how they changed."""

from __future__ import annotations

from typing import Any

from service.reports.report import Kind, Report, ReportColumn, ReportTable

_MONEY = Kind.MONEY
_FIGURES = (
    ReportColumn("asset_count", Kind.COUNT),
    ReportColumn("replacement_cost_eur", _MONEY, "EUR"),
    ReportColumn("technical_value_eur", _MONEY, "EUR", on_page=False),
    ReportColumn("condition_index", Kind.SHARE),
    ReportColumn("repair_backlog_eur", _MONEY, "EUR"),
    ReportColumn("needed_backlog_eur", _MONEY, "EUR"),
    ReportColumn("not_assessed_backlog_eur", _MONEY, "EUR"),
    ReportColumn("avoidable_backlog_eur", _MONEY, "EUR"),
    ReportColumn("facility_condition_index", Kind.SHARE),
    ReportColumn("annual_wear_eur", _MONEY, "EUR"),
    ReportColumn("default_condition_cost_share", Kind.SHARE, on_page=False),
    ReportColumn("capacity_investment_eur", _MONEY, "EUR"),
    ReportColumn("renewal_need_eur_per_year", _MONEY, "EUR", on_page=False),
)
_COLUMNS = (
    ReportColumn("compared", Kind.TEXT),
    ReportColumn("run_id", Kind.TEXT),
    ReportColumn("valuation_year", Kind.YEAR),
    *_FIGURES,
)


def compared_runs_table(earlier: Report, later: Report) -> ReportTable:
    """Return the figures of two backlog reports of one municipality, and last their change; a ratio's in points."""
    rows = [{"compared": name} | _row(of) for name, of in (("earlier", earlier), ("later", later))]
    change = {column.name: _less(rows[1][column.name], rows[0][column.name]) for column in _FIGURES}
    return ReportTable("compared_runs", _COLUMNS, [*rows, {"compared": "change"} | change])


def _row(of: Report) -> dict[str, Any]:
    figures = of.key_figures | (of.tables[0].total or {})
    key = {
        "run_id": f"{of.municipality['municipality_code']}-{of.run['run_id']}",
        "valuation_year": of.run["valuation_year"],
    }
    return key | {column.name: figures.get(column.name) for column in _FIGURES}


def _less(later: Any, earlier: Any) -> Any:
    if later is None or earlier is None:
        return None
    return later - earlier if type(later) is type(earlier) else float(later) - float(earlier)
