"""The `portfolio` report: the stock, its value, condition, age and use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from models.registry import ASSET_CLASSES
from service.queries.report_portfolio import CONDITION_CLASSES, load_class_costs
from service.queries.report_rows import load_backlog_rows, load_balances, load_district_names, load_service_area_names
from service.reports.charts import CAPACITY, NEEDED, QUIET, ChartForm, ChartSeries, ReportChart
from service.reports.grouping import check_grouping, key_columns, total_of, with_district_name
from service.reports.report import Kind, Report, ReportColumn, ReportTable, ratio
from service.reports.reported_run import reported_run
from service.reports.statement import load_statement

_COST = "replacement_cost_eur"
_SHARES = tuple(
    ReportColumn(f"condition_class_{number}_share", Kind.SHARE, weighted_by=_COST) for number in CONDITION_CLASSES
)
_QUANTITY = (ReportColumn("quantity", Kind.NUMBER), ReportColumn("quantity_unit", Kind.TEXT))
_FIGURES = (
    ReportColumn(_COST, Kind.MONEY, "EUR"),
    ReportColumn("technical_value_eur", Kind.MONEY, "EUR"),
    ReportColumn("condition_index", Kind.SHARE, weighted_by=_COST),
    *_SHARES,
    ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("facility_condition_index", Kind.SHARE, weighted_by=_COST),
    ReportColumn("annual_wear_eur", Kind.MONEY, "EUR"),
    ReportColumn("annual_wear_share", Kind.SHARE, weighted_by=_COST),
    ReportColumn("default_condition_cost_share", Kind.SHARE, on_page=False, weighted_by=_COST),
    ReportColumn("unvalued_count", Kind.COUNT, on_page=False),
)
_SPREAD = (
    ReportColumn("asset_count", Kind.COUNT),
    ReportColumn("count_share", Kind.SHARE, weighted_by="asset_count"),
    ReportColumn(_COST, Kind.MONEY, "EUR"),
    ReportColumn("cost_share", Kind.SHARE, weighted_by=_COST),
    ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("facility_condition_index", Kind.SHARE, weighted_by=_COST),
)
_UTILISATION = (
    ReportColumn("service_code", Kind.TEXT),
    ReportColumn("area_code", Kind.TEXT),
    ReportColumn("area_name", Kind.TEXT),
    ReportColumn("sizing_need", Kind.NUMBER),
    ReportColumn("capacity", Kind.NUMBER),
    ReportColumn("utilisation", Kind.SHARE),
)
_CHARTS = (
    ReportChart(
        "condition_classes",
        "condition_classes",
        ("condition_class",),
        (ChartSeries(_COST, CAPACITY),),
        ChartForm.COLUMNS,
    ),
    ReportChart("decades", "decades", ("decade",), (ChartSeries(_COST, QUIET),), ChartForm.COLUMNS),
    ReportChart("utilisation", "utilisation", ("service_code", "area_name"), (ChartSeries("utilisation", NEEDED),)),
)


def portfolio_report(
    connection: Connection, municipality_code: str, group_by: list[str], run_id: int | None = None
) -> Report:
    """Return the stock grouped by the keys, its spread over condition classes and decades, and its utilisation.

    The quantity stands where the class is among the keys, since metres and pieces are never added. The shares of the
    condition classes are shares of the replacement cost, and the condition is the technical value's share of it: what
    is called asset consumption ratio.

    Raises:
        NotFound: there is no such municipality or finished run.
        MalformedRequest: a grouping key is unknown.
    """
    keys = check_grouping(group_by)
    municipality, run = reported_run(connection, municipality_code, run_id)
    this = (connection, municipality_code, run["run_id"])
    classes = load_backlog_rows(*this, ["condition_class"])
    total = total_of(classes, ["condition_class"])
    decades = load_backlog_rows(*this, ["decade"])
    return Report(
        name="portfolio",
        municipality=municipality,
        run=run,
        tables=[
            _portfolio(*this, keys, total, classes),
            ReportTable("condition_classes", _spread_columns("condition_class"), *_spread(classes[::-1], total)),
            ReportTable("decades", _spread_columns("decade"), *_spread(decades, total)),
            ReportTable("utilisation", _UTILISATION, _utilisation(*this)),
        ],
        key_figures=_key_figures(total, classes, decades),
        statement=load_statement(*this, total),
        charts=_CHARTS,
    )


def _portfolio(
    connection: Connection,
    municipality_code: str,
    run_id: int,
    keys: list[str],
    total: Mapping[Any, Any],
    classes: list[Any],
) -> ReportTable:
    districts = load_district_names(connection, municipality_code)
    shares = _class_shares(connection, municipality_code, run_id, keys)
    rows = [
        with_district_name(_with_ratios(row) | shares[tuple(row[key] for key in keys)], keys, districts)
        for row in load_backlog_rows(connection, municipality_code, run_id, keys)
    ]
    by_class = "class" in keys
    for row in rows if by_class else ():
        row["quantity_unit"] = ASSET_CLASSES[row["class"]].quantity_unit
    columns = [*key_columns(keys), ReportColumn("asset_count", Kind.COUNT), *(_QUANTITY if by_class else ()), *_FIGURES]
    costs = {row["condition_class"]: row[_COST] for row in classes}
    sums = {name: value for name, value in _with_ratios(total).items() if name != "quantity"}
    return ReportTable("portfolio", tuple(columns), rows, sums | _shares(costs, total[_COST]))


def _class_shares(
    connection: Connection, municipality_code: str, run_id: int, keys: list[str]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the shares of the condition classes in each group's replacement cost."""
    shares = {}
    for row in load_class_costs(connection, municipality_code, run_id, keys):
        costs = {number: row[str(number)] for number in CONDITION_CLASSES}
        shares[tuple(row[key] for key in keys)] = _shares(costs, sum(costs.values()))
    return shares


def _shares(costs: Mapping[int, Any], whole: Any) -> dict[str, Any]:
    return {f"condition_class_{number}_share": ratio(costs.get(number, 0), whole) for number in CONDITION_CLASSES}


def _with_ratios(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row with its ratios of sums: never a mean of ratios (methods.md A.15)."""
    cost = row[_COST]
    return dict(row) | {
        "condition_index": ratio(row["technical_value_eur"], cost),
        "facility_condition_index": ratio(row["repair_backlog_eur"], cost),
        "annual_wear_share": ratio(row["annual_wear_eur"], cost),
        "default_condition_cost_share": ratio(row["default_condition_replacement_cost_eur"], cost),
    }


def _spread_columns(key: str) -> tuple[ReportColumn, ...]:
    return (*key_columns([key]), *_SPREAD)


def _spread(rows: list[Any], total: Mapping[Any, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the rows with their shares of the total, and the total with its own."""

    def shared(row: Mapping[Any, Any]) -> dict[str, Any]:
        return _with_ratios(row) | {
            "count_share": ratio(row["asset_count"], total["asset_count"]),
            "cost_share": ratio(row[_COST], total[_COST]),
        }

    sums = {name: value for name, value in shared(total).items() if not name.endswith("_share")}
    return [shared(row) for row in rows], sums


def _utilisation(connection: Connection, municipality_code: str, run_id: int) -> list[dict[str, Any]]:
    names = load_service_area_names(connection, municipality_code)
    rows = []
    for row in load_balances(connection, municipality_code, run_id):
        name = names.get((row["service_code"], row["area_code"]))
        rows.append(dict(row) | {"area_name": {"fi": name["name_fi"], "sv": name["name_sv"]} if name else None})
    return rows


def _key_figures(total: Mapping[Any, Any], classes: list[Any], decades: list[Any]) -> dict[str, Any]:
    poor = sum(row[_COST] for row in classes if row["condition_class"] <= 2)
    undated = sum(row["asset_count"] for row in decades if row["decade"] is None)
    return {
        "asset_count": total["asset_count"],
        _COST: total[_COST],
        "technical_value_eur": total["technical_value_eur"],
        "asset_consumption_ratio": ratio(total["technical_value_eur"], total[_COST]),
        "facility_condition_index": ratio(total["repair_backlog_eur"], total[_COST]),
        "annual_wear_eur": total["annual_wear_eur"],
        "poor_condition_cost_share": ratio(poor, total[_COST]),
        "unknown_built_year_count_share": ratio(undated, total["asset_count"]),
    }
