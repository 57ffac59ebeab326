"""How far a job is, told by the worker that carries it out, which learns so whether to go on."""

from __future__ import annotations

import datetime
import threading

from models.job import JobState
from service.database import Database
from service.operations.jobs import Job, JobCancelled
from service.queries.jobs import change_job

EVERY = datetime.timedelta(seconds=0.5)


class JobHandedBack(JobCancelled):
    """The worker is to end: another one carries the job out."""


class WorkerProgress:
    """Writes how far a job is, often enough but no oftener, on a connection of its own."""

    def __init__(self, database: Database, job: Job, stopping: threading.Event) -> None:
        self._database, self._job, self._stopping = database, job, stopping
        self._step: str | None = None
        self._asked_at, self._told_at = job.begun_at, job.begun_at

    def __call__(self, step: str, done: int, total: int) -> None:
        """Tell the step and its rows.

        Raises:
            JobHandedBack: The worker is to end.
            JobCancelled: The job was cancelled, or given to another worker.
        """
        if self._stopping.is_set():
            raise JobHandedBack
        now = datetime.datetime.now(datetime.UTC)
        if step != self._step or now - self._told_at >= EVERY:
            self._tell(step, done, total, now)
        self._asked_at = now

    def _tell(self, step: str, done: int, total: int, now: datetime.datetime) -> None:
        values = {"rows_done": done, "rows_total": max(total, done), "heard_at": now}
        if step != self._step:
            # What is told first of a step has been done since the step before it was told last.
            values |= {"step": step, "step_started_at": self._asked_at}
        with self._database.writing() as session:
            going_on = (JobState.RUNNING,)
            if change_job(session, self._job.key, values, states=going_on, begun_at=self._job.begun_at) is None:
                raise JobCancelled
        self._step, self._told_at = step, now
