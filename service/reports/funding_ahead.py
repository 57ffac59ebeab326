"""What scenarios say of the funding: the newest required funding and scenario that start from a valuation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from service.queries.report_funding import find_newest_run_upon
from service.queries.scenarios import load_required_funding, load_scenario_totals
from service.reports.report import Kind, ReportColumn, ReportTable, ratio

_GOALS = (
    ReportColumn("goal", Kind.TEXT),
    ReportColumn("class", Kind.TEXT),
    ReportColumn("end_year", Kind.YEAR),
    ReportColumn("yearly_budget_eur", Kind.MONEY, "EUR/a"),
    ReportColumn("goal_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("backlog_before_eur", Kind.MONEY, "EUR"),
    ReportColumn("backlog_after_eur", Kind.MONEY, "EUR"),
)
_SCENARIO = (
    ReportColumn("year", Kind.YEAR),
    ReportColumn("spending_eur", Kind.MONEY, "EUR"),
    ReportColumn("annual_wear_eur", Kind.MONEY, "EUR"),
    ReportColumn("condition_index", Kind.SHARE),
    ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("needed_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("not_assessed_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("avoidable_backlog_eur", Kind.MONEY, "EUR"),
)


@dataclass(frozen=True)
class Ahead:
    """A table of a run that starts from the valuation, empty where there is none, and which run that is."""

    table: ReportTable
    told: dict[str, Any]


def funding_goals(connection: Connection, municipality_code: str, run_id: int) -> Ahead:
    """Return the least constant yearly budget that reaches each goal, all classes together (`class` all) first."""
    run = find_newest_run_upon(connection, municipality_code, "funding", run_id)
    found = [] if run is None else load_required_funding(connection, municipality_code, run["run_id"])
    rows = [dict(row) | {"class": row["asset_class_code"] or "all"} for row in found]
    return Ahead(ReportTable("required_funding", _GOALS, rows), {} if run is None else {"funding_run": run["run_id"]})


def scenario_years(connection: Connection, municipality_code: str, run_id: int) -> Ahead:
    """Return spending, condition and backlog by year of the newest scenario."""
    run = find_newest_run_upon(connection, municipality_code, "scenario", run_id)
    found = [] if run is None else load_scenario_totals(connection, municipality_code, run["run_id"])
    rows = [
        dict(row) | {"condition_index": ratio(row["technical_value_eur"], row["replacement_cost_eur"])} for row in found
    ]
    return Ahead(ReportTable("scenario_years", _SCENARIO, rows), {} if run is None else {"scenario_run": run["run_id"]})
