"""Runs asked for over the web: they wait in the queue, are carried out by a worker, looked at, cancelled."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from models.job import JobState
from models.run import RunState
from service.acting import acting_as, housekeeping
from service.database import Database
from service.errors import DataConflict, NotFound, RunCancelled
from service.operations.funding_runs import begin_funding, carry_out_funding
from service.operations.jobs import RUN, UNDER_WAY, Job, JobCancelled, JobProgress, add_job, end_job_as_cancelled
from service.operations.kept_answers import Finish
from service.operations.run_requests import RunRequest, queued_request, request_of_run
from service.operations.scenario_requests import FundingRequest, ScenarioRequest
from service.operations.scenario_runs import begin_scenario, carry_out_scenario
from service.operations.valuation import begin_run, carry_out_run
from service.queries.jobs import JobKey, count_places, load_job
from service.queries.report_rows import load_run, load_run_parameters, load_runs
from service.queries.results import NOT_ENDED, change_run, end_run_for_a_client, is_held
from service.queries.run_progress import load_progress

ENDED_MEANWHILE = "The process that carried it out has ended; start the run again."
ENDING_S = 0.5


def begin(database: Database, request: RunRequest, finish: Finish | None = None) -> int:
    """Record that a run of any kind has begun and return its id; raises as the kind's own function does."""
    if isinstance(request, ScenarioRequest):
        return begin_scenario(database, request, finish)
    if isinstance(request, FundingRequest):
        return begin_funding(database, request, finish)
    return begin_run(database, request, finish)


def carry_out(database: Database, request: RunRequest, run_id: int, told: Callable[[str], None]) -> None:
    """Compute and store a run of any kind that has begun; raises as the kind's own function does.

    `told` is called with steps as they begin, and may raise `JobCancelled` to give the run up for now.
    """
    if isinstance(request, ScenarioRequest):
        carry_out_scenario(database, request, run_id, told=told)
    elif isinstance(request, FundingRequest):
        carry_out_funding(database, request, run_id, lambda: told("load"))
    else:
        carry_out_run(database, request, run_id, told)


def queue_run(database: Database, request: RunRequest, finish: Finish | None = None) -> int:
    """Record a run, put it into the queue for a worker, and return its id.

    `finish` is called when the run is recorded, within that transaction, with its key.

    Raises:
        NotFound, InvalidData, ParameterMissing: the request itself is wrong; no run is recorded.
        TooManyJobs: as many of the municipality's jobs wait as may.
    """

    def put(session: Session, run: Mapping[str, Any]) -> None:
        add_job(session, job_key(**run), queued_request(request), request.created_by)
        if finish is not None:
            finish(session, run)

    return begin(database, request, put)


def job_key(municipality_code: str, run_id: int) -> JobKey:
    """Return the key of the job that carries a run out."""
    return JobKey(municipality_code, RUN.name, run_id)


def carry_out_queued_run(database: Database, job: Job, progress: JobProgress) -> dict[str, Any]:
    """Carry out the run that a job is for; what an earlier attempt has stored already stays as it is."""
    key = job.key
    with database.reading() as connection:
        run = load_run(connection, key.municipality_code, key.job_id)
    if run is not None and run["state"] not in NOT_ENDED:
        return {}
    try:
        carry_out(database, request_of_run(job.request), key.job_id, lambda step: progress(step, 0, 1))
    except RunCancelled as error:
        raise JobCancelled from error
    return {}


def fail_queued_run(session: Session, key: JobKey, error: str) -> None:
    """End the run of a job that has failed, within the same transaction."""
    change_run(session, key.municipality_code, key.job_id, _ended(RunState.FAILED, error))


def look_at_run(database: Database, municipality_code: str, run_id: int) -> dict[str, Any]:
    """Return a run; one that nobody works on any more, and nobody will, is found failed.

    `workers` is how many jobs the workers that are there could carry out at a time, None for a run that has begun.

    Raises:
        NotFound: there is no such run.
    """
    with database.writing() as session:
        run, seems_dead = _run_and_whether_dead(session, municipality_code, run_id)
    if seems_dead:
        # A run that fails lets go of its lock a moment before it says why: one seen in between is not dead.
        time.sleep(ENDING_S)
        run = _ended_if_dead(database, municipality_code, run_id)
    if run is None:
        raise NotFound(f"There is no run {municipality_code}-{run_id}.")
    return {**run, **_waiting(database, run), "progress": _progress(database, run)}


def _run_and_whether_dead(session: Session, municipality_code: str, run_id: int) -> tuple[RowMapping | None, bool]:
    run = load_run(session.connection(), municipality_code, run_id)
    if run is None or run["state"] not in NOT_ENDED:
        return run, False
    job = load_job(session.connection(), job_key(municipality_code, run_id))
    is_under_way = job is not None and job["state"] in UNDER_WAY
    return run, not is_under_way and not is_held(session, run_id)


def _ended_if_dead(database: Database, municipality_code: str, run_id: int) -> RowMapping | None:
    with acting_as(housekeeping(municipality_code)), database.writing() as session:
        run, is_dead = _run_and_whether_dead(session, municipality_code, run_id)
        if is_dead:
            change_run(session, municipality_code, run_id, _ended(RunState.FAILED, ENDED_MEANWHILE))
            run = load_run(session.connection(), municipality_code, run_id)
        return run


def _waiting(database: Database, run: RowMapping) -> dict[str, Any]:
    """Return the state of a run that waits for a worker, or waits again after its worker was lost."""
    if run["state"] not in NOT_ENDED:
        return {"workers": None}
    with database.reading() as connection:
        job = load_job(connection, job_key(run["municipality_code"], run["run_id"]))
        if job is None or job["state"] != JobState.QUEUED:
            return {"workers": None}
        return {"state": RunState.QUEUED, "workers": count_places(connection)}


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


def cancel_run(database: Database, municipality_code: str, run_id: int, finish: Finish | None = None) -> None:
    """Cancel a run: what it has computed is not stored.

    `finish` is called last within the transaction, with the run's key.

    Raises:
        NotFound: there is no such run.
        DataConflict: it has ended already.
    """
    state = look_at_run(database, municipality_code, run_id)["state"]
    with database.writing() as session:
        end_job_as_cancelled(session, job_key(municipality_code, run_id))
        if not end_run_for_a_client(session, municipality_code, run_id, _ended(RunState.CANCELLED, None)):
            raise DataConflict(f"The run has ended already: it is {state}.")
        if finish is not None:
            finish(session, {"municipality_code": municipality_code, "run_id": run_id})


def _ended(state: RunState, error: str | None) -> dict[str, Any]:
    return {"state": state, "error": error, "finished_at": datetime.datetime.now(datetime.UTC)}
