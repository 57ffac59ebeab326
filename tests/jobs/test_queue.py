"""Jobs are carried out once each, in fair order, whatever becomes of the workers."""

from __future__ import annotations

import datetime
import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from models.job import CHUNK_BYTES
from service.database import Database
from service.errors import DataConflict, InvalidData, NotFound, TooManyJobs
from service.operations import jobs
from service.operations.jobs import (
    EXPORT,
    IMPORT,
    Job,
    JobKind,
    JobProgress,
    cancel_job,
    enqueue,
    finish_job,
    look_at_job,
    retry_job,
)
from service.operations.stored_files import NewFile, find_file, on_disk, read_chunks, remove_expired_files
from service.operations.worker import JobWork, Worker
from service.queries.job_queue import listen, wait_for_news
from service.queries.jobs import JobKey

ALONE = JobKind("alone", EXPORT.numbers, one_at_a_time=True)
TOGETHER = JobKind("together", EXPORT.numbers)


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def working(database: Database, carry_out: Any, places: int = 2, attempts: int = 3) -> Iterator[Worker]:
    works = {kind: JobWork(carry_out) for kind in (ALONE, TOGETHER)}
    worker = Worker(database, works, places=places, attempts=attempts)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def ask(database: Database, code: str = "999", kind: JobKind = TOGETHER, **request: Any) -> JobKey:
    return JobKey(code, kind.name, enqueue(database, kind, code, request, "tester"))


def state(database: Database, key: JobKey) -> str:
    return str(look_at_job(database, key)["state"])


def test_a_job_is_carried_out_and_its_progress_result_or_error_told(module_database: Database) -> None:
    go_on = threading.Event()

    def carry_out(_database: Database, job: Job, progress: JobProgress) -> dict[str, Any]:
        if "fault" in job.request:
            raise InvalidData(job.request["fault"])
        if "crash" in job.request:
            raise ZeroDivisionError
        progress("read", 0, 400)
        time.sleep(0.6)
        progress("read", 100, 400)
        go_on.wait(10)
        return {"asked": job.request["what"], "by": job.requested_by}

    good = ask(module_database, what="ä")
    assert (state(module_database, good), look_at_job(module_database, good)["places"]) == ("queued", 0)
    with working(module_database, carry_out):
        until(lambda: look_at_job(module_database, good)["rows_done"] == 100)
        told = look_at_job(module_database, good)
        assert (told["step"], told["rows_total"], told["places"]) == ("read", 400, 2)
        assert 1.5 < told["seconds_left"] < 5
        go_on.set()
        until(lambda: state(module_database, good) == "finished")
        bad, broken = ask(module_database, fault="no such thing"), ask(module_database, crash=True)
        until(lambda: state(module_database, bad) == state(module_database, broken) == "failed")
    assert look_at_job(module_database, good)["result"] == {"asked": "ä", "by": "tester"}
    assert look_at_job(module_database, bad)["error"] == "no such thing"
    assert "logged as urn:uuid:" in look_at_job(module_database, broken)["error"]


def test_a_municipality_with_many_jobs_does_not_keep_others_waiting(module_database: Database) -> None:
    order: list[str] = []

    def carry_out(_database: Database, job: Job, _progress: JobProgress) -> dict[str, Any]:
        order.append(job.key.municipality_code)
        return {}

    many = [ask(module_database, "091") for _ in range(20)]
    few = [ask(module_database, "092"), ask(module_database, "049")]
    with working(module_database, carry_out, places=1):
        until(lambda: all(state(module_database, key) == "finished" for key in (*many, *few)))
    assert set(order[:3]) == {"091", "092", "049"}


def test_every_job_is_done_once_by_workers_side_by_side_and_some_one_at_a_time(module_database: Database) -> None:
    done: list[JobKey] = []
    under_way, most = [0], [0]

    def carry_out(_database: Database, job: Job, _progress: JobProgress) -> dict[str, Any]:
        done.append(job.key)
        if job.key.kind == ALONE.name:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
            time.sleep(0.05)
            under_way[0] -= 1
        return {}

    with working(module_database, carry_out), working(module_database, carry_out):
        keys = [ask(module_database, kind=TOGETHER if number % 5 else ALONE) for number in range(40)]
        until(lambda: all(state(module_database, key) == "finished" for key in keys))
    assert sorted(map(str, done)) == sorted(map(str, keys))
    assert most == [1]


def test_a_cancelled_job_leaves_nothing_and_may_be_tried_again(module_database: Database) -> None:
    began, go_on = threading.Event(), threading.Event()

    def carry_out(database: Database, job: Job, _progress: JobProgress) -> None:
        with database.writing() as session:
            session.execute(text("UPDATE municipality SET name_en = 'Changed' WHERE municipality_code = '999'"))
            began.set()
            go_on.wait(10)
            finish_job(session, job, {"changed": 1})

    name = text("SELECT name_en FROM municipality WHERE municipality_code = '999'")
    with working(module_database, carry_out):
        waiting, key = ask(module_database, kind=IMPORT), ask(module_database)
        cancel_job(module_database, waiting)
        assert began.wait(10)
        cancel_job(module_database, key)
        go_on.set()
        with pytest.raises(DataConflict, match="cancelled"):
            cancel_job(module_database, key)
        retry_job(module_database, key)
        with module_database.reading() as connection:
            assert connection.execute(name).scalar_one() != "Changed"
        until(lambda: state(module_database, key) == "finished")
    assert look_at_job(module_database, key)["result"] == {"changed": 1}
    with pytest.raises(DataConflict, match="finished"):
        retry_job(module_database, key)
    with pytest.raises(NotFound):
        cancel_job(module_database, JobKey("999", "together", 10**9))


def test_a_municipality_has_only_so_many_jobs_waiting(
    module_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 2)
    waiting = [ask(module_database, "091") for _ in range(2)]
    with pytest.raises(TooManyJobs):
        ask(module_database, "091")
    ask(module_database, "092")
    for key in waiting:
        cancel_job(module_database, key)
    assert ask(module_database, "091")


def test_a_worker_that_is_told_to_end_hands_its_job_back(module_database: Database) -> None:
    began, second = threading.Event(), threading.Event()

    def carry_out(_database: Database, _job: Job, progress: JobProgress) -> dict[str, Any]:
        for _ in range(1000):
            if second.is_set():
                break
            progress("work", 0, 1)
            began.set()
            time.sleep(0.02)
        return {}

    with working(module_database, carry_out):
        key = ask(module_database)
        assert began.wait(10)
    assert (state(module_database, key), look_at_job(module_database, key)["attempts"]) == ("queued", 0)
    second.set()
    with working(module_database, carry_out):
        until(lambda: state(module_database, key) == "finished")


def test_a_job_whose_worker_dies_each_time_fails_in_the_end(module_database: Database) -> None:
    key = ask(module_database)
    dead = {"now": datetime.datetime.now(datetime.UTC), "id": key.job_id}
    for attempts in (1, 2):
        with module_database.writing() as session:
            session.execute(
                text("UPDATE job SET state = 'running', attempts = :n, started_at = :now WHERE job_id = :id"),
                dead | {"n": attempts},
            )
        Worker(module_database, {ALONE: JobWork(lambda *_: {})}, attempts=2).work_off()
        assert state(module_database, key) == ("queued" if attempts == 1 else "failed")
    assert "ended 2 times" in look_at_job(module_database, key)["error"]


def test_a_worker_that_finds_nothing_to_do_wakes_nobody(module_database: Database) -> None:
    with closing(module_database.lasting()) as connection:
        listen(connection)
        Worker(module_database, {ALONE: JobWork(lambda *_: {})}).work_off()
        assert not wait_for_news(connection, 0.2)
        ask(module_database, kind=ALONE)
        assert wait_for_news(connection, 10)


def test_a_file_goes_in_and_out_unchanged_in_chunks_and_goes_when_its_time_is_over(module_database: Database) -> None:
    content = bytes(range(256)) * (CHUNK_BYTES // 256) * 2 + b"rest"
    file = NewFile("../Rekisteri.TAR.gz", "application/gzip", io.BytesIO(content))
    job_id = enqueue(module_database, TOGETHER, "999", {}, "tester", file)
    row = look_at_job(module_database, JobKey("999", "together", job_id))
    kept = find_file(module_database, "999", row["file_id"])
    assert (kept.size_bytes, len(kept.sha256)) == (len(content), 64)
    assert b"".join(read_chunks(module_database, kept)) == content
    with on_disk(module_database, kept) as path:
        assert (path.read_bytes(), path.name) == (content, "file.tar.gz")
    assert remove_expired_files(module_database) == 0
    with module_database.writing() as session:
        session.execute(text("UPDATE stored_file SET expires_at = stored_at"))
    assert remove_expired_files(module_database) == 1
    with pytest.raises(NotFound):
        find_file(module_database, "999", row["file_id"])
