"""The `service-need` report: need, capacity, surplus and deficit by service area and year, never netted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from service.queries.need_rows import load_balance_sums
from service.queries.report_rows import (
    load_balance_years,
    load_balances,
    load_district_names,
    load_service_area_names,
)
from service.reports.charts import NEEDED, QUIET, ChartSeries, ReportChart
from service.reports.need_scenarios import runs_of_scenarios, scenario_table
from service.reports.network_use import network_tables
from service.reports.report import Kind, Report, ReportColumn, ReportTable
from service.reports.reported_run import reported_run
from service.reports.statement import load_statement
from service.reports.three_needs import three_need_tables

_KEY = (
    ReportColumn("service_code", Kind.TEXT),
    ReportColumn("area_code", Kind.TEXT),
    ReportColumn("area_name", Kind.TEXT),
)
_SUMMARY = (
    *_KEY,
    ReportColumn("sizing_need", Kind.NUMBER),
    ReportColumn("capacity", Kind.NUMBER),
    ReportColumn("utilisation", Kind.SHARE),
    ReportColumn("surplus", Kind.NUMBER),
    ReportColumn("deficit", Kind.NUMBER),
    ReportColumn("first_surplus_year", Kind.YEAR),
    ReportColumn("first_deficit_year", Kind.YEAR),
    ReportColumn("needed_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("avoidable_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("capacity_investment_eur", Kind.MONEY, "EUR"),
    ReportColumn("peak_utilisation", Kind.SHARE, on_page=False),
    ReportColumn("need_basis", Kind.TEXT, on_page=False),
)
_BY_YEAR = (
    *_KEY,
    ReportColumn("year", Kind.YEAR),
    ReportColumn("service_need", Kind.NUMBER),
    ReportColumn("capacity", Kind.NUMBER),
    ReportColumn("utilisation", Kind.SHARE),
    ReportColumn("surplus", Kind.NUMBER),
    ReportColumn("deficit", Kind.NUMBER),
)
# A surplus in one area does not meet a deficit in another: the sums stand side by side.
_TOTALS = (
    "sizing_need",
    "capacity",
    "surplus",
    "deficit",
    "needed_backlog_eur",
    "avoidable_backlog_eur",
    "capacity_investment_eur",
)
_SUMS = (
    *_KEY,
    ReportColumn("area_count", Kind.COUNT),
    *(column for column in _SUMMARY if column.name in _TOTALS),
    ReportColumn("unpriced_count", Kind.COUNT, on_page=False),
)
_AREA = ("service_code", "area_name")
_NEED_AND_CAPACITY = (ChartSeries("sizing_need", NEEDED), ChartSeries("capacity", QUIET))


def service_need_report(
    connection: Connection, municipality_code: str, run_id: int | None = None, scenarios: Sequence[str] = ()
) -> Report:
    """Return the balance of every service area of a run, its services' sums, and the years of the horizon.

    Of several scenarios the first one's newest run is shown so, and the balances of all stand side by side.

    Raises:
        NotFound: there is no such municipality or finished run, or a scenario has none.
        MalformedRequest: both a run and scenarios are named.
    """
    runs = runs_of_scenarios(connection, municipality_code, scenarios, run_id)
    municipality, run = reported_run(connection, municipality_code, next(iter(runs.values()), run_id))
    names = load_service_area_names(connection, municipality_code)
    balances = [_named(row, names) for row in load_balances(connection, municipality_code, run["run_id"])]
    years = [_named(row, names) for row in load_balance_years(connection, municipality_code, run["run_id"])]
    services = (_KEY[0], *(column for column in _SUMMARY if column.name in _TOTALS))
    return Report(
        name="service-need",
        municipality=municipality,
        run=run,
        tables=[
            ReportTable("service_areas", _SUMMARY, balances),
            ReportTable("services", services, _by_service(balances)),
            ReportTable("years", _BY_YEAR, years),
            *_nested(connection, municipality_code, run["run_id"], names),
            *three_need_tables(connection, municipality_code, run["run_id"], balances, lambda row: _named(row, names)),
            *network_tables(
                connection, municipality_code, run["run_id"], load_district_names(connection, municipality_code)
            ),
            *_side_by_side(connection, municipality_code, runs, names),
        ],
        statement=load_statement(connection, municipality_code, run["run_id"]),
        charts=(ReportChart("service_areas", "service_areas", _AREA, _NEED_AND_CAPACITY, is_stacked=False),),
    )


Names = dict[tuple[str, str], RowMapping]


def _nested(connection: Connection, municipality_code: str, run_id: int, names: Names) -> list[ReportTable]:
    sums = load_balance_sums(connection, municipality_code, run_id)
    return [ReportTable("nested_areas", _SUMS, [_named(row, names) for row in sums])] if sums else []


def _side_by_side(
    connection: Connection, municipality_code: str, runs: dict[str, int], names: Names
) -> list[ReportTable]:
    if len(runs) < 2:
        return []
    return [scenario_table(connection, municipality_code, runs, _SUMMARY, lambda row: _named(row, names))]


def _named(row: RowMapping | dict[str, Any], names: Names) -> dict[str, Any]:
    name = names.get((row["service_code"], row["area_code"]))
    return dict(row) | {"area_name": {"fi": name["name_fi"], "sv": name["name_sv"]} if name else None}


def _by_service(balances: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sums: dict[str, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(_TOTALS, 0))
    for row in balances:
        for name in _TOTALS:
            total = sums[row["service_code"]][name]
            # Where one area's investment cannot be priced, the service's is unknown too: a dash, not a low figure.
            sums[row["service_code"]][name] = None if total is None or row[name] is None else total + row[name]
    return [{"service_code": code} | sums[code] for code in sorted(sums)]
