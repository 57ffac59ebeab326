"""`Prefer: wait=N` (RFC 7240): a request that starts a job may wait for its end, and is answered with the outcome."""

from __future__ import annotations

import functools
import re
import threading
import time
from collections.abc import Callable
from typing import ParamSpec

from flask import Response, request

from models.job import JobState
from service.api.state import database
from service.operations.jobs import UNDER_WAY, JobKind
from service.queries.jobs import JobKey, load_job

LONGEST_WAIT_S = 60
PREFER_PARAMETER = {
    "in": "header",
    "name": "Prefer",
    "description": f"`wait=N`: answer with the outcome if there is one within N seconds, at most {LONGEST_WAIT_S}; not"
    " all of many requests at once are kept waiting",
    "schema": {"type": "string"},
}
_WAIT = re.compile(r"""(?:^|[,;])\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(?:$|[,;])""", re.IGNORECASE | re.ASCII)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.02, 0.25

# Of the threads of a process some must be left for those who only read.
WAITING_AT_ONCE = 2
_places = threading.BoundedSemaphore(WAITING_AT_ONCE)

Arguments = ParamSpec("Arguments")


def waits(
    kind: JobKind, outcome: Callable[[JobKey], Response]
) -> Callable[[Callable[Arguments, Response]], Callable[Arguments, Response]]:
    """Let a view that answers 202, with the job's `id`, wait for the end of the job where its client prefers so.

    Args:
        kind: Of the jobs that it starts.
        outcome: Makes the answer of a job that has ended.
    """

    def decorate(view: Callable[Arguments, Response]) -> Callable[Arguments, Response]:
        @functools.wraps(view)
        def waiting(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Response:
            accepted = view(*args, **kwargs)
            seconds = preferred_wait()
            if seconds is None or accepted.status_code != 202:
                return accepted
            code, _, number = accepted.get_json()["id"].partition("-")
            key = JobKey(code, kind.name, int(number))
            answer = outcome(key) if _ends_within(key, seconds) else accepted
            answer.headers["Preference-Applied"] = f"wait={seconds}"
            return answer

        return waiting

    return decorate


def preferred_wait() -> int | None:
    """Return how many seconds the client would wait, None where it does not say; what is no number is passed over."""
    found = _WAIT.search(",".join(request.headers.getlist("Prefer")))
    return None if found is None else min(int(found[1]), LONGEST_WAIT_S)


def _ends_within(key: JobKey, seconds: int) -> bool:
    if not _places.acquire(blocking=False):
        return False
    try:
        end, pause = time.monotonic() + seconds, _FIRST_PAUSE_S
        while (is_under_way := _is_under_way(key)) and time.monotonic() < end:
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)
        return not is_under_way
    finally:
        _places.release()


def _is_under_way(key: JobKey) -> bool:
    with database().reading() as connection:
        job = load_job(connection, key)
    return job is not None and JobState(job["state"]) in UNDER_WAY
