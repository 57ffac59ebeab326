"""Signing in to the pages through an issuer on this machine, as a browser and the issuer do it between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from service.app import create_app
from service.database import Database
from service.settings import OidcSettings, Settings

Issuer = IssuerOfPeople = Any  # as conftest.py makes it
PARK = {"municipality_code": "901", "status": "in_use"}


@pytest.fixture
def people(app: Flask, at_work: IssuerOfPeople) -> IssuerOfPeople:
    """The issuer as it usually is, of which the service knows nothing yet."""
    at_work.identity, at_work.access, at_work.takes_forms = {}, {"kuntokanta": ["engineer:901"]}, False
    at_work.describe()
    app.extensions.pop("code flow", None)
    return at_work


def trusting(issuer: Issuer) -> OidcSettings:
    return issuer.settings(client_id=issuer.client, client_secret=issuer.secret)


@pytest.fixture(scope="module")
def app(module_database: Database, at_work: IssuerOfPeople) -> Flask:
    return create_app(Settings("unused", oidc=trusting(at_work)), module_database)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def begin(browser: FlaskClient, query: str = "") -> str:
    led = browser.get(f"/sign-in/issuer{query}")
    assert led.status_code == 303, led.text
    return led.headers["Location"]


def come_back(browser: FlaskClient, told: dict[str, str]) -> TestResponse:
    return browser.get("/sign-in/issuer/answer", query_string=told)


def me(browser: FlaskClient) -> Any:
    return browser.get("/api/v1/me").json


def test_who_signs_in_at_the_issuer_is_signed_in_here_with_the_grants_of_its_tokens(
    browser: FlaskClient, people: IssuerOfPeople
) -> None:
    assert "/sign-in/issuer?next=/map" in browser.get("/sign-in?next=/map").text
    address = begin(browser, "?next=/import?lang=sv")
    asked = parse_qs(urlsplit(address).query)
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == (
        ["code"],
        ["S256"],
        ["openid profile"],
    )
    assert asked["redirect_uri"] == ["http://localhost/sign-in/issuer/answer"]
    back = come_back(browser, people.sign_in(address))
    assert (back.status_code, back.headers["Location"]) == (303, "/import?lang=sv")
    told = me(browser)
    assert (told["holder"], told["identified_by"]) == ("Maija Meikäläinen (maija)", "session")
    assert told["grants"] == [{"role": "engineer", "municipality_code": "901"}]
    assert browser.get_cookie("kuntokanta-sign-in") is None
    assert "Maija Meikäläinen" in browser.get("/").text


def test_a_session_lasts_longer_than_the_token_it_was_begun_with(browser: FlaskClient, people: IssuerOfPeople) -> None:
    come_back(browser, people.sign_in(begin(browser)))
    with_token = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {people.token(**people.access)}"}).json
    assert me(browser)["expires_at"] > with_token["expires_at"]


def test_an_issuer_that_takes_secrets_in_forms_alone_is_heeded(browser: FlaskClient, people: IssuerOfPeople) -> None:
    people.describe(token_endpoint_auth_methods_supported=["client_secret_post"])
    people.takes_forms = True
    assert come_back(browser, people.sign_in(begin(browser))).status_code == 303
    assert me(browser)["holder"] is not None


Spoil = Callable[[IssuerOfPeople, dict[str, str]], dict[str, str]]
BAD: dict[str, Spoil] = {
    "another sign-in's state": lambda _, told: told | {"state": "other"},
    "another issuer's answer": lambda _, told: told | {"iss": "https://other.example"},
    "the issuer refused": lambda _, told: {"state": told["state"], "error": "access_denied"},
    "the issuer refused the code": lambda _, told: told | {"code": "stolen"},
}
FORGED: dict[str, dict[str, Any]] = {
    "another sign-in's nonce": {"identity": {"nonce": "other"}},
    "another client's sign-in": {"identity": {"azp": "other"}},
    "wrong audience": {"identity": {"aud": "other"}},
    "tokens of two people": {"identity": {"sub": "matti"}},
    "expired": {"identity": {"exp": 1}},
    "wrong issuer": {"access": {"iss": "https://other.example"}},
}


def refused(browser: FlaskClient, told: dict[str, str], reason: str) -> None:
    with capture_logs() as logged:
        answer = come_back(browser, told)
    assert answer.status_code == 401
    assert [each["reason"] for each in logged if each["event"] == "sign_in_refused"] == [reason]
    assert me(browser)["holder"] is None
    assert browser.get_cookie("kuntokanta") is None
    assert not any(value in str(logged) for value in told.values() if len(value) > 8 and value != told.get("iss"))


@pytest.mark.parametrize("reason", BAD)
def test_an_answer_that_is_another_s_or_refuses_signs_nobody_in(
    browser: FlaskClient, people: IssuerOfPeople, reason: str
) -> None:
    refused(browser, BAD[reason](people, people.sign_in(begin(browser))), reason)


@pytest.mark.parametrize("reason", FORGED)
def test_tokens_that_are_not_good_sign_nobody_in(browser: FlaskClient, people: IssuerOfPeople, reason: str) -> None:
    for name, claims in FORGED[reason].items():
        setattr(people, name, claims)
    refused(browser, people.sign_in(begin(browser)), reason)


def test_an_issuer_that_says_who_it_is_with_each_answer_is_held_to_it(
    browser: FlaskClient, people: IssuerOfPeople
) -> None:
    people.describe(authorization_response_iss_parameter_supported=True)
    told = people.sign_in(begin(browser))
    told.pop("iss")
    refused(browser, told, "another issuer's answer")


def test_an_answer_does_once_and_for_the_browser_that_asked(
    app: Flask, browser: FlaskClient, people: IssuerOfPeople
) -> None:
    told = people.sign_in(begin(browser))
    refused(app.test_client(), told, "no sign-in was begun")
    assert come_back(browser, told).status_code == 303
    refused(app.test_client(), told, "no sign-in was begun")
    again = come_back(browser, told)
    assert again.status_code == 401


def test_the_code_of_a_stolen_answer_is_worth_nothing_in_another_sign_in(
    app: Flask, browser: FlaskClient, people: IssuerOfPeople
) -> None:
    stolen = people.sign_in(begin(browser))
    thief = app.test_client()
    own = people.sign_in(begin(thief))
    refused(thief, own | {"code": stolen["code"]}, "the issuer refused the code")


def test_a_silent_issuer_is_told_as_such(browser: FlaskClient, people: IssuerOfPeople) -> None:
    told = people.sign_in(begin(browser))
    nobody = {"token_endpoint": "http://127.0.0.1:9/nobody"}
    people.describe(**nobody)
    browser.application.extensions.pop("code flow")
    answer = come_back(browser, told)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert me(browser)["holder"] is None


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://other.example/token"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://user@other.example/"},
    ],
)
def test_nobody_is_sent_to_what_is_no_safe_address(
    browser: FlaskClient, people: IssuerOfPeople, described: dict[str, Any]
) -> None:
    people.describe(**described)
    answer = browser.get("/sign-in/issuer?lang=en")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_where_this_service_is_no_client_of_the_issuer_there_is_no_such_sign_in(
    module_database: Database, people: IssuerOfPeople
) -> None:
    settings = Settings("unused", oidc=replace(trusting(people), client_id=None))
    browser = create_app(settings, module_database).test_client()
    assert "/sign-in/issuer" not in browser.get("/sign-in").text
    assert browser.get("/sign-in/issuer").status_code == 404
    assert browser.get("/sign-in/issuer/answer?code=x&state=y").status_code == 404


def test_a_token_of_the_issuer_signs_in_by_the_form_for_as_long_as_it_is_good(
    browser: FlaskClient, people: IssuerOfPeople
) -> None:
    form = {"token": people.token(**people.access)}
    assert browser.post("/sign-in", data=form, headers={"Origin": "http://localhost"}).status_code == 303
    with_token = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {form['token']}"}).json
    assert me(browser)["expires_at"] == with_token["expires_at"]
