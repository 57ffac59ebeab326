"""Runs over the web: they end, can be cancelled, and do not stay running when their process dies."""

from __future__ import annotations

import datetime
import threading
import time

import pytest
from sqlalchemy import text

from service.database import Database
from service.errors import DataConflict, NotFound, RunCancelled, TooManyRuns
from service.operations import runs
from service.operations.runs import cancel_run, look_at_run, start_run
from service.operations.valuation import begin_run, carry_out_run
from service.operations.valuation_computation import ValuationRequest

REQUEST = ValuationRequest("999", 2026)


def test_a_started_run_finishes_by_itself(database: Database, two_schools: tuple[int, int]) -> None:
    run_id = start_run(database, REQUEST)
    deadline = time.monotonic() + 20
    while (run := look_at_run(database, "999", run_id))["state"] == "running" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (run["state"], run["asset_count"]) == ("finished", 2)
    assert isinstance(run["finished_at"], datetime.datetime)


def test_runs_beyond_those_carried_out_at_a_time_are_refused_and_not_recorded(
    database: Database, two_schools: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(runs, "carry_out", lambda *given: (given[-1](), go_on.wait(10)))
    monkeypatch.setattr(runs, "PLACE_WAIT_S", 0.01)
    started = [start_run(database, REQUEST) for _ in range(runs.RUNS_AT_ONCE)]

    with pytest.raises(TooManyRuns):
        start_run(database, REQUEST)
    go_on.set()

    with database.reading() as connection:
        assert connection.execute(text("SELECT array_agg(run_id ORDER BY run_id) FROM run")).scalar_one() == started
    monkeypatch.setattr(runs, "PLACE_WAIT_S", 10)
    assert start_run(database, REQUEST) > started[-1]


def test_a_run_cancelled_while_it_works_stores_nothing(database: Database, two_schools: tuple[int, int]) -> None:
    run_id = begin_run(database, REQUEST)
    loading, go_on = threading.Event(), threading.Event()

    def pause(step: str) -> None:
        if step == "compute":
            loading.set()
            go_on.wait(10)

    caught: list[BaseException] = []

    def work() -> None:
        try:
            carry_out_run(database, REQUEST, run_id, pause)
        except RunCancelled as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert loading.wait(10)
    cancel_run(database, "999", run_id)
    go_on.set()
    thread.join(20)
    assert len(caught) == 1
    assert look_at_run(database, "999", run_id)["state"] == "cancelled"
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM asset_valuation")).scalar_one() == 0


def test_a_run_whose_process_died_is_found_failed(database: Database, two_schools: tuple[int, int]) -> None:
    run_id = begin_run(database, REQUEST)  # and nobody carries it out
    run = look_at_run(database, "999", run_id)
    assert run["state"] == "failed"
    assert "start the run again" in run["error"]


def test_an_ended_or_missing_run_cannot_be_cancelled(database: Database, two_schools: tuple[int, int]) -> None:
    run_id = begin_run(database, REQUEST)
    carry_out_run(database, REQUEST, run_id)
    with pytest.raises(DataConflict):
        cancel_run(database, "999", run_id)
    with pytest.raises(NotFound):
        cancel_run(database, "999", run_id + 1)
