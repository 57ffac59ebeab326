"""Two people at one asset: no change is lost, and a repeated request is done once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database


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


def test_of_two_changes_of_one_version_the_second_is_stale(engineer: Any, school: dict[str, Any]) -> None:
    path = f"/api/v1/building/{school['id']}"
    statuses: list[int] = []

    def change(name: str) -> None:
        statuses.append(engineer("PATCH", path, json={"name": name}, headers={"If-Match": '"1"'}).status_code)

    threads = [threading.Thread(target=change, args=(f"Nimi {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 412, 412, 412]
    assert engineer("GET", path).json["row_version"] == 2


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


def test_a_request_sent_twice_at_once_is_done_once(
    engineer: Any, school_body: dict[str, Any], module_database: Database
) -> None:
    before = count_assets(module_database)
    statuses: list[int] = []

    def send() -> None:
        headers = {"Idempotency-Key": "at-once"}
        statuses.append(engineer("POST", "/api/v1/building", json=school_body, headers=headers).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert count_assets(module_database) == before + 1
