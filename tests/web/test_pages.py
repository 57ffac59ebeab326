"""What people see in the browser: in their language, from this service alone, with the figures that REST gives."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from service.app import create_app
from service.database import Database
from service.operations.demo import DEMO_MUNICIPALITY
from service.settings import Settings

Get = Callable[..., TestResponse]
PAGES = ["/", "/map", "/map?municipality=999", "/assets/999-1", "/import?municipality=999", "/permissions"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("language", "words"), [("fi", "Kartta"), ("sv", "Karta"), ("en", "Map")])
def test_every_page_speaks_the_browsers_language(get: Get, path: str, language: str, words: str) -> None:
    answer = get(path, language)
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.text
    assert words in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere(get: Get, path: str) -> None:
    answer = get(path)
    loaded = re.findall(r'(?:src|href)="(https?://[^"]+)"', answer.text)
    assert [address for address in loaded if not address.startswith("http://localhost")] == []
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_chosen_language_stays_on_the_links(get: Get) -> None:
    page = get("/map?municipality=999&lang=sv").text
    assert 'href="/map?municipality=999&amp;lang=en"' in page
    assert 'aria-current="true"' in page


def test_the_front_page_shows_what_the_report_says(get: Get) -> None:
    total = get("/api/v1/reports/backlog?municipality=999&format=json").json["tables"]["backlog"]["total"]
    assert f"{total['repair_backlog_eur']:,.0f}".replace(",", "\u00a0") in get("/").text


def test_every_address_on_the_front_page_answers(get: Get) -> None:
    for address in set(re.findall(r'href="(/[^"#]*)"', get("/").text)):
        assert get(address.replace("&amp;", "&")).status_code == 200, address


def test_an_assets_page_shows_its_figures_and_how_they_come_about(get: Get) -> None:
    figures = get("/api/v1/assets/999-1/valuation").json["figures"]
    page = get("/assets/999-1", "en").text
    assert f"{figures['repair_backlog_eur']:,.2f} €" in page
    assert "basic_education" not in page
    assert "How the figures come about" in page
    assert "0820 General schools" in page


def test_an_asset_that_is_not_there_is_a_problem_not_a_crash(get: Get) -> None:
    assert get("/assets/999-999999").status_code == 404
    assert get("/assets/nonsense").status_code == 404


def test_the_maps_files_are_served_from_here(get: Get) -> None:
    for file in (
        "map.mjs",
        "pages.css",
        "vendor/maplibre-gl/maplibre-gl.mjs",
        "vendor/maplibre-gl/maplibre-gl-worker.mjs",
    ):
        answer = get(f"/static/{file}")
        answer.close()
        assert answer.status_code == 200, file
        assert "javascript" in answer.mimetype or answer.mimetype == "text/css"


def test_without_a_token_only_the_front_page_opens_and_tells_nothing(demo: Database) -> None:
    client = create_app(Settings(database_url="unused"), demo).test_client()
    front = client.get("/")
    assert front.status_code == 200
    assert DEMO_MUNICIPALITY not in front.text
    assert client.get("/map").status_code == 401
    assert client.get("/assets/999-1").status_code == 401
