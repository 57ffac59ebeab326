"""Scenarios of a municipality: begun, carried out and stored, in one transaction that leaves nothing when it fails."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from service.database import Database
from service.engine.scenario import run_scenario, unfunded
from service.engine.scenario_inputs import ScenarioSettings
from service.operations.kept_answers import Finish
from service.operations.run_progress import RunProgress
from service.operations.run_transactions import record_run, work_on_run
from service.operations.scenario_plan import Plan, plan_scenario
from service.operations.scenario_requests import POLICIES, ScenarioRequest
from service.operations.scenario_results import store_scenario_results
from service.operations.scenario_state import load_scenario_state
from service.queries.report_rows import load_run

KIND = "scenario"
WORKERS = 2
"""Budgets worked on at a time: NumPy leaves the interpreter to others while it computes."""


def run_scenario_of(database: Database, request: ScenarioRequest, told: Callable[[str], None] = lambda _: None) -> int:
    """Carry a scenario out, store its results and return the run's id; `told` is called with each step that begins.

    Raises:
        NotFound, InvalidData, ParameterMissing: As for `begin_scenario`.
        RunCancelled: Somebody cancelled it meanwhile.
    """
    run_id = begin_scenario(database, request)
    carry_out_scenario(database, request, run_id, told=told)
    return run_id


def begin_scenario(database: Database, request: ScenarioRequest, finish: Finish | None = None) -> int:
    """Record that a scenario has begun and return its id; `finish` is called last, with the run's key.

    Raises:
        NotFound: There is no such municipality.
        InvalidData: Names every fault of the request.
        ParameterMissing: Classes with money have no measures.
    """
    with database.writing() as session:
        plan = plan_scenario(session.connection(), request)
        values = {
            "valuation_year": plan.base["valuation_year"],
            "settings": plan.settings,
            "created_by": request.created_by,
        }
        return record_run(session, request.municipality_code, KIND, values, finish)


def carry_out_scenario(
    database: Database,
    request: ScenarioRequest,
    run_id: int,
    is_held: Callable[[], None] = lambda: None,
    told: Callable[[str], None] = lambda _: None,
) -> None:
    """Compute and store a scenario that has begun.

    Raises:
        InvalidData, ParameterMissing, RunCancelled: As for `run_scenario_of`.
    """
    progress = RunProgress(database, request.municipality_code, run_id, told)

    def work(session: Session) -> Mapping[str, Any]:
        is_held()
        return _work(session, request, run_id, progress)

    work_on_run(database, request.municipality_code, run_id, work)


def _work(session: Session, request: ScenarioRequest, run_id: int, progress: RunProgress) -> Mapping[str, Any]:
    progress.begin("load")
    plan = plan_scenario(session.connection(), _with_base(session, request, run_id))
    assets, measures = load_scenario_state(session.connection(), plan.base, plan.rules)
    settings = ScenarioSettings(POLICIES[request.policy], plan.price_factor, request.is_divisible)
    budgets = len(plan.pools) + len(unfunded(assets, plan.pools, settings))
    progress.begin("compute", budgets * settings.years)
    done = run_scenario(assets, measures, plan.pools, settings, progress.advance, WORKERS)
    progress.begin("store")
    store_scenario_results(session, _key(plan, run_id), plan, assets, done)
    return {"settings": plan.settings, "asset_count": len(assets.asset_id), "input_hash": input_hash(plan)}


def input_hash(plan: Plan) -> str:
    """Return a hash of all that goes into a scenario: the valuation's own hash, the settings and the measures."""
    rules = [tuple(row.values()) for row in plan.rules]
    settings = sorted(plan.settings.items())
    return hashlib.sha256(repr((plan.base["input_hash"], settings, rules)).encode()).hexdigest()


def _key(plan: Plan, run_id: int) -> dict[str, Any]:
    return {"municipality_code": plan.base["municipality_code"], "run_id": run_id}


def _with_base(session: Session, request: ScenarioRequest, run_id: int) -> ScenarioRequest:
    """Return the request with the valuation that it was begun with: a newer one may have ended since."""
    run = load_run(session.connection(), request.municipality_code, run_id)
    return request if run is None else replace(request, base_run_id=run["settings"]["base_run_id"])
