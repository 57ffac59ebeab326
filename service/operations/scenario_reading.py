"""Finished scenarios read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from models.registry import ASSET_CLASS_BY_NUMBER
from models.run import RunState
from service.database import Database
from service.errors import NotFound
from service.operations import funding_runs, scenario_runs
from service.operations.scenario_results import asset_in_scenario
from service.queries.report_rows import load_run
from service.queries.scenarios import (
    YEAR_COUNTS,
    YEAR_MONEY,
    load_required_funding,
    load_scenario_budgets,
    load_scenario_measures,
    load_scenario_totals,
    load_scenario_years,
)

_BUDGET = (
    "budget_number",
    "year",
    "budget_eur",
    "spending_eur",
    "unfitted_eur",
    "open_cost_eur",
    "benefit_eur",
    "benefit_bound_eur",
)
_MEASURE = ("year", "measure_code", "measure_rule_id", "cost_eur", "condition_before", "condition_after")
_FUNDING = (
    "goal",
    "years",
    "end_year",
    "yearly_budget_eur",
    "tolerance_eur",
    "goal_backlog_eur",
    "backlog_before_eur",
    "backlog_after_eur",
)

Rows = list[dict[str, Any]]


def finished_run(connection: Connection, municipality_code: str, run_id: int, kind: str) -> Mapping[str, Any]:
    """Return a finished run of a kind; raises `NotFound`."""
    run = load_run(connection, municipality_code, run_id)
    if run is None or run["kind"] != kind or run["state"] != RunState.FINISHED:
        raise NotFound(f"There is no finished run {municipality_code}-{run_id} of kind {kind}.")
    return dict(run)


def scenario_years(database: Database, municipality_code: str, run_id: int, *, by_class: bool) -> Rows:
    """Return a scenario's figures by year, by class too where asked for; raises `NotFound`."""
    with database.reading() as connection:
        finished_run(connection, municipality_code, run_id, scenario_runs.KIND)
        load = load_scenario_years if by_class else load_scenario_totals
        rows = load(connection, municipality_code, run_id)
    keys = ("year", "price_factor", *YEAR_COUNTS, *YEAR_MONEY)
    return [_class_of(row, by_class=by_class) | {name: row[name] for name in keys} | _ratios(row) for row in rows]


def _class_of(row: RowMapping, *, by_class: bool) -> dict[str, Any]:
    return {"asset_class": row["asset_class_code"]} if by_class else {}


def _ratios(row: RowMapping) -> dict[str, Any]:
    cost = row["replacement_cost_eur"]
    return {"condition_index": float(row["technical_value_eur"] / cost) if cost else None}


def scenario_budgets(database: Database, municipality_code: str, run_id: int) -> Rows:
    """Return what became of a scenario's budgets, by budget and year; raises `NotFound`."""
    with database.reading() as connection:
        finished_run(connection, municipality_code, run_id, scenario_runs.KIND)
        rows = load_scenario_budgets(connection, municipality_code, run_id)
    return [
        {name: row[name] for name in _BUDGET}
        | {"unspent_eur": row["budget_eur"] - row["spending_eur"], "asset_classes": _codes(row["asset_classes"])}
        for row in rows
    ]


def _codes(numbers: Sequence[int]) -> list[str]:
    return [ASSET_CLASS_BY_NUMBER[number].code for number in numbers]


def scenario_measures(
    database: Database, municipality_code: str, run_id: int, after: tuple[int, int] | None, limit: int
) -> Rows:
    """Return a scenario's measures by asset and year from after a key on; raises `NotFound`."""
    with database.reading() as connection:
        finished_run(connection, municipality_code, run_id, scenario_runs.KIND)
        rows = load_scenario_measures(connection, municipality_code, run_id, after=after, limit=limit)
    return [
        {"asset_id": f"{municipality_code}-{row['asset_id']}", "asset_class": row["asset_class_code"]}
        | {name: row[name] for name in _MEASURE}
        for row in rows
    ]


def asset_of_scenario(database: Database, municipality_code: str, run_id: int, asset_id: int) -> Rows:
    """Return why an asset was treated or not in each year of a scenario; raises `NotFound`."""
    with database.reading() as connection:
        run = finished_run(connection, municipality_code, run_id, scenario_runs.KIND)
        return asset_in_scenario(connection, run, asset_id)


def required_funding(database: Database, municipality_code: str, run_id: int) -> Rows:
    """Return the budgets that reach the goals of a search, class None being all together; raises `NotFound`."""
    with database.reading() as connection:
        finished_run(connection, municipality_code, run_id, funding_runs.KIND)
        rows = load_required_funding(connection, municipality_code, run_id)
    return [{"asset_class": row["asset_class_code"]} | {name: row[name] for name in _FUNDING} for row in rows]
