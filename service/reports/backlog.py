"""The `backlog` report: what is broken, which of it is needed, what to give up instead, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from models.registry import ASSET_CLASS_BY_NUMBER
from service.engine.condition import ConditionBasis
from service.errors import Fault, MalformedRequest
from service.queries.report_rows import (
    GROUP_COLUMNS,
    MONEY_COLUMNS,
    load_backlog_rows,
    load_balances,
    load_basis_rows,
    load_district_names,
    load_run_parameters,
    load_run_sets,
)
from service.reports.report import Kind, Report, ReportColumn, ReportTable, ratio
from service.reports.reported_run import reported_run

DEFAULT_GROUPING = ["class"]
_KEY_KINDS = {"decade": Kind.YEAR, "condition_class": Kind.COUNT}
_FIGURES = (
    ReportColumn("asset_count", Kind.COUNT),
    ReportColumn("replacement_cost_eur", Kind.MONEY, "EUR"),
    ReportColumn("technical_value_eur", Kind.MONEY, "EUR"),
    ReportColumn("condition_index", Kind.SHARE),
    ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("needed_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("not_assessed_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("avoidable_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("facility_condition_index", Kind.SHARE),
    ReportColumn("repair_liability_eur", Kind.MONEY, "EUR", on_page=False),
    ReportColumn("annual_wear_eur", Kind.MONEY, "EUR"),
    ReportColumn("default_condition_count_share", Kind.SHARE, on_page=False),
    ReportColumn("default_condition_cost_share", Kind.SHARE),
    ReportColumn("unvalued_count", Kind.COUNT, on_page=False),
)


def check_grouping(group_by: list[str]) -> list[str]:
    """Return the grouping keys, `class` where none is given.

    Raises:
        MalformedRequest: names every key that is unknown or given twice.
    """
    faults = [
        Fault("group_by", f"{name!r} is none of {', '.join(GROUP_COLUMNS)}")
        for name in group_by
        if name not in GROUP_COLUMNS
    ]
    faults += [Fault("group_by", f"{name!r} is given twice") for name in set(group_by) if group_by.count(name) > 1]
    if faults:
        raise MalformedRequest(faults=faults)
    return group_by or DEFAULT_GROUPING


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
    rows = [
        _named(_with_ratios(row), keys, districts)
        for row in load_backlog_rows(connection, municipality_code, run["run_id"], keys)
    ]
    [total] = load_backlog_rows(connection, municipality_code, run["run_id"], [])
    return Report(
        name="backlog",
        municipality=municipality,
        run=run | {"backlog_methods": _methods(load_run_sets(connection, municipality_code, run["run_id"]))},
        tables=[
            ReportTable("backlog", (*_key_columns(keys), *_FIGURES), rows, _with_ratios(total)),
            _basis_table(load_basis_rows(connection, municipality_code, run["run_id"]), total),
        ],
        key_figures=_key_figures(connection, municipality_code, run["run_id"], total),
    )


def _key_columns(keys: list[str]) -> list[ReportColumn]:
    columns = [ReportColumn(name, _KEY_KINDS.get(name, Kind.TEXT)) for name in keys]
    return [*columns, *([ReportColumn("district_name", Kind.TEXT)] if "district" in keys else [])]


def _named(row: dict[str, Any], keys: list[str], districts: Mapping[str, RowMapping]) -> dict[str, Any]:
    district = districts.get(row.get("district") or "")
    name = {"district_name": {"fi": district["name_fi"], "sv": district["name_sv"]}} if district else {}
    return row | ({"district_name": None} | name if "district" in keys else {})


def _with_ratios(row: RowMapping) -> dict[str, Any]:
    """Return a row with its ratios of sums: never a mean of ratios (methods.md A.15)."""
    return dict(row) | {
        "condition_index": ratio(row["technical_value_eur"], row["replacement_cost_eur"]),
        "facility_condition_index": ratio(row["repair_backlog_eur"], row["replacement_cost_eur"]),
        "default_condition_count_share": ratio(row["default_condition_count"], row["asset_count"]),
        "default_condition_cost_share": ratio(
            row["default_condition_replacement_cost_eur"], row["replacement_cost_eur"]
        ),
    }


def _basis_table(rows: list[RowMapping], total: RowMapping) -> ReportTable:
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


def _methods(sets: list[RowMapping]) -> list[dict[str, Any]]:
    """Return method and target of each class, one entry where they are the same for all its materials."""
    seen = {
        (
            ASSET_CLASS_BY_NUMBER[row["asset_class"]].code,
            row["resolved"]["backlog_method"],
            row["resolved"]["target_condition"],
        )
        for row in sets
    }
    return [
        {"asset_class": code, "backlog_method": method, "target_condition": target}
        for code, method, target in sorted(seen)
    ]


def _key_figures(connection: Connection, municipality_code: str, run_id: int, total: RowMapping) -> dict[str, Any]:
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
