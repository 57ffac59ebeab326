"""Jobs as those who ask for them see them: put in the queue, looked at, ended."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Sequence, func, insert, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from models.job import Job, JobState
from service.acting import current
from service.queries.audit_writes import note_insert, noted
from service.queries.tables import table_of

QUEUE_CHANNEL = "kuntokanta_job"
WORKER_LOCK = 7_305_063  # any constant of ours, another than those of migrations and runs
_JOB = table_of(Job)


@dataclass(frozen=True)
class JobKey:
    """Which job: the municipality that it is for, its kind and its number."""

    municipality_code: str
    kind: str
    job_id: int

    def __str__(self) -> str:
        """Return the id that clients know, which holds for one kind."""
        return f"{self.municipality_code}-{self.job_id}"


def next_number(session: Session, numbers: Sequence) -> int:
    """Return a new number of a job."""
    return int(session.scalar(numbers))


def insert_job(session: Session, key: JobKey, values: Mapping[str, Any]) -> None:
    """Put a job into the queue, and wake a worker once the transaction is through."""
    origin = {"from_address": current().from_address, "request_id": current().request_id}
    session.execute(insert(_JOB).values(**asdict(key), state=JobState.QUEUED, attempts=0, **origin, **values))
    note_insert(session, _JOB, asdict(key))
    wake_workers(session)


def wake_workers(session: Session) -> None:
    """Tell idle workers, once the transaction is through, that there is something to do."""
    session.execute(select(func.pg_notify(QUEUE_CHANNEL, "")))


def count_waiting(session: Session, municipality_code: str) -> int:
    """Return how many jobs of a municipality wait for a worker."""
    waiting = (_JOB.c.municipality_code == municipality_code) & (_JOB.c.state == JobState.QUEUED)
    return int(session.scalar(select(func.count()).where(waiting)) or 0)


def load_job(connection: Connection, key: JobKey) -> dict[str, Any] | None:
    """Return a job, None where there is none."""
    row = connection.execute(select(_JOB).where(_is(key))).mappings().one_or_none()
    return None if row is None else dict(row)


def load_jobs(
    connection: Connection, kind: str, municipality_code: str | None, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return jobs of a kind, the newest first, from before a number on; None is those of all municipalities."""
    query = select(_JOB).where(_JOB.c.kind == kind)
    if municipality_code is not None:
        query = query.where(_JOB.c.municipality_code == municipality_code)
    if before is not None:
        query = query.where(_JOB.c.job_id < before)
    rows = connection.execute(query.order_by(_JOB.c.job_id.desc()).limit(limit)).mappings()
    return [dict(row) for row in rows]


def change_job(
    session: Session,
    key: JobKey,
    values: Mapping[str, Any],
    *,
    states: Collection[JobState],
    begun_at: datetime.datetime | None = None,
) -> dict[str, Any] | None:
    """Change a job that is in one of some states; return it as it is then, None where it was in another.

    `begun_at` limits the change to who carries the job out since then: a worker that was given up for dead, and comes
    back, changes nothing.
    """
    condition = _is(key) & _JOB.c.state.in_(states)
    if begun_at is not None:
        condition &= _JOB.c.started_at == begun_at
    row = session.execute(update(_JOB).where(condition).values(**values).returning(_JOB)).mappings().one_or_none()
    return None if row is None else dict(row)


def change_job_for_a_client(
    session: Session, key: JobKey, values: Mapping[str, Any], *, states: Collection[JobState]
) -> dict[str, Any] | None:
    """Do what `change_job` does, with an entry in the audit, which what workers tell of a job has not."""
    with noted(session, _JOB, asdict(key)):
        return change_job(session, key, values, states=states)


def count_places(connection: Connection) -> int:
    """Return how many jobs the workers that are there could carry out at a time."""
    query = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = :lock AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return int(connection.execute(query, {"lock": WORKER_LOCK}).scalar_one())


def _is(key: JobKey) -> ColumnElement[bool]:
    return (
        (_JOB.c.municipality_code == key.municipality_code) & (_JOB.c.kind == key.kind) & (_JOB.c.job_id == key.job_id)
    )
