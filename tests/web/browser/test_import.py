"""The import page as people use it: a real browser, the service over HTTP, a worker beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from models.access import Role
from service.app import create_app
from service.database import Database
from service.job_kinds import JOB_WORKS
from service.operations.access import create_token
from service.operations.sessions import end_sessions_of
from service.operations.worker import Worker
from service.settings import Settings

Tab = Any  # a page as conftest.py drives it
HEADER = "ID;nimi;E;N"
PLACES = [
    f"{number};Leikkipaikka {number};{24480000 + 150 * number},5;{6820000 + 90 * number},25" for number in range(20)
]
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def address(demo: Database) -> Iterator[str]:
    """Where the service answers, as it runs without open reading, with a worker beside it."""
    worker = Worker(demo, JOB_WORKS)
    worker.start()
    server = make_server("127.0.0.1", 0, create_app(Settings(database_url="unused"), demo), threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()
    worker.stop()


@pytest.fixture(scope="module")
def token(demo: Database) -> str:
    return create_token(demo, holder="Tampereen insinööri", role=Role.ENGINEER, municipality_code="837")


def _enter(tab: Tab, address: str, token: str, language: str) -> None:
    asked = f"/import?lang={language}&municipality=837"
    tab.open(f"{address}{asked}", "!!document.querySelector('main')")
    if not tab.run("!!document.querySelector('.who form')"):
        tab.press("main .confirm a")
        tab.until("!!document.querySelector('#token')")
        tab.fill("#token", token)
        tab.press("main button[type=submit]")
    tab.until("location.pathname === '/import' && document.querySelector('#work')?.hidden === false")


def _file(folder: Path, *rows: str) -> Path:
    path = folder / "leikkipaikat.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), "utf-8")
    return path


def _check(tab: Tab, path: Path) -> None:
    tab.choose_file("#file", path)
    tab.press("#check")
    tab.until("!!document.querySelector('#report h3') && !document.querySelector('#check').disabled")


def test_a_file_is_proposed_a_profile_checked_imported_looked_at_and_undone(
    tab: Tab, address: str, token: str, tmp_path: Path
) -> None:
    _enter(tab, address, token, "fi")
    kept = "JSON.stringify([localStorage, sessionStorage])"
    assert token not in tab.run(f"location.href + document.cookie + document.documentElement.outerHTML + {kept}")
    path = _file(tmp_path, *PLACES[:18], f"18;{MARKUP};24482000,0;6820100,0", "19;Kaukana;abc;6820000,0")
    tab.choose_file("#file", path)
    tab.fill("#asset-class", "playground")
    tab.press("#propose")
    tab.until("!document.querySelector('#editor').hidden")
    assert "Sarake" in tab.text("#proposal")
    assert tab.run("document.activeElement.id") == "editor-title"
    tab.run("document.querySelector('#yaml').value = document.querySelector('#yaml').value.replace(/, crs: [^}]*/, '')")
    tab.fill("#profile-name", "omat_leikkipaikat")
    tab.press("#keep button[type=submit]")
    tab.until(
        "document.querySelector('#profile').value === 'omat_leikkipaikat' && !!document.querySelector('#kept span')"
    )

    _check(tab, path)
    assert "Virheitä 1" in tab.text("#report")
    assert _width_in_a_narrow_window(tab) <= 320
    assert "EPSG:3878" in tab.text("#confirm-crs")
    tab.fill("#report select[id$=severity]", "warning")
    assert "abc" not in tab.text("#report")
    tab.fill("#report select[id$=severity]", "error")
    assert "abc" in tab.text("#report")
    assert tab.run("document.querySelector('#import').disabled")
    tab.press("#accept-partial")
    assert tab.run("document.querySelector('#import').disabled"), "the guessed system is not confirmed yet"
    tab.press("#crs-confirmed")
    tab.press("#import")
    tab.until("!!document.querySelector('#result h3')")
    assert "tuotu rekisteriin" in tab.text("#result")
    tab.run("[...document.querySelectorAll('#result button')][0].click()")
    tab.until(f"document.querySelector('#result').innerText.includes({json.dumps(MARKUP)})")
    assert tab.run("document.images.length") == 0, "what stands in a file is text"

    tab.run("[...document.querySelectorAll('#result button')].find((each) => each.innerText === 'Peru tuonti').click()")
    tab.until("document.querySelector('#undo').open")
    assert "19" in tab.text("#undo-words")
    tab.press("#undo-yes")
    tab.until("document.querySelector('#recent').innerText.includes('peruttu')")
    assert tab.complaints == []


def test_who_is_no_longer_signed_in_is_told_so_in_the_language_and_led_to_the_sign_in(
    tab: Tab, address: str, demo: Database, token: str
) -> None:
    _enter(tab, address, token, "sv")
    end_sessions_of(demo, "Tampereen insinööri")
    tab.press("#export button[type=submit]")
    tab.until("document.querySelector('#export-problem').innerText.includes('Sessionen har upphört')")
    assert tab.run("document.querySelector('#export-problem a').pathname") == "/sign-in"
    tab.complaints.clear()  # the browser's own note of the 401


def test_a_part_of_the_register_and_a_form_are_downloaded(tab: Tab, address: str, token: str, tmp_path: Path) -> None:
    tab.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    _enter(tab, address, token, "en")
    tab.fill("#format", "csv")
    tab.press("input[name=class][value=playground]")
    tab.press("#export button[type=submit]")
    tab.until("!!document.querySelector('#exported button')")
    tab.press("#exported button")
    tab.press("#template button[type=submit]")
    for _ in range(200):
        names = {each.name for each in tmp_path.iterdir() if each.suffix in {".csv", ".xlsx"}}
        if len(names) == 2:
            break
        tab.run("new Promise((resolve) => setTimeout(resolve, 50))")
    assert names == {"837_playground.csv", "building.xlsx"}
    assert tab.complaints == []


def test_every_field_and_button_has_a_name_and_a_narrow_window_needs_no_sideways_scrolling(
    tab: Tab, address: str, token: str
) -> None:
    _enter(tab, address, token, "sv")
    tab.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    roles = {"textbox", "button", "combobox", "checkbox", "radio", "searchbox", "spinbutton", "link"}
    nodes = [each for each in tab.send("Accessibility.getFullAXTree")["nodes"] if not each["ignored"]]
    named = [(each["role"]["value"], each["name"]["value"]) for each in nodes if each["role"]["value"] in roles]
    assert len(named) > 40
    assert [role for role, name in named if not name] == []
    assert _width_in_a_narrow_window(tab) <= 320


def _width_in_a_narrow_window(tab: Tab) -> int:
    tab.send("Emulation.setDeviceMetricsOverride", width=320, height=800, deviceScaleFactor=1, mobile=False)
    width = int(tab.run("document.documentElement.scrollWidth"))
    tab.send("Emulation.clearDeviceMetricsOverride")
    return width
