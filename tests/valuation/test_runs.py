"""Runs over the web: they end, can be cancelled, and do not stay running when their process dies."""

from __future__ import annotations

import datetime
import json
import threading
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from service.acting import acting_as, operator
from service.database import Database
from service.errors import DataConflict, NotFound, RunCancelled
from service.job_kinds import JOB_WORKS
from service.operations.run_requests import RunRequest, queued_request, request_of_run
from service.operations.runs import cancel_run, look_at_run, queue_run
from service.operations.scenario_requests import FundingRequest, GivenBudget, ScenarioRequest
from service.operations.valuation import begin_run, carry_out_run
from service.operations.valuation_computation import ValuationRequest
from service.operations.worker import Worker

BUDGETS = (GivenBudget(None, (Decimal("0.10"), Decimal(2))), GivenBudget(("building",), (Decimal(3),)))
REQUEST = ValuationRequest("999", 2026)


def work_off(database: Database) -> int:
    return Worker(database, JOB_WORKS).work_off()


def test_a_run_waits_for_a_worker_and_says_so_where_there_is_none(
    database: Database, two_schools: tuple[int, int]
) -> None:
    run_id = queue_run(database, REQUEST)
    waiting = look_at_run(database, "999", run_id)
    assert (waiting["state"], waiting["workers"]) == ("queued", 0)
    assert work_off(database) == 1
    run = look_at_run(database, "999", run_id)
    assert (run["state"], run["asset_count"], run["workers"]) == ("finished", 2, None)
    assert isinstance(run["finished_at"], datetime.datetime)


def test_a_waiting_run_can_be_cancelled_and_a_failed_one_says_why(
    database: Database, two_schools: tuple[int, int]
) -> None:
    run_id, other = queue_run(database, REQUEST), queue_run(database, replace(REQUEST, scenario="none such"))
    cancel_run(database, "999", run_id)
    assert work_off(database) == 1
    assert look_at_run(database, "999", run_id)["state"] == "cancelled"
    failed = look_at_run(database, "999", other)
    assert failed["state"] == "failed"
    assert "none such" in failed["error"]


def test_a_run_whose_worker_died_is_tried_again_and_given_up_after_a_few_times(
    database: Database, two_schools: tuple[int, int]
) -> None:
    run_id, hopeless = queue_run(database, REQUEST), queue_run(database, REQUEST)
    dying = text(
        "UPDATE job SET state = 'running', started_at = queued_at, attempts = CASE job_id WHEN :id THEN 1 ELSE 3 END"
    )
    with database.writing() as session:
        session.execute(dying, {"id": run_id})
        session.execute(text("UPDATE run SET state = 'running'"))
    assert look_at_run(database, "999", run_id)["state"] == "running"
    assert work_off(database) == 1
    assert look_at_run(database, "999", run_id)["state"] == "finished"
    given_up = look_at_run(database, "999", hopeless)
    assert given_up["state"] == "failed"
    assert "ended 3 times" in given_up["error"]


@pytest.mark.parametrize(
    "request_",
    [
        ValuationRequest("091", 2026, "npv", "high", 5, True, "me", "low", "cohort", 2024),
        ScenarioRequest("091", 3, 7, "worst_first", True, BUDGETS, 0.8, (0.01, 0.02, 0.03), "me"),
        FundingRequest("091", 10, goal_backlog_eur=Decimal("1234567.10"), price_change=(0.02,)),
    ],
)
def test_a_request_comes_out_of_the_queue_as_it_went_in(request_: RunRequest) -> None:
    assert request_of_run(json.loads(json.dumps(queued_request(request_)))) == request_


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
            with acting_as(operator()):
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
