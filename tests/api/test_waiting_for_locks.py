"""Nobody waits without end for what others hold: a request is answered with when to come again, and does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from models.access import Role
from service.app import create_app
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.access import authenticate, create_token
from service.queries.kept_answers import lock_key
from service.settings import WEB_LIMITS, Settings


@pytest.fixture
def impatient(cluster: Cluster, module_database: Database, engineer: Any) -> Iterator[Any]:
    """The service as an engineer sees it, in a process that hardly waits."""
    with module_database.reading() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    database = Database(cluster.service_url(name), limits=replace(WEB_LIMITS, lock_ms=100))
    yield replace(engineer, client=create_app(Settings(database_url="unused"), database).test_client())
    database.close()


def test_a_record_that_others_hold_is_waited_for_only_so_long(
    impatient: Any, engineer: Any, school: dict[str, Any], module_database: Database
) -> None:
    path, asset_id = f"/api/v1/building/{school['id']}", int(school["id"].partition("-")[2])
    with module_database.writing() as session:
        session.execute(text("SELECT FROM asset WHERE asset_id = :id FOR UPDATE"), {"id": asset_id})
        answer = impatient("PATCH", path, json={"name": "Uusi"}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json["type"] == "urn:kuntokanta:problem:record-busy"
    assert engineer("PATCH", path, json={"name": "Uusi"}, headers={"If-Match": '"1"'}).status_code == 200


def test_a_repeated_request_is_told_to_come_again_while_the_first_is_under_way(
    impatient: Any, school_body: dict[str, Any], module_database: Database
) -> None:
    token = create_token(module_database, holder="twice", role=Role.ENGINEER, municipality_code="901")
    twice, headers = replace(impatient, token=token), {"Idempotency-Key": "under way"}
    with module_database.writing() as session:
        lock_key(session, authenticate(module_database, token).sha256, "under way")
        answer = twice("POST", "/api/v1/building", json=school_body, headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "1")
    assert answer.json["type"] == "urn:kuntokanta:problem:same-request-under-way"
    assert twice("POST", "/api/v1/building", json=school_body, headers=headers).status_code == 201
