"""The service with tokens of an issuer: whose they are, what they grant, and what those who forge them learn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from models.access import Role
from service.app import create_app
from service.database import Database
from service.operations.access import create_token, list_tokens, revoke_token
from service.settings import Settings

Ask = Callable[..., TestResponse]
MUNICIPALITIES = text(
    "INSERT INTO municipality (municipality_code, name_fi, name_sv, is_fictitious) VALUES"
    " ('901', 'Koekylä', 'Provby', true), ('902', 'Koelaakso', 'Provdal', true), ('903', 'Koelahti', 'Provvik', true),"
    " ('904', 'Koeniemi', 'Provnäs', true)"
)
GRANT_901 = [{"role": "engineer", "municipality": "901"}]
GRANTS_OF_TWO = [*GRANT_901, {"role": "engineer", "municipality": "902"}]


def now() -> int:
    """The time of the test, which may be minutes after that of its collection."""
    return int(time.time())


def building(municipality_code: str) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [24.95, 60.17]}
    return {"municipality_code": municipality_code, "name": municipality_code, "status": "in_use", "geometry": place}


@pytest.fixture(scope="module")
def app(module_database: Database, shared_issuer: Any) -> Flask:
    """The service, with a building in each of three municipalities."""
    with module_database.writing() as session:
        session.execute(MUNICIPALITIES)
    groups = {"/kunta/901/tekla": "engineer:901", "5a1c": "viewer:*"}
    app = create_app(Settings("unused", oidc=shared_issuer.settings(group_grants=groups)), module_database)
    everyone = {"kuntokanta": ["admin:*"]}
    for code in ("901", "902", "903"):
        assert asked(app, shared_issuer, everyone)("POST", "/api/v1/building", json=building(code)).status_code == 201
    return app


def asked(app: Flask, issuer: Any, claims: Mapping[str, Any]) -> Ask:
    client, headers = app.test_client(), {"Authorization": f"Bearer {issuer.token(**claims)}"}
    return lambda method, path, **options: client.open(path, method=method, headers=headers, **options)


@pytest.fixture
def ask(app: Flask, shared_issuer: Any) -> Callable[..., Ask]:
    """Gives the service as the holder of a token with these claims sees it."""
    return lambda **claims: asked(app, shared_issuer, claims)


def names(answer: TestResponse) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {each["name"] for each in answer.json["items"]}


@pytest.mark.parametrize(
    "claims",
    [
        {"kuntokanta": GRANT_901},
        {"kuntokanta": GRANT_901[0]},
        {
            "kuntokanta": [
                "offline_access",
                "engineer:901",
                {"role": "boss", "municipality": "902"},
                None,
                ["admin:*"],
                7,
            ]
        },
        {"groups": ["/kunta/901/tekla", "/kunta/902/tekla", None]},
    ],
    ids=["objects", "an object", "texts among others", "a group"],
)
def test_a_grant_holds_in_its_municipality_and_for_its_role_alone(ask: Callable[..., Ask], claims: Any) -> None:
    engineer = ask(**claims)
    assert names(engineer("GET", "/api/v1/assets")) == {"901"}
    assert engineer("GET", "/api/v1/assets?municipality=902").status_code == 403
    assert engineer("POST", "/api/v1/building", json=building("902")).status_code == 403
    assert engineer("POST", "/api/v1/service-needs", json={}).status_code == 403
    assert engineer("POST", "/api/v1/building", json={}).status_code == 422


def test_a_national_group_reads_everywhere_and_writes_nowhere(ask: Callable[..., Ask]) -> None:
    viewer = ask(groups=["5a1c"])
    assert names(viewer("GET", "/api/v1/assets")) >= {"901", "902", "903"}
    assert viewer("POST", "/api/v1/building", json=building("901")).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"kuntokanta": []},
        {"kuntokanta": [{"role": "admin"}, {"role": "admin", "municipality": None}]},
        {"kuntokanta": ["admin", "admin:", "admin:91", "admin:091x", "Admin:901", "admin:٩٠١", "admin:901\n"]},
        {"groups": ["admin:*", "5A1C"]},
    ],
)
def test_what_is_not_plainly_a_grant_grants_nothing(ask: Callable[..., Ask], claims: Any) -> None:
    for path in ("/api/v1/assets", "/ogc/collections", "/api/v1/assets?municipality=901"):
        answer = ask(**claims)("GET", path)
        assert answer.status_code == 403
        assert "grants nothing" in answer.json["detail"]


def test_who_holds_in_several_municipalities_reads_and_writes_in_each_of_them(ask: Callable[..., Ask]) -> None:
    both = ask(kuntokanta=GRANTS_OF_TWO)
    for code in ("901", "902"):
        assert names(both("GET", f"/api/v1/assets?municipality={code}")) == {code}
        assert both("POST", "/api/v1/building", json=building(code) | {"status": "no"}).status_code == 422
    for answer in (
        both("GET", "/api/v1/assets?municipality=903"),
        both("POST", "/api/v1/building", json=building("903")),
        both("GET", "/ogc/collections/building/items?municipality=903"),
        both("POST", "/api/v1/parameters", json={}),
    ):
        assert answer.status_code == 403, answer.text


@pytest.mark.parametrize(
    "path", ["/api/v1/assets", "/api/v1/exports", "/ogc/collections/building/tiles/WebMercatorQuad/5/9/18"]
)
def test_who_holds_in_several_is_told_to_name_one_where_a_request_is_about_one(
    ask: Callable[..., Ask], path: str
) -> None:
    answer = ask(kuntokanta=GRANTS_OF_TWO)("GET", path)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["municipality"]
    assert "901, 902" in answer.json["detail"]


def test_a_map_client_sees_all_of_the_several_municipalities_and_no_other(ask: Callable[..., Ask]) -> None:
    both = ask(kuntokanta=GRANTS_OF_TWO)
    items = "/ogc/collections/building/items"
    for query in ("", "?filter=storeys IS NULL", "?filter=municipality_code IN ('901','902','903')"):
        found = both("GET", items + query).json
        assert {each["properties"]["municipality_code"] for each in found["features"]} == {"901", "902"}, query
        assert found["numberMatched"] == 2
    assert both("GET", f"{items}/{found['features'][0]['id']}").status_code == 200
    assert both("GET", f"{items}/903-1").status_code == 403
    extent = both("GET", "/ogc/collections/building").json["extent"]["spatial"]["bbox"][0]
    assert extent == pytest.approx([24.95, 60.17, 24.95, 60.17], abs=1e-4)
    assert "extent" not in both("GET", "/ogc/collections/water_main").json
    assert both("GET", "/").status_code == 200


def test_a_role_in_one_municipality_is_none_in_the_next(ask: Callable[..., Ask]) -> None:
    mixed = ask(kuntokanta=["engineer:901", "viewer:902"])
    assert names(mixed("GET", "/api/v1/assets?municipality=902")) == {"902"}
    refused = mixed("POST", "/api/v1/building", json=building("902"))
    assert refused.status_code == 403
    assert "holds for municipality 901, not 902" in refused.json["detail"]
    feature = {"type": "Feature", "properties": {"status": "no"}, "geometry": building("")["geometry"]}
    assert mixed("POST", "/ogc/collections/building/items", json=feature).status_code in (415, 422)


@pytest.mark.parametrize(
    ("claims", "holder"),
    [
        ({}, "Maija Meikäläinen (maija)"),
        ({"name": None}, "maija"),
        ({"name": ["Maija"], "sub": "0a-9"}, "0a-9"),
        ({"name": "Ma\x00ija\n" + "a" * 500}, "Maija" + "a" * 115 + " (maija)"),
        ({"name": "\ud800"}, "maija"),
    ],
)
def test_what_is_written_is_by_the_holder_as_the_issuer_names_them(
    ask: Callable[..., Ask], claims: Any, holder: str
) -> None:
    engineer = ask(kuntokanta=["engineer:904"], **claims)
    made = engineer("POST", "/api/v1/building", json=building("904"))
    assert made.status_code == 201, made.text
    history = engineer("GET", f"/api/v1/assets/{made.json['id']}/history").json["items"]
    assert [each["changed_by"] for each in history] == [holder]


BAD: dict[str, Callable[[Any], str]] = {
    "malformed": lambda _: "a.b.c",
    "unknown": lambda _: "nonsense",
    "too long": lambda issuer: issuer.token(padding="x" * 9000),
    "expired": lambda issuer: issuer.token(exp=now() - 60),
    "not yet valid": lambda issuer: issuer.token(nbf=now() + 600),
    "wrong audience": lambda issuer: issuer.token(aud="other"),
    "wrong issuer": lambda issuer: issuer.token(iss="https://other.example"),
    "forged": lambda issuer: issuer.token()[:-8] + "AAAAAAAA",
    "unfit subject": lambda issuer: issuer.token(sub="a\x00b"),
    "no bearer token": lambda _: "",
}


@pytest.mark.parametrize("reason", BAD)
def test_a_refusal_says_the_same_to_everyone_and_why_in_the_log(app: Flask, shared_issuer: Any, reason: str) -> None:
    token = BAD[reason](shared_issuer)
    with capture_logs() as logged:
        answer = app.test_client().get("/api/v1/assets", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="kuntokanta", error="invalid_token"'
    if token:
        assert answer.json["detail"].startswith("The access token is not good:")
        assert token not in str(logged)
        assert token not in answer.text
    assert logged == [{"event": "token_refused", "log_level": "warning", "reason": reason}]


def test_own_tokens_are_good_beside_those_of_the_issuer_and_told_apart_in_the_log_alone(
    app: Flask, module_database: Database
) -> None:
    token = create_token(module_database, holder="own", role=Role.VIEWER, municipality_code="901")
    get = lambda: app.test_client().get("/api/v1/assets", headers={"Authorization": f"Bearer {token}"})  # noqa: E731
    assert get().status_code == 200
    revoke_token(module_database, list_tokens(module_database)[-1]["token_id"])
    with capture_logs() as logged:
        revoked = get()
    assert logged[0]["reason"] == "revoked"
    unknown = app.test_client().get("/api/v1/assets", headers={"Authorization": "Bearer " + "x" * 43})
    assert (revoked.status_code, revoked.data) == (unknown.status_code, unknown.data)


def test_where_no_issuer_is_trusted_no_token_of_one_is_good(module_database: Database, shared_issuer: Any) -> None:
    app = create_app(Settings("unused"), module_database)
    answer = asked(app, shared_issuer, {"kuntokanta": ["admin:*"]})("GET", "/api/v1/assets")
    assert answer.status_code == 401


@pytest.fixture
def alone(module_database: Database, issuer: Any) -> Iterator[Ask]:
    """The service when its issuer has gone."""
    app = create_app(Settings("unused", oidc=issuer.settings()), module_database)
    ask = asked(app, issuer, {"kuntokanta": ["admin:*"]})
    issuer.close()
    return ask


def test_a_silent_issuer_is_no_fault_of_the_token_and_passes_by(alone: Ask) -> None:
    answer = alone("GET", "/api/v1/assets")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "127.0.0.1" not in answer.text
