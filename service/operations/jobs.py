"""Jobs: work that is asked for, put into the queue in PostgreSQL, carried out by a worker, looked at and cancelled.

Who adds a kind of job names it here and, in `service/job_kinds.py`, the function that carries it out.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy import Sequence
from sqlalchemy.orm import Session

from models.import_batch import IMPORT_BATCH_ID_SEQUENCE
from models.job import JOB_ID_SEQUENCE, JobState
from models.run import RUN_ID_SEQUENCE
from service.database import Database
from service.errors import DataConflict, KuntokantaError, NotFound, TooManyJobs
from service.operations.kept_answers import Finish
from service.operations.stored_files import NewFile, find_file, store_file
from service.queries.jobs import (
    JobKey,
    change_job,
    change_job_for_a_client,
    count_places,
    count_waiting,
    insert_job,
    load_job,
    load_jobs,
    next_number,
    wake_workers,
)

WHOLE_COUNTRY = "000"
MOST_WAITING = 1000
"""Jobs of one municipality."""
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True)
class JobKind:
    """A kind of job.

    Attributes:
        name: As it stands in the queue.
        numbers: Where its jobs' numbers come from: those of what the jobs make, where that is numbered.
        one_at_a_time: Whether a municipality's jobs of this kind wait for each other.
    """

    name: str
    numbers: Sequence
    one_at_a_time: bool = False


IMPORT = JobKind("import", IMPORT_BATCH_ID_SEQUENCE, one_at_a_time=True)
EXPORT = JobKind("export", JOB_ID_SEQUENCE)
RUN = JobKind("run", RUN_ID_SEQUENCE)


class JobCancelled(KuntokantaError):
    """The job was cancelled: nothing of it is kept."""

    status = 409


class JobProgress(Protocol):
    """Tells how far a job is; raises `JobCancelled` where it is to be given up, whatever it did to be taken back."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Tell the step, and how many of its rows (or other parts) are done."""


@dataclass(frozen=True)
class Job:
    """A job as the function sees it that carries it out.

    Attributes:
        key: Which one.
        request: What is asked for, as it was put into the queue.
        requested_by: Who asks.
        file_id: Number of the file that came with it.
        begun_at: Since when it is carried out: no other worker has the job for as long as this stands in its row.
        from_address: Where the request for it came from.
        request_id: Of that request.
    """

    key: JobKey
    request: Mapping[str, Any]
    requested_by: str
    file_id: int | None
    begun_at: datetime.datetime
    from_address: str | None = None
    request_id: str | None = None


CarryOut = Callable[[Database, Job, JobProgress], Mapping[str, Any] | None]
"""Carries a job out and returns its result, for JSON.

What it writes to the register it writes in one transaction, in which it calls `finish_job` last and then returns
None: so it is done once, whenever a worker dies. A `KuntokantaError` ends the job as failed; where that error has a
`result`, it is kept.
"""


def enqueue(
    database: Database,
    kind: JobKind,
    municipality_code: str | None,
    request: Mapping[str, Any],
    requested_by: str,
    file: NewFile | None = None,
    finish: Finish | None = None,
) -> int:
    """Put a job into the queue and return its number.

    Args:
        database: The register.
        kind: What is to be done.
        municipality_code: For whom; None is the whole country.
        request: How, for JSON.
        requested_by: Who asks.
        file: What it is done with; stored in the same transaction.
        finish: Called last within the transaction, with the job as `look_at_job` returns it.

    Raises:
        DataConflict: There is no such municipality.
        TooManyJobs: As many of its jobs wait as may.
    """
    with database.writing() as session:
        code = municipality_code or WHOLE_COUNTRY
        key = JobKey(code, kind.name, next_number(session, kind.numbers))
        file_id = None if file is None else store_file(session, code, file)
        add_job(session, key, request, requested_by, file_id)
        if finish is not None:
            _tell(session, key, finish)
    return key.job_id


def add_job(
    session: Session, key: JobKey, request: Mapping[str, Any], requested_by: str, file_id: int | None = None
) -> None:
    """Put a job into the queue within the caller's transaction; raises `TooManyJobs`."""
    if count_waiting(session, key.municipality_code) >= MOST_WAITING:
        raise TooManyJobs
    values = {"request": dict(request), "requested_by": requested_by, "file_id": file_id, "queued_at": _now()}
    insert_job(session, key, values)
    structlog.get_logger().info("job_queued", job=str(key), kind=key.kind)


def look_at_job(database: Database, key: JobKey) -> dict[str, Any]:
    """Return a job with what `shown_job` adds; raises `NotFound`."""
    with database.reading() as connection:
        row = load_job(connection, key)
        places = count_places(connection)
    if row is None:
        raise NotFound(f"There is no {key.kind} {key}.")
    return shown_job(row, places)


def list_jobs(
    database: Database, kind: JobKind, municipality_code: str | None, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return jobs of a kind, the newest first, as `look_at_job` does; None is those of all municipalities."""
    with database.reading() as connection:
        rows = load_jobs(connection, kind.name, municipality_code, before, limit)
        places = count_places(connection)
    return [shown_job(row, places) for row in rows]


def shown_job(row: Mapping[str, Any], places: int) -> dict[str, Any]:
    """Return a job with the seconds that its step will take (`seconds_left`), and how many `places` workers have.

    The seconds are those of the step at the rate so far: None where nothing can be told.
    """
    return {**row, "seconds_left": _seconds_left(row), "places": places}


def _seconds_left(row: Mapping[str, Any]) -> float | None:
    if row["state"] != JobState.RUNNING or not row["rows_done"] or not row["rows_total"]:
        return None
    seconds: float = (row["heard_at"] - row["step_started_at"]).total_seconds()
    left: float = seconds * (row["rows_total"] / row["rows_done"] - 1)
    return round(max(left, 0.0), 1)


def finish_job(session: Session, job: Job, result: Mapping[str, Any], result_file_id: int | None = None) -> None:
    """End a job as finished within the transaction of what it did.

    Raises:
        JobCancelled: It was cancelled, or given to another worker: the transaction is to be rolled back.
    """
    ended = {"state": JobState.FINISHED, "result": dict(result), "result_file_id": result_file_id, "error": None}
    values = ended | {"finished_at": _now()}
    if change_job(session, job.key, values, states=(JobState.RUNNING,), begun_at=job.begun_at) is None:
        raise JobCancelled


def renew_result(database: Database, job: Job, result: Mapping[str, Any]) -> None:
    """Replace the result of a job that has just finished by what its end has added to it."""
    with database.writing() as session:
        change_job(session, job.key, {"result": dict(result)}, states=(JobState.FINISHED,), begun_at=job.begun_at)


def cancel_job(database: Database, key: JobKey, finish: Finish | None = None) -> None:
    """Cancel a job: a worker that carries it out takes back what it did.

    `finish` is called last within the transaction, with the job's key.

    Raises:
        NotFound: There is no such job.
        DataConflict: It has ended already.
    """
    with database.writing() as session:
        if end_job_as_cancelled(session, key):
            if finish is not None:
                finish(session, vars(key))
            return
        row = load_job(session.connection(), key)
    if row is None:
        raise NotFound(f"There is no {key.kind} {key}.")
    raise DataConflict(f"The {key.kind} has ended already: it is {row['state']}.")


def end_job_as_cancelled(session: Session, key: JobKey) -> bool:
    """Cancel a job that is under way within the caller's transaction; return whether it was."""
    values = {"state": JobState.CANCELLED, "finished_at": _now()}
    return change_job_for_a_client(session, key, values, states=UNDER_WAY) is not None


def retry_job(database: Database, key: JobKey, finish: Finish | None = None) -> None:
    """Put a job that failed or was cancelled into the queue again, with the file that came with it.

    Raises:
        NotFound: There is no such job, or its file is no longer kept.
        DataConflict: It has not ended, or is done.
    """
    row = look_at_job(database, key)
    if row["file_id"] is not None:
        find_file(database, key.municipality_code, row["file_id"])
    cleared = dict.fromkeys(("result", "error", "step", "rows_done", "rows_total", "started_at", "finished_at"))
    values = {**cleared, "state": JobState.QUEUED, "attempts": 0, "queued_at": _now()}
    with database.writing() as session:
        again = change_job_for_a_client(session, key, values, states=(JobState.FAILED, JobState.CANCELLED))
        if again is None:
            raise DataConflict(f"Only what failed or was cancelled is tried again; this {key.kind} is {row['state']}.")
        wake_workers(session)
        if finish is not None:
            _tell(session, key, finish)


def _tell(session: Session, key: JobKey, finish: Finish) -> None:
    row = load_job(session.connection(), key)
    if row is None:
        raise RuntimeError("the job that was just put into the queue is not there")
    finish(session, shown_job(row, count_places(session.connection())))


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
