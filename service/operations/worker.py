"""Workers: they take jobs from the queue, carry them out and survive each other's death and the database's restart.

A worker has places. Each is a thread with a connection of its own, which hears of new jobs and holds the lock of the
job that is carried out: where the process dies, the lock is free at once, and another worker tries the job again.
"""

from __future__ import annotations

import datetime
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from sqlalchemy.orm import Session

from models.job import JobState
from service.acting import Acting, acting_as, operator
from service.database import Database, raw_connection
from service.errors import ChangesCollided, DatabaseUnavailable, KuntokantaError, RecordBusy
from service.logs.failures import kind_of
from service.logs.pseudonyms import pseudonym
from service.operations.jobs import WHOLE_COUNTRY, CarryOut, Job, JobCancelled, JobKind, finish_job
from service.operations.kept_answers import forget_old_answers
from service.operations.run_errors import told
from service.operations.stored_files import remove_expired_files
from service.operations.worker_progress import JobHandedBack, WorkerProgress
from service.queries.job_queue import Served, claim_job, let_go, listen, lost_jobs, wait_for_news
from service.queries.jobs import JobKey, change_job, wake_workers

POLLED_EVERY_S = 5.0
LOOKED_EVERY_S = 0.5
LONGEST_PAUSE_S = 10.0
TIDIED_EVERY_S = 600.0
STOPPED_WITHIN_S = 20.0

Failed = Callable[[Session, JobKey, str], None]


@dataclass(frozen=True)
class JobWork:
    """How jobs of a kind are carried out, and what else is done in the transaction that ends one as failed."""

    carry_out: CarryOut
    failed: Failed = lambda _session, _key, _error: None


class Worker:
    """Carries out jobs in threads of this process, from `start` to `stop`."""

    def __init__(
        self, database: Database, works: Mapping[JobKind, JobWork], *, places: int = 2, attempts: int = 3
    ) -> None:
        """Make a worker.

        Args:
            database: The register, with at least three connections for each place.
            works: The kinds of jobs that it takes.
            places: How many jobs it carries out at a time.
            attempts: How often a job is begun at most, where the worker or the database ends while it works.
        """
        self._database, self._attempts = database, attempts
        self._works = {kind.name: work for kind, work in works.items()}
        self._served = Served(list(self._works), [kind.name for kind in works if kind.one_at_a_time])
        self._name = f"{socket.gethostname()} {os.getpid()}"
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(places)]

    def start(self) -> None:
        """Begin to take jobs."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more jobs; hand back those under way that tell how far they are, and wait a while for the others."""
        self._stopping.set()
        end = time.monotonic() + STOPPED_WITHIN_S
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.0))

    def work_off(self) -> int:
        """Carry out what is in the queue, one job after the other, and return how many there were."""
        done = 0
        with acting_as(operator("worker")), closing(self._database.lasting()) as connection:
            listen(connection)
            self._recover()
            while self._take(connection):
                done += 1
        return done

    def _work(self) -> None:
        with acting_as(operator("worker")):
            self._work_as_operator()

    def _work_as_operator(self) -> None:
        log, pause = structlog.get_logger(), LOOKED_EVERY_S
        while not self._stopping.is_set():
            try:
                with closing(self._database.lasting()) as connection:
                    listen(connection)
                    pause = LOOKED_EVERY_S
                    self._serve(connection)
            except (DatabaseUnavailable, psycopg.Error) as error:
                log.warning("worker_waits_for_database", error=_cause(error), seconds=pause)
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            except Exception:
                log.exception("worker_failed")
                self._stopping.wait(LONGEST_PAUSE_S)

    def _serve(self, connection: psycopg.Connection[Any]) -> None:
        tidied_at = -TIDIED_EVERY_S
        while not self._stopping.is_set():
            self._recover()
            while not self._stopping.is_set() and self._take(connection):
                pass
            if time.monotonic() - tidied_at >= TIDIED_EVERY_S:
                tidied_at = time.monotonic()
                remove_expired_files(self._database)
                forget_old_answers(self._database)
            self._rest(connection)

    def _rest(self, connection: psycopg.Connection[Any]) -> None:
        """Wait for news, or until it is time to look whether another worker is gone."""
        end = time.monotonic() + POLLED_EVERY_S
        while time.monotonic() < end and not self._stopping.is_set():
            if wait_for_news(connection, LOOKED_EVERY_S):
                return

    def _recover(self) -> None:
        """Put jobs back whose worker is gone; end those that were begun as often as they may be."""
        with self._database.writing() as session:
            lost = lost_jobs(raw_connection(session.connection()))
            for key in lost:
                values = {"state": JobState.QUEUED, "worker": None}
                row = change_job(session, key, values, states=(JobState.RUNNING,))
                again = row is not None and row["attempts"] < self._attempts
                if row is not None and not again:
                    often = f"The worker or the database ended {row['attempts']} times while it was carried out."
                    self._end_as_failed(session, key, often, None, states=(JobState.QUEUED,))
                structlog.get_logger().warning("job_lost_its_worker", job=str(key), kind=key.kind, again=again)
            if lost:  # else each look would be news to all workers, and they would never rest
                wake_workers(session)

    def _take(self, connection: psycopg.Connection[Any]) -> bool:
        """Carry out the next job; return whether there was one."""
        row = claim_job(connection, self._served, self._name, _now())
        if row is None:
            return False
        key = JobKey(row["municipality_code"], row["kind"], row["job_id"])
        origin = {"from_address": row["from_address"], "request_id": row["request_id"]}
        job = Job(key, row["request"], row["requested_by"], row["file_id"], row["started_at"], **origin)
        log = structlog.get_logger().bind(
            job=str(key), kind=key.kind, attempt=row["attempts"], by=pseudonym(job.requested_by)
        )
        begun = time.monotonic()
        log.info("job_begins")
        outcome = self._carry_out(job, log)
        log.info("job_ends", outcome=outcome, seconds=round(time.monotonic() - begun, 3))
        let_go(connection, key, self._served)
        return True

    def _carry_out(self, job: Job, log: Any) -> str:
        work = self._works[job.key.kind]
        try:
            progress = WorkerProgress(self._database, job, self._stopping)
            with acting_as(_who_asked(job)):
                result = work.carry_out(self._database, job, progress)
            if result is not None:
                with self._database.writing() as session:
                    finish_job(session, job, result)
        except JobHandedBack:
            return self._hand_back(job)
        except JobCancelled:
            return "cancelled"
        except (ChangesCollided, DatabaseUnavailable, RecordBusy) as error:
            # The job stands as running without a lock: whoever next reaches the database puts it back.
            log.warning("job_lost_the_database", error=_cause(error))
            return "lost"
        except KuntokantaError as error:
            return self._fail(job, told(error), getattr(error, "result", None))
        except Exception:
            instance = f"urn:uuid:{uuid.uuid4()}"
            log.exception("job_crashed", instance=instance)
            return self._fail(job, f"The service failed at this. The failure is logged as {instance}.", None)
        return "finished"

    def _hand_back(self, job: Job) -> str:
        with self._database.writing() as session:
            values = {"state": JobState.QUEUED, "worker": None}
            row = change_job(session, job.key, values, states=(JobState.RUNNING,), begun_at=job.begun_at)
            if row is not None:
                attempts = {"attempts": row["attempts"] - 1}
                change_job(session, job.key, attempts, states=(JobState.QUEUED,))
            wake_workers(session)
        return "handed back"

    def _fail(self, job: Job, error: str, result: Mapping[str, Any] | None) -> str:
        with self._database.writing() as session:
            self._end_as_failed(session, job.key, error, result, states=(JobState.RUNNING,), begun_at=job.begun_at)
        return "failed"

    def _end_as_failed(
        self, session: Session, key: JobKey, error: str, result: Mapping[str, Any] | None, **only: Any
    ) -> None:
        values = {"state": JobState.FAILED, "error": error, "result": result, "finished_at": _now()}
        if change_job(session, key, values, **only) is not None and key.kind in self._works:
            self._works[key.kind].failed(session, key, error)


def _cause(error: BaseException) -> str:
    """Return what the driver says of an error, as far as it may be logged."""
    return kind_of(error.__cause__ or error)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _who_asked(job: Job) -> Acting:
    """Return who acts in a job: who asked for it, within the municipality that they asked for and no other."""
    code = job.key.municipality_code
    own = None if code == WHOLE_COUNTRY else frozenset({code})
    return Acting(job.requested_by, "worker", job.from_address, reads=own, writes=own, request_id=job.request_id)
