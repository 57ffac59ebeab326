"""What browsers are told of every answer: nothing foreign runs or frames, nothing private is kept or shared."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.registry import ASSET_CLASSES
from service.app import create_app
from service.database import Database
from service.settings import Settings

Get = Callable[..., TestResponse]
OWN = {"Origin": "http://localhost"}
VALUES: dict[str, Any] = {
    "asset_key": "999-1",
    "municipality_code": "999",
    "collection_id": "building",
    "feature_id": "999-1",
    "name": "backlog",
    "code": "building",
    "tile_matrix_set_id": "WebMercatorQuad",
    "filename": "map.mjs",
    "matrix": "10",
    "row": "296",
    "column": "583",
    "run": "999-1",
}
_INLINE = re.compile(r"""<style|\sstyle=|\son\w+=["']|javascript:|<script(?![^>]*(?:\ssrc=|type="application/json"))""")


def addresses(app: Flask) -> list[str]:
    """Give an address for each route that is read, where it has one for the demo municipality."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        values = {name: VALUES[name] for name in rule.arguments if name in VALUES}
        if "GET" in (rule.methods or ()) and set(values) == rule.arguments:
            found.append(adapter.build(str(rule.endpoint), values, method="GET"))
    return found


@pytest.fixture(scope="module")
def pages(app: Flask, demo: Database) -> dict[str, TestResponse]:
    """Every address that answers a browser with a page, signed in and not, found and refused."""
    open_app = create_app(Settings(database_url="unused", open_reading=True), demo)
    asked = {}
    for name, client in (("open", open_app.test_client()), ("closed", app.test_client())):
        for address in [*addresses(app), "/nowhere", "/assets/999-999999", "/assets/091-1"]:
            for query in ("?municipality=999&format=html", "?f=html", "") if name == "open" else ("",):
                answer = client.get(address + query, headers={"Accept": "text/html"}, buffered=True)
                if answer.mimetype == "text/html":
                    asked[f"{name} {answer.status_code} {address}{query}"] = answer
    return asked


def test_no_page_runs_or_loads_or_sends_to_anything_but_this_services_files(pages: dict[str, TestResponse]) -> None:
    found = " ".join(pages)
    for path in ("/map", "/docs", "/ogc/collections/building/items", "/api/v1/reports/backlog", "404 /nowhere"):
        assert f" {path}" in found or path in found, path
    assert len(pages) > 25
    for name, page in pages.items():
        policy = dict(each.strip().split(" ", 1) for each in page.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'", name
        assert "unsafe" not in page.headers["Content-Security-Policy"], name
        for kind in ("script-src", "worker-src", "connect-src"):
            assert policy.get(kind, "'self'") == "'self'", name
        assert policy["form-action"] in ("'self'", "'none'"), name


def test_no_page_has_a_script_or_a_style_in_it_but_a_report_its_own_by_its_hash(pages: dict[str, TestResponse]) -> None:
    for name, page in pages.items():
        inline = _INLINE.findall(page.text)
        if "/reports/" in name and "'sha256-" in page.headers["Content-Security-Policy"]:
            assert inline == ["<style"], name
        else:
            assert inline == [], name


def test_every_page_is_left_alone_by_others(pages: dict[str, TestResponse]) -> None:
    for name, page in pages.items():
        for header, value in (
            ("X-Frame-Options", "DENY"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Referrer-Policy", "same-origin"),
        ):
            assert page.headers[header] == value, (name, header)
        assert "geolocation=()" in page.headers["Permissions-Policy"], name


def test_what_is_no_page_is_none_in_a_browser_either(get: Get) -> None:
    for path in ("/healthz", "/api/v1/assets?municipality=999", "/ogc/collections/building/items/999-1", "/ogc"):
        for answer in (get(path), get(f"{path}{'&' if '?' in path else '?'}nonsense=1")):
            if answer.mimetype != "text/html":
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), path
                assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_worker_of_the_map_may_fetch_tiles_and_its_own_script(app: Flask) -> None:
    client, path = app.test_client(), "/static/vendor/maplibre-gl/maplibre-gl-worker.mjs"
    answer = client.get(path)
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    answer.close()
    again.close()
    assert (answer.status_code, again.status_code) == (200, 304)
    for each in (answer, again):  # a browser takes the newer policy
        assert each.headers["Content-Security-Policy"] == "default-src 'none'; script-src 'self'; connect-src 'self'"


# ------------------------------------------------------------------------------------------------ who may keep it


@pytest.mark.parametrize("path", ["/map", "/assets/999-1", "/", "/import", "/api/v1/me", "/api/v1/assets"])
def test_what_depends_on_who_asks_is_kept_by_nobody(signed_in: FlaskClient, path: str) -> None:
    answer = signed_in.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert {"Authorization", "Cookie"} <= set(answer.vary)


@pytest.mark.parametrize(
    "path", ["/ogc/collections/building/tiles/WebMercatorQuad/10/296/583", "/ogc/collections/building/items/999-1"]
)
def test_what_can_be_asked_for_again_by_its_tag_is_kept_by_its_reader_alone(signed_in: FlaskClient, path: str) -> None:
    answer = signed_in.get(path)
    assert answer.headers["ETag"]
    assert set(answer.headers["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert {"Authorization", "Cookie"} <= set(answer.vary)
    again = signed_in.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "private" in again.headers["Cache-Control"]


def test_a_refusal_is_nobody_elses(browser: FlaskClient) -> None:
    refused = browser.get("/api/v1/assets")
    assert (refused.status_code, refused.headers["Cache-Control"]) == (401, "private, no-store")


def test_what_everybody_may_read_depends_on_nobody(get: Get) -> None:
    for path in ("/api/v1/assets?municipality=999", "/ogc/collections", "/ogc/collections/building/items/999-1"):
        assert not {"authorization", "cookie"} & set(get(path).vary.to_header().lower().split(", ")), path
        assert "private" not in get(path).headers.get("Cache-Control", "")


def test_a_page_that_names_its_reader_is_kept_by_nobody_also_where_reading_is_open(get: Get) -> None:
    assert get("/").headers["Cache-Control"] == "private, no-store"


# ------------------------------------------------------------------------------------------------ other origins

SHARED = ["/ogc/collections/building/items?limit=1", "/ogc/collections/building/items/999-1", "/api/v1/assets?limit=1"]


@pytest.mark.parametrize("path", SHARED)
def test_maps_of_other_sites_read_what_is_open_and_never_with_a_cookie(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("path", ["/", "/map", "/sign-in", "/docs", "/static/pages.css", "/healthz"])
def test_pages_are_nothing_for_other_origins(get: Get, path: str) -> None:
    answer = get(path)
    answer.close()
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_browser_that_asks_first_is_told_what_scripts_of_other_origins_may_send(app: Flask) -> None:
    asked = {"Origin": "https://map.example", "Access-Control-Request-Method": "PUT"}
    for asset_class in list(ASSET_CLASSES)[:2]:
        told = app.test_client().options(f"/api/v1/{asset_class}/999-1", headers=asked)
        assert told.status_code == 200
        assert "PUT" in told.headers["Access-Control-Allow-Methods"]
        for header in ("Authorization", "If-Match", "Idempotency-Key", "Content-Type"):
            assert header in told.headers["Access-Control-Allow-Headers"]
        assert "X-CSRF-Token" not in told.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", ["https://map.example", ""])
def test_who_runs_the_service_chooses_the_origin(demo: Database, origin: str) -> None:
    client = create_app(Settings("unused", open_reading=True, cors_origin=origin), demo).test_client()
    for path in SHARED:
        assert client.get(path).headers.get("Access-Control-Allow-Origin", "") == origin


# ------------------------------------------------------------------------------------------------ transport


def test_browsers_are_told_to_come_by_tls_alone_where_that_is_set_and_they_did(demo: Database) -> None:
    client = create_app(Settings("unused", open_reading=True, hsts_seconds=31_536_000), demo).test_client()
    for path in ("/", "/ogc/collections/building/items/999-1"):
        assert "Strict-Transport-Security" not in client.get(path).headers
        proxied = client.get(path, headers={"X-Forwarded-Proto": "https"})
        assert proxied.headers["Strict-Transport-Security"] == "max-age=31536000"
        usual = create_app(Settings("unused"), demo).test_client().get(path, headers={"X-Forwarded-Proto": "https"})
        assert "Strict-Transport-Security" not in usual.headers
