"""Features and tiles are answered in front of the application: whatever is asked, the answer is the application's."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import EnvironBuilder, run_wsgi_app

from service.api.compression import SMALLEST, pack
from service.api.security_headers import headers_of_data
from service.app import create_app
from service.database import Database
from service.ogc.plain_reads import PlainReads
from service.ogc.single_features import read_single_feature
from service.ogc.single_tiles import SingleTiles
from service.ogc.tiles_kept import KeptTiles
from service.settings import Settings

ONE = "/ogc/collections/building/items/091-10"
TILE = "/ogc/collections/building/tiles/ETRS-TM35FIN/12/3352/1817"
WIDE = "/ogc/collections/valued_assets/tiles/ETRS-TM35FIN/4/13/7"
PLAIN: list[dict[str, str]] = [
    {},
    {"Accept": "*/*"},
    {"Accept-Encoding": "gzip, deflate, br"},
    {"Accept-Encoding": "zstd;q=0.1, gzip;q=0"},
    {"Accept-Language": "sv"},
    {"Host": "kunta.example.fi"},
    {"Host": "kunta.example.fi:8443"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "kunta.example.fi", "X-Forwarded-For": "192.0.2.1"},
    {"X-Forwarded-Prefix": "/rekisteri"},
]
PLAIN_FOR_FEATURES = [{"Accept": "application/geo+json, application/json;q=0.5"}, {"Accept": "application/json"}]
PLAIN_FOR_TILES = [
    *PLAIN,
    {"Accept": "application/vnd.mapbox-vector-tile"},
    {"Accept": "text/html, */*;q=0.1"},
    {"If-None-Match": '"0123456789abcdef01234567"'},
]
OTHER: list[dict[str, str]] = [
    {"Accept": "text/html"},
    {"Accept": "image/png"},
    {"Accept": "text/html;q=0.9, application/geo+json;q=0.8"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"another"'},
    {"If-Match": '"another"'},
    {"If-Modified-Since": "Tue, 24 Nov 2026 12:00:00 GMT"},
    {"Range": "bytes=0-9"},
    {"Authorization": "Bearer unknown"},
    {"Authorization": "Basic eDp5"},
    {"Host": "KUNTA.example.fi"},
    {"Host": "kunta.example.fi:80"},
    {"Host": "[::1]:8000"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "kunta.example.fi:443"},
    {"X-Forwarded-Prefix": "/rekisteri ä"},
]
PATHS = [
    "/ogc/collections/building/items/091-10",
    "/ogc/collections/building/items/091-1",
    "/ogc/collections/building/items/091-5",
    "/ogc/collections/valued_assets/items/091-10",
    "/ogc/collections/valued_assets/items/091-999999999",
    "/ogc/collections/building/items/091-010",
    "/ogc/collections/building/items/091-99999999999999999999",
    "/ogc/collections/building/items/091-10/",
    "/ogc/collections/building/items/091%2D10",
    "/ogc/collections/building/items/091-10%0A",
    "/ogc/collections/castle/items/091-10",
    "/ogc/collections/water_main/items/091-10",
    "/ogc/collections/building/items/091-10?f=json",
    "/ogc/collections/building/items/091-10?f=html",
    "/ogc/collections/building/items/091-10?crs=http://www.opengis.net/def/crs/EPSG/0/3067",
    "/ogc/collections/building/items/091-10?colour=red",
    TILE,
    f"{TILE}?municipality=091",
    f"{TILE}?municipality=837",
    f"{TILE}?municipality=0911",
    f"{TILE}?municipality=091&municipality=837",
    f"{TILE}?municipality=%30%39%31",
    f"{TILE}?properties=name",
    f"{TILE}?f=mvt",
    f"{TILE}?f=png",
    f"{TILE}/",
    f"{TILE}%0A",
    WIDE,
    "/ogc/collections/district/tiles/WebMercatorQuad/8/73/145",
    "/ogc/collections/valued_assets/tiles/WebMercatorQuad/005/0/0",
    "/ogc/collections/valued_assets/tiles/WebMercatorQuad/05/00/0",
    "/ogc/collections/valued_assets/tiles/WebMercatorQuad/14/0/0",
    "/ogc/collections/valued_assets/tiles/WebMercatorQuad/5/32/0",
    "/ogc/collections/valued_assets/tiles/WebMercatorQuad/99/0/0",
    "/ogc/collections/valued_assets/tiles/WebMercatorQuad/5/-1/0",
    "/ogc/collections/valued_assets/tiles/ETRS-TM35FIN/15/0/0",
    "/ogc/collections/valued_assets/tiles/WorldCRS84Quad/0/0/0",
    "/ogc/collections/castle/tiles/WebMercatorQuad/0/0/0",
]

HEADERS = dict.fromkeys(("http", "https"), headers_of_data(Settings("unused")))
Answer = tuple[str, list[tuple[str, str]], bytes]


def ask(application: Any, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Answer:
    builder = EnvironBuilder(path, base_url="http://127.0.0.1:8000/", method=method, headers=headers or {})
    proxied = ProxyFix(application, x_for=1, x_proto=1, x_host=1, x_prefix=1)
    parts, status, sent = run_wsgi_app(proxied, builder.get_environ())
    builder.close()
    # The server writes the date, once, whoever else has written one.
    return status, sorted((name, value) for name, value in sent.items() if name != "Date"), b"".join(parts)


@pytest.fixture(scope="module")
def behind(app: Flask) -> Any:
    return partial(Flask.wsgi_app, app)


def in_front_of(application: Any, database: Database) -> PlainReads:
    readers = (read_single_feature, SingleTiles(KeptTiles(1_000_000)))
    return PlainReads(application, database, readers, pack=pack, headers=HEADERS)


def nothing_behind(*_: Any) -> Any:
    raise AssertionError("this was to be answered in front of the application")


@pytest.mark.parametrize("headers", [*PLAIN, *PLAIN_FOR_FEATURES])
def test_a_plain_request_for_a_feature_needs_no_application_and_gets_its_answer(
    filled: Database, behind: Any, headers: dict[str, str]
) -> None:
    answer = ask(in_front_of(nothing_behind, filled), ONE, headers=headers)
    assert answer[0] == "200 OK"
    assert answer == ask(behind, ONE, headers=headers)


@pytest.mark.parametrize("headers", PLAIN_FOR_TILES)
@pytest.mark.parametrize("path", [TILE, f"{TILE}?municipality=091"])
def test_a_plain_request_for_a_tile_needs_no_application_and_gets_its_answer(
    filled: Database, behind: Any, path: str, headers: dict[str, str]
) -> None:
    in_front = in_front_of(nothing_behind, filled)
    answers = [ask(in_front, path, headers=headers) for _ in ("drawn", "kept")]
    assert answers[0][0] == "200 OK"
    assert answers == [ask(behind, path, headers=headers)] * 2


@pytest.mark.parametrize("path", [ONE, TILE, WIDE])
@pytest.mark.parametrize("headers", OTHER)
def test_what_is_asked_otherwise_is_answered_by_the_application(
    filled: Database, behind: Any, path: str, headers: dict[str, str]
) -> None:
    assert ask(in_front_of(behind, filled), path, headers=headers) == ask(behind, path, headers=headers)


@pytest.mark.parametrize("path", [TILE, WIDE, f"{TILE}?municipality=091", f"{TILE}?municipality=837"])
@pytest.mark.parametrize("weak", ["", "W/"])
@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}])
def test_that_a_tile_is_unchanged_is_told_without_the_application(
    filled: Database, behind: Any, path: str, weak: str, headers: dict[str, str]
) -> None:
    tag = dict(ask(behind, path)[1])["ETag"].removeprefix("W/")
    headers = {**headers, "If-None-Match": f"{weak}{tag}"}
    answer = ask(in_front_of(nothing_behind, filled), path, headers=headers)
    assert answer[0] == "304 NOT MODIFIED"
    assert answer == ask(behind, path, headers=headers)


@pytest.mark.parametrize("given", ['"{}-gzip"', 'W/"{}", "other"', "{}", "*", "", '"{}'])
@pytest.mark.parametrize("path", [TILE, WIDE])
def test_other_ways_to_name_a_known_tile_are_read_by_the_application(
    filled: Database, behind: Any, path: str, given: str
) -> None:
    tag = dict(ask(behind, path)[1])["ETag"].removeprefix("W/").strip('"')
    headers = {"If-None-Match": given.format(tag)}
    assert ask(in_front_of(behind, filled), path, headers=headers) == ask(behind, path, headers=headers)


def test_a_tile_drawn_by_the_application_is_kept_for_who_asks_in_front(
    app: Flask, filled: Database, monkeypatch: Any
) -> None:
    drawn = app.test_client().get(WIDE)
    monkeypatch.setattr(app, "full_dispatch_request", nothing_behind)
    kept = app.test_client().get(WIDE)
    assert (kept.status_code, kept.data, kept.headers["ETag"]) == (200, drawn.data, drawn.headers["ETag"])


def test_an_empty_tile_is_of_no_type(app: Flask) -> None:
    answer = app.test_client().get(f"{TILE}?municipality=837")
    assert (answer.status_code, answer.headers.get("Content-Type")) == (204, None)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_every_address_and_method_has_one_answer(filled: Database, behind: Any, path: str, method: str) -> None:
    assert ask(in_front_of(behind, filled), path, method) == ask(behind, path, method)


@pytest.mark.parametrize("encodings", ["", "gzip", "zstd, gzip", "br"])
def test_a_large_feature_is_packed_as_everything_large_is(filled: Database, behind: Any, encodings: str) -> None:
    host = f"{'kunta.' * 40}fi"  # links make it large
    headers = {"Host": host, **({"Accept-Encoding": encodings} if encodings else {})}
    answer = ask(in_front_of(nothing_behind, filled), ONE, headers=headers)
    assert answer == ask(behind, ONE, headers=headers)
    assert ("Vary", "Accept, Accept-Encoding") in answer[1]
    assert len(answer[2]) < SMALLEST or encodings in ("", "br")


def test_the_application_that_serves_has_it_in_front(app: Flask, filled: Database, monkeypatch: Any) -> None:
    monkeypatch.setattr(app, "full_dispatch_request", nothing_behind)
    assert app.test_client().get(ONE).json["id"] == "091-10"
    assert app.test_client().get(TILE).status_code == 200


@pytest.mark.parametrize("path", [ONE, TILE])
def test_where_reading_needs_a_token_a_feature_and_a_tile_need_it_too(filled: Database, path: str) -> None:
    closed = create_app(Settings(database_url=""), filled)
    assert closed.test_client().get(path).status_code == 401
