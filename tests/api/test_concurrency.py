"""Two people at one asset: no change is lost, and a repeated request is done once."""

from __future__ import annotations

import datetime
import functools
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from models.registry import ASSET_CLASSES
from service.acting import acting_as, operator
from service.database import Database
from service.errors import ChangesCollided
from service.operations.kept_answers import (
    KEPT_FOR,
    Answer,
    RepeatableRequest,
    find_kept_answer,
    forget_old_answers,
    keep_answer,
)


def at_once(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_without_if_match_is_refused(engineer: Any, school: dict[str, Any], method: str) -> None:
    answer = engineer(method, f"/api/v1/building/{school['id']}", json={})
    assert answer.status_code == 428
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("etag", ['"7"', '"abc"', 'W/"1"', "1", '"1x"', '"-1"', '""', f'"{"9" * 5000}"'])
def test_a_change_of_another_version_is_refused(engineer: Any, school: dict[str, Any], etag: str) -> None:
    path = f"/api/v1/building/{school['id']}"
    answer = engineer("PATCH", path, json={"name": "Toinen"}, headers={"If-Match": etag})
    # A bare 1 is read as the tag "1", as many clients send it.
    assert answer.status_code == (200 if etag == "1" else 412)


@pytest.mark.parametrize("place", ["/api/v1/building", "/ogc/collections/building/items"])
def test_what_was_read_before_others_changed_it_is_stale_and_not_at_fault(
    engineer: Any, school: dict[str, Any], place: str
) -> None:
    path = f"{place}/{school['id']}"
    read = engineer("GET", path)
    assert engineer("PATCH", f"/api/v1/building/{school['id']}", json={}, headers={"If-Match": "*"}).status_code == 200
    answer = engineer("PUT", path, json=read.json, headers={"If-Match": read.headers["ETag"]})
    assert (answer.status_code, answer.headers["ETag"]) == (412, engineer("GET", path).headers["ETag"])


def test_of_two_changes_of_one_version_the_second_is_stale(engineer: Any, school: dict[str, Any]) -> None:
    path = f"/api/v1/building/{school['id']}"
    statuses: list[int] = []

    def change(name: str) -> None:
        statuses.append(engineer("PATCH", path, json={"name": name}, headers={"If-Match": '"1"'}).status_code)

    at_once(*(functools.partial(change, f"Nimi {number}") for number in range(4)))
    assert sorted(statuses) == [200, 412, 412, 412]
    assert engineer("GET", path).json["row_version"] == 2


def test_of_two_who_add_the_same_record_the_second_is_told_of_the_first(
    planner: Any, module_database: Database
) -> None:
    path, answers = "/api/v1/budgets/901/2041/bridge", list[Any]()
    bridge = ASSET_CLASSES["bridge"].number
    second = threading.Thread(target=lambda: answers.append(planner("PUT", path, json={"amount_eur": 2})))
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
    with acting_as(operator()), module_database.writing() as first:
        first.execute(text("INSERT INTO budget VALUES ('901', 2041, :bridge, 1)"), {"bridge": bridge})
        second.start()
        while second.is_alive() and not first.execute(waits).scalar():
            time.sleep(0.01)
    second.join()
    assert [each.status_code for each in answers] == [428]
    assert planner("GET", path).json["amount_eur"] == 1


def test_a_client_that_has_the_version_is_told_so(engineer: Any, school: dict[str, Any]) -> None:
    path = f"/api/v1/assets/{school['id']}"
    answer = engineer("GET", path, headers={"If-None-Match": '"1"'})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", '"1"')
    assert engineer("GET", path, headers={"If-None-Match": '"2"'}).status_code == 200


def count_assets(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM asset")).scalar_one())


def test_a_repeated_post_is_done_once(engineer: Any, school_body: dict[str, Any], module_database: Database) -> None:
    before = count_assets(module_database)
    headers = {"Idempotency-Key": "one-and-the-same"}
    first, second = (engineer("POST", "/api/v1/building", json=school_body, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    assert first.headers["Location"] == second.headers["Location"]
    assert count_assets(module_database) == before + 1


def test_a_key_of_another_request_is_refused(engineer: Any, school_body: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": "used-otherwise"}
    assert engineer("POST", "/api/v1/building", json=school_body, headers=headers).status_code == 201
    answer = engineer("POST", "/api/v1/building", json={**school_body, "name": "Muu"}, headers=headers)
    assert answer.status_code == 422


def test_a_failed_post_may_be_repeated_with_its_key(engineer: Any, school_body: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": "first-wrong"}
    assert engineer("POST", "/api/v1/building", json={}, headers=headers).status_code == 422
    assert engineer("POST", "/api/v1/building", json=school_body, headers=headers).status_code == 201


def test_a_request_sent_several_times_at_once_is_done_once_and_all_are_told_the_same(
    engineer: Any, school_body: dict[str, Any], module_database: Database
) -> None:
    before = count_assets(module_database)
    answers: list[tuple[int, bytes]] = []

    def send() -> None:
        answer = engineer("POST", "/api/v1/building", json=school_body, headers={"Idempotency-Key": "at-once"})
        answers.append((answer.status_code, answer.data))

    at_once(*[send] * 4)
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert count_assets(module_database) == before + 1


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_sent_several_times_at_once_with_one_key_is_done_once(
    engineer: Any, school: dict[str, Any], method: str
) -> None:
    path = f"/api/v1/building/{school['id']}"
    headers = {"Idempotency-Key": f"{method} at once", "If-Match": '"1"'}
    # As it was read: with its version, which is another's once the first of them is done.
    body = {**school, "name": "Uusi"} if method == "PUT" else {"name": "Uusi"}
    statuses: list[int] = []

    def change() -> None:
        statuses.append(engineer(method, path, json=body, headers=headers).status_code)

    at_once(*[change] * 4)
    assert statuses == [200] * 4
    assert engineer("GET", path).json["row_version"] == 2


def test_of_two_changes_that_wait_for_each_other_one_is_told_to_come_again(module_database: Database) -> None:
    lock = text("SELECT pg_advisory_xact_lock(:number)")
    told: list[type[Exception]] = []
    met = threading.Barrier(2)

    def change(first: int, second: int) -> None:
        try:
            with module_database.writing() as session:
                session.execute(lock, {"number": first})
                met.wait(10)
                session.execute(lock, {"number": second})
        except ChangesCollided as error:
            told.append(type(error))

    at_once(lambda: change(1, 2), lambda: change(2, 1))
    assert told == [ChangesCollided]


def test_an_answer_is_kept_only_together_with_what_it_tells(module_database: Database) -> None:
    request = RepeatableRequest(b"someone", "cut off", b"")

    def cut_off() -> None:
        with module_database.writing() as session:
            keep_answer(session, request, Answer(201, {}, "{}"), "901")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cut_off()
    assert find_kept_answer(module_database, request) is None


def test_an_answer_is_given_again_for_a_day_and_forgotten_then(
    engineer: Any, school_body: dict[str, Any], module_database: Database
) -> None:
    headers = {"Idempotency-Key": "yesterday"}
    first = engineer("POST", "/api/v1/building", json=school_body, headers=headers)
    age = text("UPDATE kept_answer SET answered_at = answered_at - :age WHERE idempotency_key = 'yesterday'")
    with module_database.writing() as session:
        session.execute(age, {"age": KEPT_FOR - datetime.timedelta(minutes=1)})
    assert engineer("POST", "/api/v1/building", json=school_body, headers=headers).data == first.data
    with module_database.writing() as session:
        session.execute(age, {"age": datetime.timedelta(minutes=2)})
    anew = engineer("POST", "/api/v1/building", json={**school_body, "name": "Muu"}, headers=headers)
    assert (anew.status_code, anew.json["name"]) == (201, "Muu")
    with module_database.writing() as session:
        session.execute(age, {"age": KEPT_FOR})
    assert forget_old_answers(module_database) == 1
