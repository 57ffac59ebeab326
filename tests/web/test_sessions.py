"""Signing in to the pages: what a session lets its browser do, what ends it, and what other sites cannot do with it."""

from __future__ import annotations

import datetime
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from models.access import Role
from service.database import Database
from service.operations.access import create_token, list_tokens, revoke_token
from service.operations.principals import Grant, Principal
from service.operations.sessions import sign_in_by_issuer
from service.queries.access import revoke
from service.settings import SessionSettings
from service.web.next_page import next_page

OWN = {"Origin": "http://localhost"}
PARK = {"municipality_code": "999", "status": "in_use"}
Browser = FlaskClient


def sign_in(browser: Browser, token: str, query: str = "", **options: Any) -> TestResponse:
    return browser.post(f"/sign-in{query}", data={"token": token}, headers=options.pop("headers", OWN), **options)


def cookie(browser: Browser) -> str:
    found = browser.get_cookie("kuntokanta")
    assert found is not None
    return found.value


def form_token(browser: Browser) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/").text)
    assert found is not None
    return found[1]


def me(browser: Browser) -> Any:
    return browser.get("/api/v1/me").json


# ------------------------------------------------------------------------------------------------ what it is


def test_a_session_may_what_its_token_may_and_no_more(app: Flask, signed_in: Browser, token: str) -> None:
    by_session = me(signed_in)
    by_token = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json
    assert (by_session.pop("identified_by"), by_token.pop("identified_by")) == ("session", "token")
    assert by_token.pop("expires_at") is None
    assert by_session.pop("expires_at") is not None
    assert by_session == by_token
    assert by_session["holder"] == "Insinööri Ingman"
    assert by_session["grants"] == [{"role": "engineer", "municipality_code": "999"}]
    may = {each["action"]: each["municipality_codes"] for each in by_session["may"] if not each["everywhere"]}
    engineers = {"read", "download", "export", "import", "write_records"}
    assert may == {action: ["999"] if action in engineers else [] for action in may}


def test_who_is_nobody_is_told_what_everybody_may(browser: Browser) -> None:
    told = me(browser)
    assert (told["holder"], told["identified_by"], told["expires_at"], told["grants"]) == (None, None, None, [])
    assert [each["action"] for each in told["may"] if each["everywhere"]] == ["open", "sign_in"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_over_tls_of_other_hosts(
    app: Flask, token: str
) -> None:
    plain = sign_in(app.test_client(), token).headers["Set-Cookie"]
    assert set(plain.split("; ")[1:]) == {"HttpOnly", "Path=/", "SameSite=Lax"}
    asked = {"base_url": "https://kunta.example", "headers": {"Origin": "https://kunta.example"}}
    secure = sign_in(app.test_client(), token, **asked).headers["Set-Cookie"]
    assert secure.startswith("__Host-kuntokanta=")
    assert set(secure.split("; ")[1:]) == {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}


def test_over_tls_a_cookie_that_another_host_may_have_set_is_none(app: Flask, signed_in: Browser) -> None:
    other = app.test_client()
    other.set_cookie("kuntokanta", cookie(signed_in), domain="kunta.example", secure=True)
    assert other.get("/api/v1/me", base_url="https://kunta.example").json["holder"] is None


def test_of_a_session_only_a_hash_is_stored(demo: Database, signed_in: Browser) -> None:
    with demo.reading() as connection:
        rows = connection.execute(text("SELECT web_session::text FROM web_session")).scalars().all()
    assert rows
    assert not any(cookie(signed_in) in row for row in rows)


def test_each_sign_in_has_an_id_that_nobody_chose_and_ends_the_one_before(app: Flask, token: str) -> None:
    browser = app.test_client()
    browser.set_cookie("kuntokanta", "A" * 43)
    sign_in(browser, token)
    first = cookie(browser)
    assert first != "A" * 43
    sign_in(browser, token)
    assert cookie(browser) != first
    browser.set_cookie("kuntokanta", first)
    assert me(browser)["holder"] is None


@pytest.mark.parametrize("value", ["", "A" * 43, "x", "ä" * 43, "A" * 3000, "' OR true --"])
def test_a_made_up_cookie_is_nobodys(browser: Browser, value: str) -> None:
    browser.set_cookie("kuntokanta", value)
    assert me(browser)["holder"] is None
    assert browser.get("/api/v1/assets").status_code == 401


def test_a_token_goes_before_a_cookie(signed_in: Browser) -> None:
    assert signed_in.get("/api/v1/assets", headers={"Authorization": "Bearer nonsense"}).status_code == 401


# ------------------------------------------------------------------------------------------------ what ends it


def test_who_signs_out_is_out_also_with_a_copy_of_the_cookie(app: Flask, signed_in: Browser) -> None:
    copy, secret = app.test_client(), cookie(signed_in)
    copy.set_cookie("kuntokanta", secret)
    assert me(copy)["holder"] == "Insinööri Ingman"
    left = signed_in.post("/sign-out", data={"csrf": form_token(signed_in)}, headers=OWN)
    assert (left.status_code, left.headers["Location"]) == (303, "/")
    assert signed_in.get_cookie("kuntokanta") is None
    assert me(copy)["holder"] is None


def test_a_revoked_token_ends_its_sessions_at_once(demo: Database, signed_in: Browser) -> None:
    assert signed_in.get("/api/v1/assets").status_code == 200
    revoke_token(demo, list_tokens(demo)[-1]["token_id"])
    assert signed_in.get("/api/v1/assets").status_code == 401


def test_a_token_that_expires_ends_its_sessions_then(demo: Database, app: Flask) -> None:
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30)
    browser = app.test_client()
    sign_in(browser, create_token(demo, holder="soon", role=Role.VIEWER, expires_at=soon))
    assert datetime.datetime.fromisoformat(me(browser)["expires_at"]) == soon


def test_a_token_that_is_revoked_while_its_holder_signs_in_signs_nobody_in(
    demo: Database, app: Flask, token: str
) -> None:
    statuses: list[int] = []
    signing_in = threading.Thread(target=lambda: statuses.append(sign_in(app.test_client(), token).status_code))
    with demo.writing() as session:
        assert revoke(session, list_tokens(demo)[-1]["token_id"], datetime.datetime.now(datetime.UTC))
        signing_in.start()
        signing_in.join(0.3)
        assert signing_in.is_alive(), "it waits for what becomes of the token"
    signing_in.join()
    assert statuses == [401]


@pytest.mark.parametrize("change", ["last_used_at = now() - interval '61 minutes'", "expires_at = now()"])
def test_a_session_ends_when_it_is_not_used_and_after_its_time(demo: Database, signed_in: Browser, change: str) -> None:
    with demo.writing() as session:
        session.execute(text(f"UPDATE web_session SET {change}"))
    assert me(signed_in)["holder"] is None
    assert signed_in.get("/map", headers={"Accept": "text/html"}).status_code == 303


def test_use_keeps_a_session_alive(demo: Database, signed_in: Browser) -> None:
    with demo.writing() as session:
        for table in ("web_session", "access_token"):
            session.execute(text(f"UPDATE {table} SET last_used_at = now() - interval '59 minutes'"))
    assert me(signed_in)["holder"] is not None
    with demo.reading() as connection:
        idle = connection.execute(text("SELECT min(now() - last_used_at) FROM web_session")).scalar_one()
    assert idle < datetime.timedelta(minutes=1)
    used = list_tokens(demo)[-1]["last_used_at"]
    assert datetime.datetime.now(datetime.UTC) - used < datetime.timedelta(minutes=1)


def test_sessions_that_are_over_are_forgotten_when_the_next_begins(
    demo: Database, signed_in: Browser, app: Flask, token: str
) -> None:
    with demo.writing() as session:
        session.execute(text("UPDATE web_session SET expires_at = now()"))
    sign_in(app.test_client(), token)
    with demo.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM web_session")).scalar_one() == 1


# ------------------------------------------------------------------------------------------------ who may sign in

BAD: dict[str, Callable[[Database], str]] = {
    "no token": lambda _: " ",
    "unknown": lambda _: "nonsense",
    "too long": lambda _: "x" * 8001,
    "no issuer is trusted": lambda _: "a.b.c",
    "expired": lambda demo: create_token(
        demo, holder="old", role=Role.VIEWER, expires_at=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    ),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_refused_sign_in_says_the_same_to_everyone_and_why_in_the_log(
    demo: Database, browser: Browser, reason: str
) -> None:
    bad = BAD[reason](demo)
    with capture_logs() as logged:
        answer = sign_in(browser, bad, "?lang=en")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    told = answer.text.replace("<a href", "")
    assert told == sign_in(browser, "other nonsense", "?lang=en").text.replace("<a href", "")
    refusals = [each for each in logged if each["event"] == "sign_in_refused"]
    assert [each["reason"] for each in refusals] == [reason]
    assert not bad.strip() or bad not in str(logged)


ELSEWHERE = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "https://localhost"},
    {"Origin": "http://localhost:81"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
]


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_no_other_site_signs_anybody_in(browser: Browser, token: str, headers: dict[str, str]) -> None:
    answer = sign_in(browser, token, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_nobody_signs_in_over_a_connection_that_others_may_read(app: Flask, token: str) -> None:
    browser = app.test_client()
    asked = {"base_url": "http://kunta.example", "headers": {"Origin": "http://kunta.example"}}
    answer = sign_in(browser, token, "?lang=en", **asked)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    page = browser.get("/sign-in?lang=en", base_url="http://kunta.example").text
    assert "not protected" in page
    assert "<input" not in page


# ------------------------------------------------------------------------------------------------ other sites


def write(browser: Browser, headers: dict[str, str]) -> int:
    return browser.post("/api/v1/park", json=PARK, headers=headers).status_code


def test_a_page_of_the_session_writes(signed_in: Browser) -> None:
    proof = {"X-CSRF-Token": form_token(signed_in)}
    assert write(signed_in, OWN | proof) == 201
    assert write(signed_in, {"Sec-Fetch-Site": "same-origin"} | proof) == 201
    feature = {"type": "Feature", "geometry": None, "properties": {"status": "no"}}
    made = signed_in.post("/ogc/collections/park/items", json=feature, headers=OWN | proof)
    assert made.status_code == 422


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_no_other_site_writes_with_a_session_even_if_it_had_its_token(
    signed_in: Browser, headers: dict[str, str]
) -> None:
    assert write(signed_in, {"X-CSRF-Token": form_token(signed_in), **headers}) == 403


@pytest.mark.parametrize("given", ["", "x", "ä", None, "others", "cookie"])
def test_nothing_is_written_without_the_sessions_own_form_token(
    app: Flask, signed_in: Browser, token: str, given: str | None
) -> None:
    other = app.test_client()
    sign_in(other, token)
    values = {"others": form_token(other), "cookie": cookie(signed_in)}
    proof = {} if given is None else {"X-CSRF-Token": values.get(given, given)}
    answer = signed_in.post("/api/v1/park", json=PARK, headers=OWN | proof)
    assert answer.status_code == 403
    assert answer.json["type"] == "urn:kuntokanta:problem:cross-site-request"


def test_nobody_is_signed_out_by_another_site(signed_in: Browser) -> None:
    for headers, data in (
        ({"Origin": "https://evil.example"}, {"csrf": form_token(signed_in)}),
        (OWN, {}),
        (OWN, {"csrf": "x"}),
    ):
        assert signed_in.post("/sign-out", data=data, headers=headers).status_code == 403
    assert me(signed_in)["holder"] is not None


def test_a_bearer_token_needs_no_proof_where_no_browser_sends_it_by_itself(
    app: Flask, signed_in: Browser, token: str
) -> None:
    bearer = {"Authorization": f"Bearer {token}"}
    assert write(app.test_client(), bearer) == 201
    assert write(signed_in, bearer | {"Origin": "https://map.example"}) == 201


def test_the_form_token_does_not_tell_the_cookie(signed_in: Browser) -> None:
    page = signed_in.get("/import").text
    assert form_token(signed_in) in page
    assert cookie(signed_in) not in page


# ------------------------------------------------------------------------------------------------ where it leads


@pytest.mark.parametrize("path", ["/map?municipality=999&lang=sv", "/assets/999-1"])
def test_a_closed_page_leads_to_the_sign_in_and_from_there_back(browser: Browser, token: str, path: str) -> None:
    led = browser.get(path, headers={"Accept": "text/html"})
    assert led.status_code == 303
    page = browser.get(led.headers["Location"]).text
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    assert action is not None
    back = browser.post(action[1].replace("&amp;", "&"), data={"token": token}, headers=OWN)
    assert back.headers["Location"] == path
    assert browser.get(back.headers["Location"]).status_code == 200


def test_a_report_opened_in_a_browser_leads_to_the_sign_in_too_and_a_program_is_told_what_is_missing(
    browser: Browser,
) -> None:
    report = "/api/v1/reports/backlog?municipality=999&format=html"
    assert browser.get(report, headers={"Sec-Fetch-Mode": "navigate"}).headers["Location"].startswith("/sign-in?next=")
    for headers in ({}, {"Accept": "text/html"}, {"Sec-Fetch-Mode": "cors"}, {"Accept": "*/*"}):
        assert browser.get(report, headers=headers).status_code == 401
    assert browser.get("/map", headers={"Accept": "*/*"}).content_type == "application/problem+json"


@pytest.fixture(scope="module")
def leads_to(app: Flask) -> Iterator[Callable[[str], str]]:
    with app.test_request_context("/sign-in"):
        yield next_page


@pytest.mark.parametrize(
    "given",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/map",
        "javascript:alert(1)",
        "/%09/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "///evil.example",
        "/map/../../evil",
        "/.//evil.example",
        "/nowhere",
        "/sign-out",
        "/sign-in?next=/map",
        "/static/pages.css",
        "map",
        "",
        "/map" + "x" * 3000,
    ],
)
def test_a_sign_in_leads_nowhere_else(leads_to: Callable[[str], str], given: str) -> None:
    assert leads_to(given) == "/"


def test_a_sign_in_leads_to_pages_of_this_service(leads_to: Callable[[str], str]) -> None:
    for path in ("/", "/map?municipality=999", "/assets/999-1?lang=fi", "/api/v1/reports/backlog?municipality=999"):
        assert leads_to(path) == path


@given(st.text(st.sampled_from("/\\.:@?#%map\t\n\r evil09\u3002\uff0f"), max_size=25))
def test_wherever_a_sign_in_is_told_to_lead_it_stays_on_this_host(leads_to: Callable[[str], str], given: str) -> None:
    for address in (leads_to(given), leads_to(f"/{given}"), leads_to(f"/map{given}")):
        assert re.match(r"/(?![/\\])[!-~]*\Z", address)


def test_whoever_reads_a_page_sees_who_is_signed_in(signed_in: Browser, browser: Browser) -> None:
    for path in ("/", "/map", "/assets/999-1", "/import", "/permissions", "/sign-in"):
        assert "Insinööri Ingman" in signed_in.get(path).text


def test_who_holds_in_several_municipalities_has_a_map_of_each(demo: Database, app: Flask, browser: Browser) -> None:
    grants = frozenset(Grant(Role.VIEWER, code) for code in ("999", "091"))
    secret = sign_in_by_issuer(demo, Principal("Seutu", grants), SessionSettings())
    browser.set_cookie("kuntokanta", secret)
    page = browser.get("/map?lang=en").text
    assert "{y}/{x}?municipality=091" in page
    assert 'href="/map?municipality=999&amp;lang=en"' in page
    assert "{y}/{x}?municipality=999" in browser.get("/map?municipality=999").text
    assert browser.get("/map?municipality=837").status_code == 403


def test_a_name_is_text_and_never_markup(demo: Database, app: Flask) -> None:
    browser = app.test_client()
    sign_in(browser, create_token(demo, holder="<script>alert(1)</script>", role=Role.VIEWER))
    assert "<script>alert" not in browser.get("/").text
    assert "&lt;script&gt;alert" in browser.get("/").text
