"""The queue as a worker sees it, on a connection of its own that holds the locks of what it does.

A running job whose lock nobody holds has lost its worker: the lock goes with the connection, however that ends.
"""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from service.queries.jobs import QUEUE_CHANNEL, WORKER_LOCK, JobKey

CANDIDATES = 10

# The municipality with the fewest jobs under way goes first, then the one that has waited longest since one began.
_NEXT = """
SELECT j.municipality_code, j.kind, j.job_id
FROM (SELECT DISTINCT municipality_code FROM job WHERE state = 'queued') q
CROSS JOIN LATERAL (
    SELECT count(*) AS jobs FROM job r WHERE r.municipality_code = q.municipality_code AND r.state = 'running'
) r
CROSS JOIN LATERAL (SELECT max(started_at) AS at FROM job s WHERE s.municipality_code = q.municipality_code) s
JOIN job j ON j.municipality_code = q.municipality_code AND j.state = 'queued' AND j.kind = ANY(%s)
WHERE NOT (j.kind = ANY(%s) AND EXISTS (
    SELECT FROM job o WHERE o.municipality_code = j.municipality_code AND o.kind = j.kind AND o.state = 'running'
))
ORDER BY r.jobs, s.at NULLS FIRST, j.queued_at, j.job_id
LIMIT %s FOR UPDATE OF j SKIP LOCKED
"""
_BEGIN = """
UPDATE job SET state = 'running', attempts = attempts + 1, started_at = %s, heard_at = %s, worker = %s,
    step = NULL, step_started_at = NULL, rows_done = NULL, rows_total = NULL
WHERE municipality_code = %s AND kind = %s AND job_id = %s RETURNING *
"""
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_LOCK_FOR_NOW = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
_RUNNING = "SELECT municipality_code, kind, job_id FROM job WHERE state = 'running' FOR UPDATE SKIP LOCKED"


class Served(NamedTuple):
    """Which kinds a worker carries out, and those of them that go one at a time in a municipality."""

    kinds: list[str]
    one_at_a_time: list[str]


def listen(connection: psycopg.Connection[Any]) -> None:
    """Be told of new jobs on this connection, and be counted among those who carry them out."""
    connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(QUEUE_CHANNEL)))
    connection.execute("SELECT pg_advisory_lock_shared(%s, 0)", (WORKER_LOCK,))


def wait_for_news(connection: psycopg.Connection[Any], seconds: float) -> bool:
    """Wait until a job is put into the queue, or the time is over; return whether there is news."""
    return any(True for _ in connection.notifies(timeout=seconds, stop_after=1))


def claim_job(
    connection: psycopg.Connection[Any], served: Served, worker: str, now: datetime.datetime
) -> dict[str, Any] | None:
    """Take the next job and its locks, and return it; None where there is nothing to do."""
    with connection.transaction():
        for found in connection.execute(_NEXT, (*served, CANDIDATES)).fetchall():
            if _try_locks(connection, _locks(JobKey(*found), served)):
                cursor = connection.cursor(row_factory=dict_row)
                return cursor.execute(_BEGIN, (now, now, worker, *found)).fetchone()
    return None


def let_go(connection: psycopg.Connection[Any], key: JobKey, served: Served) -> None:
    """Give up a job's locks."""
    for name in _locks(key, served):
        connection.execute(_UNLOCK, (name,))


def lost_jobs(connection: psycopg.Connection[Any]) -> list[JobKey]:
    """Return the running jobs whose worker is gone, within the caller's transaction, which keeps them so."""
    running = [JobKey(*found) for found in connection.execute(_RUNNING).fetchall()]
    return [key for key in running if _is_true(connection, _LOCK_FOR_NOW, _lock(key))]


def _locks(key: JobKey, served: Served) -> list[str]:
    """Return the names of a job's locks: its own, and its municipality's where such jobs go one at a time."""
    turn = f"kuntokanta {key.kind} of {key.municipality_code}"
    return [_lock(key), *([turn] if key.kind in served.one_at_a_time else [])]


def _lock(key: JobKey) -> str:
    return f"kuntokanta {key.kind} {key}"


def _try_locks(connection: psycopg.Connection[Any], names: list[str]) -> bool:
    """Take all of the locks or none."""
    for number, name in enumerate(names):
        if not _is_true(connection, _LOCK, name):
            for taken in names[:number]:
                connection.execute(_UNLOCK, (taken,))
            return False
    return True


def _is_true(connection: psycopg.Connection[Any], statement: str, name: str) -> bool:
    row = connection.execute(statement, (name,)).fetchone()
    return bool(row and row[0])
