"""The `comparison` report: several scenarios side by side, as a whole and year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from models.run import RunState
from service.errors import Fault, MalformedRequest, NotFound
from service.queries.report_rows import load_backlog_rows, load_run
from service.queries.scenarios import load_scenario_budgets, load_scenario_totals
from service.reports.charts import AVOIDABLE, CAPACITY, MISSING, NEEDED, QUIET, ChartForm, ChartSeries, ReportChart
from service.reports.report import Kind, Report, ReportColumn, ReportTable, ratio
from service.reports.reported_run import reported_run
from service.reports.statement import load_statement

LETTERS = "abcde"
_COLOURS = (NEEDED, CAPACITY, AVOIDABLE, QUIET, MISSING)
_MONEY = Kind.MONEY
_SUMMARY = (
    ReportColumn("scenario_letter", Kind.TEXT),
    ReportColumn("run_id", Kind.TEXT),
    ReportColumn("base_run_id", Kind.TEXT, on_page=False),
    ReportColumn("policy", Kind.TEXT),
    ReportColumn("mode", Kind.TEXT),
    ReportColumn("end_year", Kind.YEAR),
    ReportColumn("budget_eur", _MONEY, "EUR"),
    ReportColumn("spending_eur", _MONEY, "EUR"),
    ReportColumn("unfitted_eur", _MONEY, "EUR", on_page=False),
    ReportColumn("backlog_before_eur", _MONEY, "EUR"),
    ReportColumn("backlog_after_eur", _MONEY, "EUR"),
    ReportColumn("needed_backlog_eur", _MONEY, "EUR"),
    ReportColumn("avoidable_backlog_eur", _MONEY, "EUR"),
    ReportColumn("condition_index", Kind.SHARE),
    ReportColumn("difference_eur", _MONEY, "EUR"),
)
_FIGURES = {"backlog": "repair_backlog_eur", "needed": "needed_backlog_eur", "spending": "spending_eur"}
# A scenario of a municipality without assets has no years: it owes nothing.
_NO_ASSETS = dict.fromkeys(
    (
        "repair_backlog_eur",
        "needed_backlog_eur",
        "avoidable_backlog_eur",
        "technical_value_eur",
        "replacement_cost_eur",
    ),
    Decimal("0.00"),
)


def comparison_report(connection: Connection, municipality_code: str, run_ids: Sequence[int]) -> Report:
    """Return scenarios side by side, lettered in the order in which they are named.

    Amounts are in the money of each year; `difference_eur` is the backlog at the end beyond that of the first one.

    Raises:
        MalformedRequest: Not two to five different runs are named.
        NotFound: One of them is no finished scenario of the municipality.
    """
    if not 2 <= len(run_ids) <= len(LETTERS) or len(set(run_ids)) != len(run_ids):
        raise MalformedRequest(faults=[Fault("runs", f"two to {len(LETTERS)} different scenarios, by their run_id")])
    runs = [_scenario(connection, municipality_code, run_id) for run_id in run_ids]
    years = [load_scenario_totals(connection, municipality_code, run_id) for run_id in run_ids]
    base = runs[0]["settings"]["base_run_id"]
    municipality, valuation = reported_run(connection, municipality_code, base)
    [total] = load_backlog_rows(connection, municipality_code, base, [])
    rows = [_summary(connection, *each) for each in zip(LETTERS, runs, years, strict=False)]
    for row in rows:
        row["difference_eur"] = row["backlog_after_eur"] - rows[0]["backlog_after_eur"]
    return Report(
        name="comparison",
        municipality=municipality,
        run=valuation | {"scenario_runs": list(run_ids)},
        tables=[
            ReportTable("comparison", _SUMMARY, rows),
            ReportTable("comparison_years", _year_columns(len(runs)), _by_year(years)),
        ],
        statement=load_statement(connection, municipality_code, base, total),
        charts=tuple(_chart(name, len(runs)) for name in ("backlog", "spending")),
    )


def _scenario(connection: Connection, municipality_code: str, run_id: int) -> RowMapping:
    run = load_run(connection, municipality_code, run_id)
    if run is None or run["kind"] != "scenario" or run["state"] != RunState.FINISHED:
        raise NotFound(f"There is no finished scenario {municipality_code}-{run_id}.")
    return run


def _summary(connection: Connection, letter: str, run: RowMapping, years: Sequence[RowMapping]) -> dict[str, Any]:
    budgets = load_scenario_budgets(connection, run["municipality_code"], run["run_id"])
    first, last = (years[0], years[-1]) if years else (_NO_ASSETS, _NO_ASSETS)
    return {
        "scenario_letter": letter.upper(),
        "run_id": run["run_id"],
        **{name: run["settings"][name] for name in ("base_run_id", "policy", "mode")},
        "end_year": run["valuation_year"] + run["settings"]["years"],
        **{name: _sum(budgets, name) for name in ("budget_eur", "spending_eur", "unfitted_eur")},
        "backlog_before_eur": first["repair_backlog_eur"],
        "backlog_after_eur": last["repair_backlog_eur"],
        "needed_backlog_eur": last["needed_backlog_eur"],
        "avoidable_backlog_eur": last["avoidable_backlog_eur"],
        "condition_index": ratio(last["technical_value_eur"], last["replacement_cost_eur"]),
    }


def _sum(rows: Sequence[RowMapping], name: str) -> Decimal:
    return sum((row[name] for row in rows), start=Decimal("0.00"))


def _year_columns(count: int) -> tuple[ReportColumn, ...]:
    money = [
        ReportColumn(f"{figure}_{letter}_eur", _MONEY, "EUR", on_page=figure != "needed")
        for figure in _FIGURES
        for letter in LETTERS[:count]
    ]
    shares = [ReportColumn(f"condition_{letter}", Kind.SHARE, on_page=False) for letter in LETTERS[:count]]
    return (ReportColumn("year", Kind.YEAR), *money, *shares)


def _by_year(years: Sequence[Sequence[RowMapping]]) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for letter, scenario in zip(LETTERS, years, strict=False):
        for year in scenario:
            rows.setdefault(year["year"], {"year": year["year"]}).update(_lettered(letter, year))
    blank = dict.fromkeys(name for row in rows.values() for name in row)
    return [blank | rows[year] for year in sorted(rows)]


def _lettered(letter: str, year: Mapping[Any, Any]) -> dict[str, Any]:
    figures = {f"{name}_{letter}_eur": year[column] for name, column in _FIGURES.items()}
    return figures | {f"condition_{letter}": ratio(year["technical_value_eur"], year["replacement_cost_eur"])}


def _chart(figure: str, count: int) -> ReportChart:
    series = tuple(
        ChartSeries(f"{figure}_{letter}_eur", colour) for letter, colour in zip(LETTERS[:count], _COLOURS, strict=False)
    )
    return ReportChart(f"comparison_{figure}", "comparison_years", ("year",), series, ChartForm.LINES, is_stacked=False)
