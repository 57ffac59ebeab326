"""The `backlog` report: what is broken, which of it is needed, what to give up instead, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from service.engine.condition import ConditionBasis
from service.queries.inspections import load_guesses
from service.queries.report_rows import (
    MONEY_COLUMNS,
    load_backlog_rows,
    load_balances,
    load_district_names,
    load_run_parameters,
)
from service.reports.charts import AVOIDABLE, NEEDED, ChartSeries, ReportChart
from service.reports.grouping import check_grouping, key_columns, total_of, with_district_name
from service.reports.guesses import guess_tables
from service.reports.report import Kind, Report, ReportColumn, ReportTable, ratio
from service.reports.reported_run import reported_run
from service.reports.statement import load_statement

_FIGURES = (
    ReportColumn("asset_count", Kind.COUNT),
    ReportColumn("replacement_cost_eur", Kind.MONEY, "EUR"),
    ReportColumn("technical_value_eur", Kind.MONEY, "EUR"),
    ReportColumn("condition_index", Kind.SHARE, weighted_by="replacement_cost_eur"),
    ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("needed_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("not_assessed_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("avoidable_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("facility_condition_index", Kind.SHARE, weighted_by="replacement_cost_eur"),
    ReportColumn("repair_liability_eur", Kind.MONEY, "EUR", on_page=False),
    ReportColumn("annual_wear_eur", Kind.MONEY, "EUR"),
    ReportColumn("default_condition_count_share", Kind.SHARE, on_page=False, weighted_by="asset_count"),
    ReportColumn("default_condition_cost_share", Kind.SHARE, weighted_by="replacement_cost_eur"),
    ReportColumn("unvalued_count", Kind.COUNT, on_page=False),
)
_PARTS = (ChartSeries("needed_backlog_eur", NEEDED), ChartSeries("avoidable_backlog_eur", AVOIDABLE))


def backlog_report(
    connection: Connection, municipality_code: str, group_by: list[str], run_id: int | None = None
) -> Report:
    """Return the backlog of a run by the grouping keys, with the capacity investment and the yearly need beside it.

    Raises:
        NotFound: there is no such municipality or finished run.
        MalformedRequest: a grouping key is unknown.
    """
    keys = check_grouping(group_by)
    municipality, run = reported_run(connection, municipality_code, run_id)
    districts = load_district_names(connection, municipality_code)
    groups = load_backlog_rows(connection, municipality_code, run["run_id"], keys)
    rows = [with_district_name(_with_ratios(row), keys, districts) for row in groups]
    total = total_of(groups, keys)
    by_basis = load_guesses(connection, municipality_code, run["run_id"])
    guesses, uncertainty = guess_tables(connection, municipality_code, run["run_id"], total, by_basis, districts)
    return Report(
        name="backlog",
        municipality=municipality,
        run=run,
        tables=[
            ReportTable("backlog", (*key_columns(keys), *_FIGURES), rows, _with_ratios(total)),
            _basis_table(by_basis, total),
            *guesses,
        ],
        key_figures=_key_figures(connection, municipality_code, run["run_id"], total)
        | {"backlog_uncertainty_eur": uncertainty},
        statement=load_statement(connection, municipality_code, run["run_id"], total),
        charts=(ReportChart("backlog", "backlog", tuple(keys), _PARTS),),
    )


def _with_ratios(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row with its ratios of sums: never a mean of ratios (methods.md A.15)."""
    return dict(row) | {
        "condition_index": ratio(row["technical_value_eur"], row["replacement_cost_eur"]),
        "facility_condition_index": ratio(row["repair_backlog_eur"], row["replacement_cost_eur"]),
        "default_condition_count_share": ratio(row["default_condition_count"], row["asset_count"]),
        "default_condition_cost_share": ratio(
            row["default_condition_replacement_cost_eur"], row["replacement_cost_eur"]
        ),
    }


def _basis_table(rows: list[RowMapping], total: Mapping[Any, Any]) -> ReportTable:
    columns = (
        ReportColumn("condition_basis", Kind.TEXT),
        ReportColumn("asset_count", Kind.COUNT),
        ReportColumn("count_share", Kind.SHARE),
        ReportColumn("replacement_cost_eur", Kind.MONEY, "EUR"),
        ReportColumn("cost_share", Kind.SHARE),
        ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
    )
    named = [
        dict(row)
        | {
            "condition_basis": ConditionBasis(row["condition_basis"]).name.lower(),
            "count_share": ratio(row["asset_count"], total["asset_count"]),
            "cost_share": ratio(row["replacement_cost_eur"], total["replacement_cost_eur"]),
        }
        for row in rows
    ]
    return ReportTable("condition_basis", columns, named)


def _key_figures(
    connection: Connection, municipality_code: str, run_id: int, total: Mapping[Any, Any]
) -> dict[str, Any]:
    """Return the three amounts side by side and the yearly figures of domain.md §4; B/n with the parameter's n."""
    parameters = load_run_parameters(connection, municipality_code, run_id)
    clearing_years = next((row["value"] for row in parameters if row["name"] == "clearing_years"), None)
    clearing = float(total["repair_backlog_eur"]) / clearing_years if clearing_years else None
    balances = load_balances(connection, municipality_code, run_id)
    demo = sum(row["is_demo"] for row in parameters)
    return {
        **{name: total[name] for name in MONEY_COLUMNS},
        "capacity_investment_eur": sum((row["capacity_investment_eur"] or 0 for row in balances), start=0),
        "areas_with_unpriced_deficit": sum(row["capacity_investment_eur"] is None for row in balances),
        "holding_cost_eur_per_year": total["annual_wear_eur"],
        "clearing_years": clearing_years,
        "clearing_cost_eur_per_year": clearing,
        "renewal_need_eur_per_year": None if clearing is None else float(total["annual_wear_eur"]) + clearing,
        "asset_consumption_ratio": ratio(total["technical_value_eur"], total["replacement_cost_eur"]),
        "parameter_values_used": len(parameters),
        "demo_parameter_values_used": demo,
    }
