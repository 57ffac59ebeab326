"""The service as operators see it: alive, ready, behind a proxy, without its database."""

from __future__ import annotations

from typing import Any

import pytest

from service.database import Database
from service.errors import DatabaseUnavailable


def test_a_process_is_alive_and_ready(engineer: Any) -> None:
    assert engineer("GET", "/healthz").json == {"status": "alive"}
    assert engineer("GET", "/readyz").json["status"] == "ready"


def test_without_its_database_the_service_is_alive_but_not_ready(
    engineer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(_: Database) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr(Database, "reading", unavailable)
    assert engineer.client.get("/healthz").status_code == 200
    answer = engineer.client.get("/readyz")
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Retry-After"]


def test_addresses_are_those_that_the_client_sees_through_a_proxy(engineer: Any, school: dict[str, Any]) -> None:
    engineer("POST", "/api/v1/building", json={"municipality_code": "901", "status": "planned"})
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "kunto.example", "X-Forwarded-Prefix": "/register"}
    answer = engineer("GET", "/api/v1/building?limit=1", headers=headers)
    assert answer.json["next"].startswith("https://kunto.example/register/api/v1/building?limit=1&cursor=")
    assert "https://kunto.example/register/ogc" in engineer("GET", "/ogc?f=json", headers=headers).text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Forwarded-Prefix", "//elsewhere.example"),
        ("X-Forwarded-Prefix", "/\u202e"),
        ("X-Forwarded-Prefix", "/a, 1e999"),
        ("X-Forwarded-Host", "elsewhere.example/path"),
        ("X-Forwarded-Host", 'a"><script>'),
        ("X-Forwarded-Proto", "javascript"),
    ],
)
def test_what_no_proxy_would_tell_is_passed_over(engineer: Any, school: dict[str, Any], name: str, value: str) -> None:
    told = engineer("GET", f"/api/v1/building/{school['id']}", headers={name: value.encode().decode("latin-1")})
    assert told.status_code == 200
    assert told.data == engineer("GET", f"/api/v1/building/{school['id']}").data
    made = engineer(
        "POST",
        "/api/v1/building",
        headers={name: value.encode().decode("latin-1")},
        json={"municipality_code": "901", "status": "planned"},
    )
    assert made.headers["Location"].startswith("http://localhost/api/v1/building/")


def test_browsers_are_told_not_to_guess_types(engineer: Any) -> None:
    for path in ("/", "/api/v1/assets", "/api/v1/assets?x=1"):
        assert engineer("GET", path).headers["X-Content-Type-Options"] == "nosniff"
