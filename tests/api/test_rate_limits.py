"""Nobody keeps the service from others by asking it all the time: how often one may ask, and how that is told."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from models.access import Role
from service.api.rates import WINDOW_S, Rate
from service.app import create_app
from service.database import Database
from service.operations.access import create_token
from service.settings import RateSettings, Settings

MOST = 3
Client = Callable[..., TestResponse]


@pytest.fixture
def client_of(app: Any, module_database: Database) -> Callable[..., FlaskClient]:
    """Gives a client of a service of its own, with few requests a minute for everybody."""

    def client_of(rates: RateSettings, *, open_reading: bool = False) -> FlaskClient:
        settings = Settings(database_url="unused", open_reading=open_reading, rates=rates)
        return create_app(settings, module_database).test_client()

    return client_of


@pytest.fixture
def token_for(module_database: Database) -> Callable[[str], dict[str, str]]:
    def token_for(holder: str) -> dict[str, str]:
        token = create_token(module_database, holder=holder, role=Role.VIEWER, municipality_code="901")
        return {"Authorization": f"Bearer {token}"}

    return token_for


def refused(answer: TestResponse) -> bool:
    """Whether an answer is the refusal that the description promises."""
    if answer.status_code != 429:
        return False
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == "urn:kuntokanta:problem:too-many-requests"
    assert 1 <= int(answer.headers["Retry-After"]) <= WINDOW_S
    assert re.fullmatch(r'"[a-z-]+";q=\d+;w=60', answer.headers["RateLimit-Policy"])
    assert re.fullmatch(r'"[a-z-]+";r=0;t=\d+', answer.headers["RateLimit"])
    return True


def outcomes(ask: Callable[[], TestResponse], times: int) -> list[int | str]:
    answers: Iterator[TestResponse] = (ask() for _ in range(times))
    return ["refused" if refused(each) else each.status_code for each in answers]


def test_a_holder_may_ask_so_often_a_minute_by_all_of_their_tokens_together_and_others_are_not_touched(
    client_of: Callable[..., FlaskClient], token_for: Callable[[str], dict[str, str]]
) -> None:
    client = client_of(RateSettings(holder_per_minute=MOST))
    one, same, other = token_for("one"), token_for("one"), token_for("other")
    path = "/api/v1/park?municipality=901"
    first = client.get(path, headers=one)
    assert (first.headers["RateLimit-Policy"], first.headers["RateLimit"]) == ('"holder";q=3;w=60', '"holder";r=2;t=20')
    assert outcomes(lambda: client.get(path, headers=same), 4) == [200, 200, "refused", "refused"]
    assert outcomes(lambda: client.get(path, headers=one), 1) == ["refused"]
    assert outcomes(lambda: client.get(path, headers=other), 1) == [200]


def test_nothing_is_written_by_a_request_too_many(
    client_of: Callable[..., FlaskClient], module_database: Database
) -> None:
    client = client_of(RateSettings(holder_per_minute=1))
    token = create_token(module_database, holder="writer", role=Role.ENGINEER, municipality_code="901")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "too many"}
    body = {"municipality_code": "901", "status": "in_use", "name": "Kerran"}
    assert client.post("/api/v1/park", json=body, headers=headers).status_code == 201
    assert refused(client.post("/api/v1/park", json={**body, "name": "Kahdesti"}, headers=headers))


@pytest.mark.parametrize("path", ["/api/v1/park", "/ogc/collections/building/items/{id}"])
def test_an_address_without_a_token_may_ask_so_often_also_what_is_answered_in_front_of_the_application(
    client_of: Callable[..., FlaskClient], school: dict[str, Any], path: str
) -> None:
    client = client_of(RateSettings(address_per_minute=MOST), open_reading=True)

    def ask(address: str) -> TestResponse:
        return client.get(path.format(id=school["id"]), headers={"X-Forwarded-For": address})

    assert outcomes(lambda: ask("192.0.2.1"), 5) == [200, 200, 200, "refused", "refused"]
    assert outcomes(lambda: ask("192.0.2.2"), 1) == [200]
    # One machine has all addresses of its network.
    assert outcomes(lambda: ask("2001:db8::1"), 2) == [200, 200]
    assert outcomes(lambda: ask("2001:db8::2"), 2) == [200, "refused"]


def test_who_sends_tokens_that_are_not_good_is_soon_told_to_wait_but_a_good_one_from_the_same_address_is_taken(
    client_of: Callable[..., FlaskClient], token_for: Callable[[str], dict[str, str]]
) -> None:
    client = client_of(RateSettings(refused_tokens_per_minute=MOST))
    bad = {"Authorization": "Bearer forged"}
    assert outcomes(lambda: client.get("/api/v1/services", headers=bad), 5) == [401, 401, 401, "refused", "refused"]
    assert outcomes(lambda: client.get("/api/v1/services", headers=token_for("good")), 1) == [200]


def test_what_watches_over_the_service_may_ask_as_often_as_it_likes(client_of: Callable[..., FlaskClient]) -> None:
    client = client_of(RateSettings(address_per_minute=1))
    assert outcomes(lambda: client.get("/healthz"), 4) == [200] * 4
    assert outcomes(lambda: client.get("/readyz"), 4) == [200] * 4


def test_no_limit_is_told_where_there_is_none(
    client_of: Callable[..., FlaskClient], token_for: Callable[[str], dict[str, str]]
) -> None:
    answer = client_of(RateSettings(holder_per_minute=0)).get("/api/v1/services", headers=token_for("free"))
    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/ogc/api"])
def test_every_operation_says_that_one_may_ask_too_often(engineer: Any, path: str) -> None:
    document = engineer("GET", path).json
    lacking = [
        (name, method)
        for name, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in ("get", "post", "put", "patch", "delete") and "429" not in operation["responses"]
    ]
    assert lacking == []
    assert set(document["components"]["responses"]["TooManyRequests"]["headers"]) >= {"Retry-After", "RateLimit"}


@given(
    st.integers(1, 20),
    st.lists(st.tuples(st.floats(0, 90, allow_nan=False), st.sampled_from("ab")), min_size=1, max_size=200),
)
def test_one_is_let_do_so_many_at_once_and_as_many_a_minute_and_waits_no_longer_than_told(
    per_minute: int, asked: list[tuple[float, str]]
) -> None:
    now = [0.0]
    rate = Rate("test", per_minute, lambda: now[0])
    done: dict[str, deque[float]] = {"a": deque(), "b": deque()}
    for pause, who in asked:
        now[0] += pause
        if rate.take(who):
            done[who].append(now[0])
            assert 0 <= rate.left(who)[0] < per_minute
        else:
            now[0] += rate.wait_s(who)
            assert rate.take(who), "waited as told"
            done[who].append(now[0])
    for times in done.values():
        for first, begin in enumerate(times):
            within = sum(begin <= each < begin + WINDOW_S for each in list(times)[first:])
            assert within <= 2 * per_minute
    assert {who for who, times in done.items() if times} == {who for _, who in asked}
