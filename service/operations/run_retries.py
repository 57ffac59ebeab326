"""Asking again for a run that has ended without a result."""

from __future__ import annotations

import dataclasses

from models.run import RunState
from service.database import Database
from service.errors import DataConflict
from service.operations.kept_answers import Finish
from service.operations.run_requests import request_of_run
from service.operations.runs import job_key, look_at_run, queue_run
from service.queries.jobs import load_job


def retry_run(
    database: Database, municipality_code: str, run_id: int, requested_by: str, finish: Finish | None = None
) -> int:
    """Queue a new run that is asked for as one was that failed or was cancelled, and return its id.

    The old one stays as it ended: what it read has changed since, or it would fail again.

    Raises:
        NotFound: There is no such run.
        DataConflict: It has not ended, is done, or was not asked for over the web.
        InvalidData, ParameterMissing, TooManyJobs: As for `queue_run`.
    """
    state = look_at_run(database, municipality_code, run_id)["state"]
    if state not in (RunState.FAILED, RunState.CANCELLED):
        raise DataConflict(f"Only what failed or was cancelled is tried again; this run is {state}.")
    with database.reading() as connection:
        job = load_job(connection, job_key(municipality_code, run_id))
    if job is None:
        raise DataConflict("How this run was asked for is not known: it was not asked for over the web.")
    request = dataclasses.replace(request_of_run(job["request"]), created_by=requested_by)
    return queue_run(database, request, finish)
