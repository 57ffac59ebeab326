"""Required funding of a municipality: constant budgets that reach the goals, for all classes together and each."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.orm import Session

from service.database import Database
from service.engine.required_funding import RequiredBudget, required_budget
from service.engine.scenario_inputs import Measures, ScenarioAssets, ScenarioSettings
from service.errors import Fault, InvalidData, NotFound, ParameterMissing
from service.operations.kept_answers import Finish
from service.operations.run_progress import RunProgress
from service.operations.run_transactions import record_run, work_on_run
from service.operations.scenario_checks import base_run, measure_faults, raise_faults, run_faults
from service.operations.scenario_plan import price_factor
from service.operations.scenario_requests import POLICIES, FundingRequest
from service.operations.scenario_state import load_scenario_state
from service.queries.measure_rules import load_measure_rules
from service.queries.report_rows import load_run
from service.queries.results import cents_as_euros
from service.queries.scenario_inputs import load_valued_classes
from service.queries.scenarios import store_required_funding

KIND = "funding"
ALL_CLASSES = 0


def find_funding(database: Database, request: FundingRequest) -> int:
    """Find the required funding, store it and return the run's id.

    Raises:
        NotFound, InvalidData, ParameterMissing: As for `begin_funding`.
        RunCancelled: Somebody cancelled it meanwhile.
    """
    run_id = begin_funding(database, request)
    carry_out_funding(database, request, run_id)
    return run_id


def begin_funding(database: Database, request: FundingRequest, finish: Finish | None = None) -> int:
    """Record that the search has begun and return the run's id; `finish` is called last, with the run's key.

    Raises:
        NotFound: There is no such municipality.
        InvalidData: Names every fault of the request.
        ParameterMissing: Classes have no measures.
    """
    with database.writing() as session:
        base, _ = _plan(session.connection(), request)
        values = {
            "valuation_year": base["valuation_year"],
            "settings": _settings(request, base),
            "created_by": request.created_by,
        }
        return record_run(session, request.municipality_code, KIND, values, finish)


def carry_out_funding(
    database: Database, request: FundingRequest, run_id: int, is_held: Callable[[], None] = lambda: None
) -> None:
    """Search and store; raises as `find_funding` does."""
    progress = RunProgress(database, request.municipality_code, run_id)

    def work(session: Session) -> Mapping[str, Any]:
        is_held()
        return _work(session, request, run_id, progress)

    work_on_run(database, request.municipality_code, run_id, work)


def _plan(connection: Connection, request: FundingRequest) -> tuple[RowMapping, list[RowMapping]]:
    base, faults = base_run(connection, request.municipality_code, request.base_run_id)
    faults += run_faults(request.years, request.policy, request.price_change)
    if request.goal_backlog_eur is not None and request.goal_backlog_eur < 0:
        faults.append(Fault("/goal_backlog_eur", "0 or more"))
    raise_faults(InvalidData, faults)
    if base is None:
        raise NotFound
    rules = load_measure_rules(connection, request.municipality_code, datetime.date(base["valuation_year"], 12, 31))
    classes = load_valued_classes(connection, base["municipality_code"], base["run_id"])
    raise_faults(ParameterMissing, measure_faults(rules, classes))
    if not classes:
        raise InvalidData("The valuation has no assets.", [Fault("/base_run", "a valuation without assets")])
    return base, rules


def _settings(request: FundingRequest, base: RowMapping) -> dict[str, Any]:
    goal = request.goal_backlog_eur
    return {
        "base_run_id": base["run_id"],
        "years": request.years,
        "policy": request.policy,
        "mode": "divisible",
        "goal_backlog_eur": None if goal is None else float(goal),
        "price_factor": [round(each, 12) for each in price_factor(request.price_change, request.years).tolist()],
        "scenario": base["settings"].get("scenario"),
    }


def _work(session: Session, request: FundingRequest, run_id: int, progress: RunProgress) -> Mapping[str, Any]:
    progress.begin("load")
    run = load_run(session.connection(), request.municipality_code, run_id)
    if run is not None:
        # The valuation that it was begun with: a newer one may have ended since.
        request = replace(request, base_run_id=run["settings"]["base_run_id"])
    base, rules = _plan(session.connection(), request)
    assets, measures = load_scenario_state(session.connection(), base, rules)
    progress.begin("compute", _likely_years(request, assets))
    key = {"municipality_code": request.municipality_code, "run_id": run_id}
    rows = [key | row for row in _rows(request, base, assets, measures, progress)]
    progress.begin("store")
    store_required_funding(session, rows)
    return {"settings": _settings(request, base), "asset_count": len(assets.asset_id)}


def _likely_years(request: FundingRequest, assets: ScenarioAssets) -> int:
    """Return about how many years of scenarios the search computes: it halves some fifteen times for each goal."""
    return (len(np.unique(assets.asset_class)) + 1) * (1 + len(_lower_goals(request, 1))) * request.years * 17


Goal = Callable[[int], int]


def _lower_goals(request: FundingRequest, total_cents: int) -> dict[str, Goal]:
    """Return the goals beside holding the backlog; `total_cents` is that of all classes today."""
    goals: dict[str, Goal] = {"clear": lambda _: 0}
    if request.goal_backlog_eur is not None:
        share = float(request.goal_backlog_eur) * 100 / total_cents if total_cents else 0.0
        goals["reach"] = lambda before: round(before * share)
    return goals


def _rows(
    request: FundingRequest,
    base: RowMapping,
    assets: ScenarioAssets,
    measures: Measures,
    progress: RunProgress,
) -> Iterator[dict[str, Any]]:
    settings = ScenarioSettings(POLICIES[request.policy], price_factor(request.price_change, request.years), True)
    classes = [int(number) for number in np.unique(assets.asset_class)]
    total = None
    for number in (ALL_CLASSES, *classes):
        own = classes if number == ALL_CLASSES else [number]
        hold = required_budget(assets, measures, own, settings, lambda before: before, progress.advance)
        total = hold.backlog_before if total is None else total
        yield _row("hold", number, request.years, base["valuation_year"], hold)
        for name, goal in _lower_goals(request, total).items():
            found = required_budget(assets, measures, own, settings, goal, progress.advance)
            yield _row(name, number, request.years, base["valuation_year"], found)


def _row(goal: str, number: int, years: int, first: int, found: RequiredBudget) -> dict[str, Any]:
    amounts = {
        "goal_backlog_eur": found.goal_backlog,
        "backlog_before_eur": found.backlog_before,
        "backlog_after_eur": found.backlog_after,
        "tolerance_eur": found.tolerance,
    }
    euros = dict(zip(amounts, cents_as_euros(np.array(list(amounts.values()))), strict=True))
    budget = found.yearly_budget
    yearly = None if budget is None else cents_as_euros(np.array([budget]))[0]
    own = {"goal": goal, "asset_class": number, "years": years, "end_year": first + years}
    return {**own, **euros, "yearly_budget_eur": yearly}
