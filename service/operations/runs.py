"""Runs asked for over the web: carried out in the background, looked at, cancelled."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.engine import RowMapping

from models.run import RunState
from service.database import Database
from service.errors import DataConflict, KuntokantaError, NotFound, TooManyRuns
from service.operations.funding_runs import begin_funding, carry_out_funding
from service.operations.kept_answers import Finish
from service.operations.scenario_requests import FundingRequest, ScenarioRequest
from service.operations.scenario_runs import begin_scenario, carry_out_scenario
from service.operations.valuation import begin_run, carry_out_run
from service.operations.valuation_computation import ValuationRequest
from service.queries.report_rows import load_run, load_run_parameters, load_runs
from service.queries.results import end_run, is_held
from service.queries.run_progress import load_progress

ENDED_MEANWHILE = "The process that carried it out has ended; start the run again."
ENDING_S = 0.5

# In each process: every run holds a core and two connections, and readers need theirs.
RUNS_AT_ONCE = 2
PLACE_WAIT_S = 1.0
_places = threading.BoundedSemaphore(RUNS_AT_ONCE)

Request = ValuationRequest | ScenarioRequest | FundingRequest


def begin(database: Database, request: Request, finish: Finish | None = None) -> int:
    """Record that a run of any kind has begun and return its id; raises as the kind's own function does."""
    if isinstance(request, ScenarioRequest):
        return begin_scenario(database, request, finish)
    if isinstance(request, FundingRequest):
        return begin_funding(database, request, finish)
    return begin_run(database, request, finish)


def carry_out(database: Database, request: Request, run_id: int, is_held: Callable[[], None]) -> None:
    """Compute and store a run of any kind that has begun; raises as the kind's own function does.

    `is_held` is called as soon as the run holds its lock.
    """
    if isinstance(request, ScenarioRequest):
        carry_out_scenario(database, request, run_id, is_held)
    elif isinstance(request, FundingRequest):
        carry_out_funding(database, request, run_id, is_held)
    else:
        carry_out_run(database, request, run_id, lambda _: is_held())


def start_run(database: Database, request: Request, finish: Finish | None = None) -> int:
    """Begin a run, carry it out in a thread of its own and return its id at once.

    `finish` is called when the run is recorded, within that transaction, with its key.

    Raises:
        NotFound, InvalidData, ParameterMissing: the request itself is wrong; no run is recorded.
        TooManyRuns: this process carries out as many as it may.
    """
    if not _places.acquire(timeout=PLACE_WAIT_S):
        raise TooManyRuns
    try:
        run_id = begin(database, request, finish)
        holds = threading.Event()
        threading.Thread(target=_carry_out, args=(database, request, run_id, holds), daemon=True).start()
    except BaseException:
        _places.release()
        raise
    holds.wait(timeout=10)
    return run_id


def _carry_out(database: Database, request: Request, run_id: int, holds: threading.Event) -> None:
    log = structlog.get_logger().bind(run_id=run_id, municipality_code=request.municipality_code)
    try:
        carry_out(database, request, run_id, holds.set)
        log.info("run_finished")
    except KuntokantaError as error:
        log.info("run_failed", error=error.detail)
    except Exception:
        log.exception("run_failed")
    finally:
        holds.set()
        _places.release()


def look_at_run(database: Database, municipality_code: str, run_id: int) -> dict[str, Any]:
    """Return a run; one that nobody works on any more is found failed.

    Raises:
        NotFound: there is no such run.
    """
    with database.writing() as session:
        run = load_run(session.connection(), municipality_code, run_id)
        seems_dead = run is not None and run["state"] == RunState.RUNNING and not is_held(session, run_id)
    if seems_dead:
        # A run that fails lets go of its lock a moment before it says why: one seen in between is not dead.
        time.sleep(ENDING_S)
        run = _ended_if_dead(database, municipality_code, run_id)
    if run is None:
        raise NotFound(f"There is no run {municipality_code}-{run_id}.")
    return dict(run) | {"progress": _progress(database, run)}


def _ended_if_dead(database: Database, municipality_code: str, run_id: int) -> RowMapping | None:
    with database.writing() as session:
        run = load_run(session.connection(), municipality_code, run_id)
        if run is not None and run["state"] == RunState.RUNNING and not is_held(session, run_id):
            end_run(session, municipality_code, run_id, _ended(RunState.FAILED, ENDED_MEANWHILE))
            run = load_run(session.connection(), municipality_code, run_id)
        return run


def _progress(database: Database, run: RowMapping) -> dict[str, Any] | None:
    if run["state"] != RunState.RUNNING:
        return None
    with database.reading() as connection:
        told = load_progress(connection, run["municipality_code"], run["run_id"])
    return None if told is None else dict(told)


def list_runs(database: Database, municipality_code: str, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Return a municipality's runs, the newest first."""
    with database.reading() as connection:
        return [dict(row) for row in load_runs(connection, municipality_code, before, limit)]


def parameters_of_run(database: Database, municipality_code: str, run_id: int) -> list[dict[str, Any]]:
    """Return the parameter values that a run read, with their sources; raises `NotFound`."""
    look_at_run(database, municipality_code, run_id)
    with database.reading() as connection:
        return [dict(row) for row in load_run_parameters(connection, municipality_code, run_id)]


def cancel_run(database: Database, municipality_code: str, run_id: int) -> None:
    """Cancel a run: what it has computed is not stored.

    Raises:
        NotFound: there is no such run.
        DataConflict: it has ended already.
    """
    state = look_at_run(database, municipality_code, run_id)["state"]
    with database.writing() as session:
        if not end_run(session, municipality_code, run_id, _ended(RunState.CANCELLED, None)):
            raise DataConflict(f"The run has ended already: it is {state}.")


def _ended(state: RunState, error: str | None) -> dict[str, Any]:
    return {"state": state, "error": error, "finished_at": datetime.datetime.now(datetime.UTC)}
