"""Who may do what: by role, by municipality, and nothing without a token."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from models.access import Role
from service.app import create_app
from service.database import Database
from service.operations.access import create_token, list_tokens, revoke_token
from service.settings import Settings

NEED = {"municipality_code": "901", "service_code": "none", "area_code": "A", "scenario": "s", "year": 2030}
PARAMETER = {"name": "none", "valid_from": "2026-01-01", "source_id": "none"}


@pytest.mark.parametrize("path", ["/api/v1/assets", "/api/v1/asset-classes", "/api/v1/building", "/ogc/collections"])
def test_nothing_is_read_without_a_token(service_for: Callable[..., Any], path: str) -> None:
    answer = service_for(None)("GET", path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/readyz", "/api/v1/openapi.json", "/ogc", "/ogc/api"])
def test_what_describes_the_service_is_open(service_for: Callable[..., Any], path: str) -> None:
    assert service_for(None)("GET", path).status_code in (200, 308)


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic abc", "Bearer nonsense", "Bearer ä", "x" * 5000])
def test_a_token_that_is_not_good_is_refused_even_where_none_is_needed(
    service_for: Callable[..., Any], header: str
) -> None:
    assert service_for(None)("GET", "/", headers={"Authorization": header}).status_code == 401


def test_an_expired_and_a_revoked_token_are_refused(app: Any, module_database: Database) -> None:
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    expired = create_token(module_database, holder="old", role=Role.ADMIN, expires_at=yesterday)
    revoked = create_token(module_database, holder="gone", role=Role.ADMIN)
    number = next(each["token_id"] for each in list_tokens(module_database) if each["holder"] == "gone")
    assert app.test_client().get("/api/v1/assets", headers={"Authorization": f"Bearer {revoked}"}).status_code == 200
    revoke_token(module_database, number)
    for token in (expired, revoked):
        answer = app.test_client().get("/api/v1/assets", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


def test_tokens_are_stored_hashed_and_their_use_is_noted(module_database: Database, app: Any) -> None:
    token = create_token(module_database, holder="seen", role=Role.VIEWER)
    app.test_client().get("/api/v1/assets", headers={"Authorization": f"Bearer {token}"})
    noted = next(each for each in list_tokens(module_database) if each["holder"] == "seen")
    assert noted["last_used_at"] is not None
    assert not any(token in str(value) for value in noted.values())
    with module_database.reading() as connection:
        stored = connection.execute(text("SELECT access_token::text FROM access_token")).scalars().all()
    assert not any(token in row for row in stored)


MAY = {
    Role.VIEWER: set(),
    Role.ENGINEER: {"asset"},
    Role.PLANNER: {"need", "parameter"},
    Role.ADMIN: {"asset", "need", "parameter"},
}


@pytest.mark.parametrize("role", Role)
def test_each_role_writes_what_is_its_own(service_for: Callable[..., Any], role: Role) -> None:
    client = service_for(role)
    requests = {
        "asset": ("/api/v1/building", {}),
        "need": ("/api/v1/service-needs", NEED),
        "parameter": ("/api/v1/parameters", PARAMETER),
    }
    statuses = {name: client("POST", path, json=body).status_code for name, (path, body) in requests.items()}
    # What is allowed is read, and then found faulty.
    assert statuses == {name: 422 if name in MAY[role] else 403 for name in requests}


def test_a_grant_for_one_municipality_ends_at_its_border(
    service_for: Callable[..., Any], engineer: Any, admin: Any, school: dict[str, Any], school_body: dict[str, Any]
) -> None:
    other = service_for(Role.ENGINEER, "902")
    path = f"/api/v1/building/{school['id']}"
    for answer in (
        other("GET", path),
        other("GET", f"/api/v1/assets/{school['id']}"),
        other("GET", f"/api/v1/assets/{school['id']}/assessments"),
        other("GET", "/api/v1/assets?municipality=901"),
        other("PATCH", path, json={"name": "x"}, headers={"If-Match": "*"}),
        other("DELETE", path, headers={"If-Match": "*"}),
        other("POST", "/api/v1/building", json=school_body),
        other("GET", f"/ogc/collections/building/items/{school['id']}"),
        other("GET", "/ogc/collections/building/items?municipality=901"),
    ):
        assert answer.status_code == 403, answer.text
    assert other("GET", "/api/v1/assets").json["items"] == []
    assert other("GET", "/ogc/collections/building/items?municipality=902").json["features"] == []
    assert other("GET", "/ogc/collections/building/items").json["features"] == []
    assert school["id"] in [each["id"] for each in admin("GET", "/api/v1/assets").json["items"]]


def test_a_municipal_planner_writes_no_national_parameter(planner: Any) -> None:
    answer = planner("POST", "/api/v1/parameters", json=PARAMETER)
    assert answer.status_code == 403


def test_open_reading_lets_everyone_read_and_nobody_write(module_database: Database) -> None:
    client = create_app(Settings(database_url="unused", open_reading=True), module_database).test_client()
    assert client.get("/api/v1/assets").status_code == 200
    assert client.get("/ogc/collections").status_code == 200
    assert client.post("/api/v1/building", json={}).status_code == 401
