"""Tiles that clients have already: known to be unchanged, and known to be changed after every kind of write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient

from models.access import Role
from models.registry import ASSET_CLASSES
from service.app import create_app
from service.database import Database
from service.errors import KuntokantaError
from service.importers.pipeline import import_file
from service.importers.profile_file import parse_profile
from service.ogc.tiles_kept import KeptTiles
from service.operations.access import create_token
from service.operations.assets import register_asset, replace_asset, retire_asset
from service.operations.demo import load_benchmark_municipality
from service.operations.service_needs import add_service_area
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest
from service.queries.asset_key import AssetKey
from service.settings import Settings

WATER_MAIN = ASSET_CLASSES["water_main"]
TILE = "/ogc/collections/valued_assets/tiles/ETRS-TM35FIN/10/"
PLACE = f"{TILE}{(8388608 - 6900100) // 2048}/{(370100 + 548576) // 2048}"
LINE = shapely.LineString([(370100, 6900100), (370200, 6900200)])
VALUES: dict[str, Any] = {"status": "in_use", "is_protected": False, "source_system": "test", "geometry": LINE}
PROFILE = """
name: districts
title: t
source_system: test
format: csv
csv: {separator: ";"}
targets:
  - target: building
    key: [id]
    values: {name: {column: name}}
"""


@pytest.fixture(scope="module")
def client(module_database: Database) -> FlaskClient:
    return create_app(Settings(database_url="", open_reading=True), module_database).test_client()


@pytest.fixture(scope="module")
def water_main(module_database: Database) -> AssetKey:
    return register_asset(module_database, WATER_MAIN, "091", VALUES, changed_by="test")


@pytest.fixture
def write(module_database: Database, water_main: AssetKey, tmp_path: Path) -> dict[str, Callable[[], object]]:
    """Every way in which what maps show of municipality 091 is written."""
    database = module_database
    told: dict[str, Any] = {"expected": None, "changed_by": "test"}
    area = {"municipality_code": "091", "service_code": "basic_education", "area_code": "a", "name_fi": "A"}

    def imported(content: str, **options: Any) -> object:
        path = tmp_path / "rows.csv"
        path.write_text(content)
        profile = parse_profile(PROFILE)
        return import_file(database, path, profile, municipality_code="091", changed_by="test", **options)

    return {
        "an asset is added": lambda: register_asset(database, WATER_MAIN, "091", VALUES, changed_by="test"),
        "an asset is changed": lambda: replace_asset(database, WATER_MAIN, water_main, {"name": "x"}, **told),
        "an asset is retired": lambda: retire_asset(database, WATER_MAIN, water_main, **told),
        "a file is imported": lambda: imported("id;name\n1;School\n"),
        "a file is tried": lambda: imported("id;name\n2;Library\n", dry_run=True),
        "the same file comes again": lambda: imported("id;name\n1;School\n"),
        "a service area is added": lambda: add_service_area(database, {**area, "population_area_code": "a"}),
        "a register is loaded": lambda: load_benchmark_municipality(database, "091", 1000),
        "assets are valued": lambda: value_municipality(database, ValuationRequest("091", 2026, scenario="baseline")),
        "a valuation fails": lambda: value_municipality(database, ValuationRequest("091", 2026, scenario="none")),
    }


def revalidated(client: FlaskClient, path: str, tag: str) -> int:
    answer = client.get(path, headers={"If-None-Match": tag})
    assert answer.status_code != 304 or answer.data == b""
    return answer.status_code


def test_an_unchanged_tile_is_not_sent_again(client: FlaskClient, water_main: AssetKey) -> None:
    answer = client.get(PLACE)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache, public"
    tag = answer.headers["ETag"]
    assert revalidated(client, PLACE, tag) == 304
    assert revalidated(client, PLACE, f'"other", {tag}') == 304
    assert revalidated(client, PLACE, "*") == 304
    assert revalidated(client, PLACE, '"other"') == 200
    assert client.get(PLACE, headers={"If-None-Match": tag}).headers["ETag"] == tag


def test_an_empty_tile_is_not_asked_for_again_either(client: FlaskClient) -> None:
    answer = client.get(f"{TILE}0/0")
    assert answer.status_code == 204
    assert revalidated(client, f"{TILE}0/0", answer.headers["ETag"]) == 304


@pytest.mark.parametrize(
    "event",
    [
        "an asset is added",
        "an asset is changed",
        "a file is imported",
        "a service area is added",
        "a register is loaded",
        "assets are valued",
        "an asset is retired",
    ],
)
def test_a_tile_is_drawn_anew_when(client: FlaskClient, write: dict[str, Callable[[], object]], event: str) -> None:
    paths = [PLACE, f"{PLACE}?municipality=091", f"{PLACE}?municipality=837"]
    tags = [client.get(path).headers["ETag"] for path in paths]
    write[event]()
    assert [revalidated(client, path, tag) for path, tag in zip(paths, tags, strict=True)] == [200, 200, 304]


@pytest.mark.parametrize("event", ["a file is tried", "the same file comes again", "a valuation fails"])
def test_a_tile_is_still_good_when(client: FlaskClient, write: dict[str, Callable[[], object]], event: str) -> None:
    write["a file is imported"]()
    tag = client.get(PLACE).headers["ETag"]
    try:
        write[event]()
    except KuntokantaError:
        assert event == "a valuation fails"
    assert revalidated(client, PLACE, tag) == 304


def test_tiles_of_one_address_differ_by_token_and_are_for_its_holder_only(
    module_database: Database, water_main: AssetKey
) -> None:
    client = create_app(Settings(database_url=""), module_database).test_client()

    def tile(municipality_code: str | None, query: str = "") -> Any:
        token = create_token(module_database, holder="map", role=Role.VIEWER, municipality_code=municipality_code)
        return client.get(PLACE + query, headers={"Authorization": f"Bearer {token}"})

    answers = [tile(None), tile("091"), tile("837")]
    assert [answer.status_code for answer in answers] == [200, 200, 204]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-cache, private"}
    assert len({answer.headers["ETag"] for answer in answers}) == 3
    assert tile("837", "?municipality=091").status_code == 403
    assert tile("837", "?municipality=837").status_code == 204
    assert client.get(PLACE).status_code == 401
    assert client.get("/ogc/tileMatrixSets/ETRS-TM35FIN").status_code == 200


def test_tiles_that_are_kept_never_take_more_than_their_share_of_memory() -> None:
    kept = KeptTiles(most_bytes=10_000)
    queries: list[Any] = list(range(20))
    for query in queries:
        kept.keep(query, "now", b"x" * 1000)
        assert kept.get(query, "now") == b"x" * 1000
    assert [query for query in queries if kept.get(query, "now") is not None] == queries[-5:]
    kept.keep(19, "later", b"y")
    assert kept.get(19, "now") is None
    assert kept.get(19, "later") == b"y"
    kept.keep(20, "now", b"z" * 20_000)
    assert kept.get(20, "now") is None
