"""The `funding` report: what holding and clearing cost a year, what is budgeted, and the gap between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from service.queries.report_funding import load_budget_years, load_budgets_by_class, load_measure_years
from service.queries.report_rows import load_backlog_rows, load_district_names, load_run_parameters
from service.reports.charts import AVOIDABLE, CAPACITY, NEEDED, QUIET, ChartForm, ChartSeries, ReportChart
from service.reports.funding_ahead import funding_goals, scenario_years
from service.reports.grouping import check_grouping, key_columns, total_of, with_district_name
from service.reports.report import Kind, Report, ReportColumn, ReportTable, ratio
from service.reports.reported_run import reported_run
from service.reports.statement import load_statement

_MONEY = Kind.MONEY
_NEED = (
    ReportColumn("replacement_cost_eur", _MONEY, "EUR"),
    ReportColumn("repair_backlog_eur", _MONEY, "EUR"),
    ReportColumn("annual_wear_eur", _MONEY, "EUR"),
    ReportColumn("clearing_cost_eur_per_year", _MONEY, "EUR/a"),
    ReportColumn("renewal_need_eur_per_year", _MONEY, "EUR/a"),
)
_BUDGET = (
    ReportColumn("budget_eur", _MONEY, "EUR"),
    ReportColumn("funding_gap_eur", _MONEY, "EUR"),
    ReportColumn("asset_sustainability_ratio", Kind.SHARE, weighted_by="annual_wear_eur"),
)
_YEARS = (
    ReportColumn("year", Kind.YEAR),
    ReportColumn("budget_eur", _MONEY, "EUR"),
    ReportColumn("measures_eur", _MONEY, "EUR"),
    ReportColumn("annual_wear_eur", _MONEY, "EUR"),
    ReportColumn("renewal_need_eur_per_year", _MONEY, "EUR/a"),
    ReportColumn("funding_gap_eur", _MONEY, "EUR"),
    ReportColumn("asset_sustainability_ratio", Kind.SHARE),
)
_CHARTS = (
    ReportChart(
        "funding",
        "funding",
        ("class",),
        (ChartSeries("annual_wear_eur", QUIET), ChartSeries("clearing_cost_eur_per_year", NEEDED)),
    ),
    ReportChart(
        "funding_years",
        "funding_years",
        ("year",),
        (
            ChartSeries("renewal_need_eur_per_year", NEEDED),
            ChartSeries("annual_wear_eur", QUIET),
            ChartSeries("budget_eur", CAPACITY),
        ),
        ChartForm.LINES,
    ),
    ReportChart(
        "scenario_years",
        "scenario_years",
        ("year",),
        (ChartSeries("needed_backlog_eur", NEEDED), ChartSeries("avoidable_backlog_eur", AVOIDABLE)),
        ChartForm.COLUMNS,
    ),
)


def funding_report(
    connection: Connection, municipality_code: str, group_by: list[str], run_id: int | None = None
) -> Report:
    """Return the yearly figures of domain.md §4: wear W, clearing cost B/n, what both need, budget, gap, ratio.

    Holding today's condition costs the wear. The budget is that of the year after the valuation; it is known by class
    only, so that it stands on the rows where the class is the one key, and in the total always. The sustainability
    ratio is the budget over the wear. Behind it stand budgets, measures and need by year and, where the valuation has
    them, its newest scenario and required funding.

    Raises:
        NotFound: there is no such municipality or finished run.
        MalformedRequest: a grouping key is unknown.
    """
    keys = check_grouping(group_by)
    municipality, run = reported_run(connection, municipality_code, run_id)
    this = (connection, municipality_code, run["run_id"])
    groups = load_backlog_rows(*this, keys)
    total = total_of(groups, keys)
    clearing_years = next((row["value"] for row in load_run_parameters(*this) if row["name"] == "clearing_years"), None)
    budgets = load_budgets_by_class(connection, municipality_code, run["valuation_year"] + 1)
    budget = sum((row["amount_eur"] for row in budgets.values()), start=0) if budgets else None
    need = _with_need(total, clearing_years, budget)
    rows = _rows(this, keys, groups, clearing_years, {code: row["amount_eur"] for code, row in budgets.items()})
    goals, scenario = funding_goals(*this), scenario_years(*this)
    return Report(
        name="funding",
        municipality=municipality,
        run=run | {"budget_year": run["valuation_year"] + 1, **scenario.told, **goals.told},
        tables=[
            ReportTable("funding", (*key_columns(keys), *_NEED, *_BUDGET), rows, need),
            ReportTable(
                "funding_years",
                _YEARS,
                _years(connection, municipality_code, run["valuation_year"], clearing_years, need),
            ),
            goals.table,
            scenario.table,
        ],
        key_figures=_key_figures(need, clearing_years),
        statement=load_statement(*this, total),
        charts=_CHARTS if keys == ["class"] else _CHARTS[1:],
    )


def _rows(
    this: tuple[Connection, str, int],
    keys: list[str],
    groups: list[RowMapping],
    clearing_years: float | None,
    budgets: Mapping[str, Any],
) -> list[dict[str, Any]]:
    districts = load_district_names(this[0], this[1])
    by_class = keys == ["class"]
    return [
        with_district_name(
            _with_need(row, clearing_years, budgets.get(row["class"], 0) if by_class and budgets else None),
            keys,
            districts,
        )
        for row in groups
    ]


def _with_need(row: Mapping[Any, Any], clearing_years: float | None, budget: Any) -> dict[str, Any]:
    """Return a row with its yearly need and, where the budget is known, the gap and the sustainability ratio."""
    clearing = float(row["repair_backlog_eur"]) / clearing_years if clearing_years else None
    need = None if clearing is None else float(row["annual_wear_eur"]) + clearing
    return dict(row) | {
        "clearing_cost_eur_per_year": clearing,
        "renewal_need_eur_per_year": need,
        "budget_eur": budget,
        "funding_gap_eur": None if budget is None or need is None else need - float(budget),
        "asset_sustainability_ratio": None if budget is None else ratio(budget, row["annual_wear_eur"]),
    }


def _years(
    connection: Connection,
    municipality_code: str,
    valuation_year: int,
    clearing_years: float | None,
    need: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Return budget and measures of every year that has either; need and gap from the year after the valuation on."""
    budgets = {row["year"]: row["budget_eur"] for row in load_budget_years(connection, municipality_code)}
    measures = {row["year"]: row["measures_eur"] for row in load_measure_years(connection, municipality_code)}
    years = []
    for year in sorted(budgets.keys() | measures.keys()):
        ahead = _with_need(need, clearing_years, budgets.get(year)) if year > valuation_year else {}
        years.append(ahead | {"year": year, "budget_eur": budgets.get(year), "measures_eur": measures.get(year)})
    return years


def _key_figures(need: Mapping[str, Any], clearing_years: float | None) -> dict[str, Any]:
    return {
        "repair_backlog_eur": need["repair_backlog_eur"],
        "holding_cost_eur_per_year": need["annual_wear_eur"],
        "clearing_years": clearing_years,
        **{
            name: need[name]
            for name in (
                "clearing_cost_eur_per_year",
                "renewal_need_eur_per_year",
                "budget_eur",
                "funding_gap_eur",
                "asset_sustainability_ratio",
            )
        },
    }
