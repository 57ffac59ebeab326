"""Every page in a real browser, in each language: signed in and out, and nothing that its security policy refuses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Response, request
from werkzeug.serving import make_server

from models.access import Role
from service.app import create_app
from service.catalogues import LANGUAGES
from service.database import Database
from service.operations.access import create_token
from service.settings import Settings

Tab = Any  # a page as conftest.py drives it
PAGES = ["/", "/assets/999-1", "/permissions", "/sign-in", "/api/v1/reports/backlog?municipality=999&format=html"]
IN_ENGLISH = ["/docs", "/ogc/?f=html", "/ogc/collections?f=html", "/ogc/collections/building/items?f=html&limit=3"]
MAP = "/map?municipality=999"


@pytest.fixture(scope="session")
def module_template(valued_demo_template: str) -> str:
    return valued_demo_template


@pytest.fixture(scope="module")
def answered() -> set[tuple[str, int]]:
    """Which routes were answered how."""
    return set()


@pytest.fixture(scope="module")
def address(demo: Database, answered: set[tuple[str, int]]) -> Iterator[str]:
    """Where the service answers, as it runs without open reading."""
    app = create_app(Settings(database_url="unused"), demo)

    @app.after_request
    def note(answer: Response) -> Response:
        answered.add((str(request.endpoint), answer.status_code))
        return answer

    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


def _sign_in(tab: Tab, token: str) -> None:
    tab.fill("#token", token)
    tab.press("main button[type=submit]")


def test_who_opens_a_closed_page_signs_in_and_is_there_and_out_again(tab: Tab, address: str, demo: Database) -> None:
    token = create_token(demo, holder="Planerare Öst", role=Role.PLANNER, municipality_code="999")
    tab.open(f"{address}/assets/999-1?lang=sv", "location.pathname === '/sign-in'")
    _sign_in(tab, "nonsense")
    tab.until("!!document.querySelector('[role=alert]')")
    assert "duger inte" in tab.text("[role=alert]")
    tab.complaints.clear()  # the browser's own note of the 401
    _sign_in(tab, token)
    tab.until("location.pathname === '/assets/999-1'")
    assert "Planerare Öst" in tab.text(".who")
    assert tab.run("document.cookie") == "", "no script reads the session"
    assert token not in tab.run("location.href + document.documentElement.outerHTML")

    tab.press(".who button")
    tab.until("location.pathname === '/' && !document.querySelector('.who form')")
    tab.open(f"{address}/assets/999-1?lang=sv", "location.pathname === '/sign-in'")
    assert tab.complaints == []


@pytest.fixture(scope="module")
def signed_in(tab: Tab, address: str, demo: Database) -> Tab:
    token = create_token(demo, holder="Insinööri", role=Role.ENGINEER, municipality_code="999")
    tab.open(f"{address}/sign-in", "!!document.querySelector('#token')")
    _sign_in(tab, token)
    tab.until("!!document.querySelector('.who form')")
    return tab


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_does_what_its_policy_refuses(signed_in: Tab, address: str, language: str) -> None:
    for path in PAGES:
        localised = (
            "" if path == "/docs" or path.startswith("/ogc") else f"{'&' if '?' in path else '?'}lang={language}"
        )
        signed_in.open(f"{address}{path}{localised}", "document.styleSheets.length > 0")
        assert signed_in.complaints == [], path
        assert signed_in.run("getComputedStyle(document.body).fontFamily").startswith("system-ui"), path
    signed_in.open(f"{address}/import?lang={language}", "!document.querySelector('#work').hidden")
    assert signed_in.complaints == []


def test_the_map_draws_what_its_reader_may_see_within_its_policy(
    signed_in: Tab, address: str, answered: set[tuple[str, int]]
) -> None:
    signed_in.open(f"{address}{MAP}&lang=fi", "!!document.querySelector('.maplibregl-canvas')")
    for _ in range(200):
        if ("ogc.tile", 200) in answered:
            break
        signed_in.run("new Promise((resolve) => setTimeout(resolve, 50))")
    assert ("ogc.tile", 200) in answered
    told = [each for each in signed_in.complaints if each.get("entry", {}).get("source") != "rendering"]
    assert told == [], "beside how it draws without a graphics card"
