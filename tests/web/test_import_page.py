"""The import page's scripts and their texts, as they are served."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.job import JobState
from service.catalogues import LANGUAGES, has_text
from service.importers.own_profiles import OWN_PROFILES
from service.web import import_page

Get = Callable[..., TestResponse]
SCRIPTS = Path(import_page.__file__).parent / "static" / "import"


def _scripts() -> dict[str, str]:
    scripts = {each.name: each.read_text("utf-8") for each in SCRIPTS.glob("*.mjs")}
    assert "page.mjs" in scripts
    return scripts


def test_every_text_that_the_scripts_ask_for_is_on_the_page(signed_in: FlaskClient) -> None:
    settings = re.search(r'id="settings">(.*?)</script>', signed_in.get("/import?lang=sv").text, re.DOTALL)
    assert settings is not None
    texts = json.loads(settings[1])["texts"]
    asked = {key for script in _scripts().values() for key in re.findall(r'"((?:page|import_report)\.[\w.]+)"', script)}
    assert {"page.import.check_first", "import_report.row"} <= asked
    assert sorted(asked - set(texts)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_a_job_and_every_file_of_ones_own_has_its_words(language: str) -> None:
    states = [f"page.import.state.{state}" for state in (*JobState, "checked", "undone")]
    files = [f"page.import.own_export.{name}" for name in OWN_PROFILES]
    assert [key for key in (*states, *files) if not has_text(language, key)] == []


def test_who_has_not_signed_in_is_led_to_and_gets_nothing_to_work_with(browser: FlaskClient) -> None:
    page = browser.get("/import?municipality=999&lang=en").text
    assert 'href="/sign-in?next=/import?municipality' in page
    assert 'id="work"' not in page


def test_the_scripts_and_their_modules_are_served_as_scripts(get: Get) -> None:
    for name, script in _scripts().items():
        assert re.findall(r'from "(?!\./)', script) == [], "a script of another place"
        for each in (name, *re.findall(r'from "\./([\w.]+)"', script)):
            answer = get(f"/static/import/{each}")
            answer.close()
            assert (answer.status_code, answer.mimetype) == (200, "text/javascript"), each


def test_nothing_of_a_file_or_an_answer_is_ever_read_as_markup() -> None:
    dangerous = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser")
    assert {name: dangerous.findall(script) for name, script in _scripts().items() if dangerous.search(script)} == {}


def test_the_import_page_runs_the_services_own_scripts_and_styles_only(signed_in: FlaskClient) -> None:
    answer = signed_in.get("/import?municipality=999&lang=en")
    assert 'id="work"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert re.findall(r"""\s(?:style|on\w+)=["']""", answer.text) == []
    assert re.findall(r"<style|<script(?![^>]*(?:\ssrc=|application/json))", answer.text) == []
