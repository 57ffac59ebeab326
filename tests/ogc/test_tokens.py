"""GIS clients with a token of one municipality: they ask for collections as they are and see what is theirs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from gis.crs import CRS84, TM35FIN
from gis.projection import transformer
from models.access import Role
from service.app import create_app
from service.database import Database
from service.operations.access import create_token
from service.settings import Settings

COLLECTIONS = ["valued_assets", "building", "water_main", "district", "service_area", "population_grid"]
Get = Callable[..., Any]


@pytest.fixture(scope="module")
def reader_of(filled: Database) -> Callable[[str | None], Get]:
    """Gives a function that asks a service without open reading, with a token of a municipality or of all."""
    client = create_app(Settings(database_url=""), filled).test_client()

    def reader_of(municipality_code: str | None) -> Get:
        token = create_token(filled, holder="gis", role=Role.VIEWER, municipality_code=municipality_code)
        return lambda path: client.get(f"/ogc{path}", headers={"Authorization": f"Bearer {token}"})

    return reader_of


@pytest.fixture(scope="module")
def tampere(reader_of: Callable[[str | None], Get]) -> Get:
    """The service as a reader of municipality 837 sees it."""
    return reader_of("837")


def every_feature(get: Get, collection: str, query: str = "limit=1000") -> list[dict[str, Any]]:
    path, found = f"/collections/{collection}/items?{query}", []
    while path:
        page = get(path).json
        found += page["features"]
        path = next((each["href"] for each in page["links"] if each["rel"] == "next"), "").partition("/ogc")[2]
    return found


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_municipal_token_reads_every_collection_and_sees_only_its_own(tampere: Get, collection: str) -> None:
    features = every_feature(tampere, collection)
    assert {each["properties"]["municipality_code"] for each in features} <= {"837"}
    assert bool(features) == (collection in ("valued_assets", "building"))


def test_pages_of_a_municipal_token_hold_each_of_its_features_once(tampere: Get, client: FlaskClient) -> None:
    own = [each["id"] for each in every_feature(tampere, "building", "limit=7")]
    asked = client.get("/ogc/collections/building/items?municipality=837&limit=1000").json["features"]
    assert own == [each["id"] for each in asked]
    assert len(own) == 50


def test_the_number_of_matches_counts_what_the_token_may_see(tampere: Get, reader_of: Callable[..., Get]) -> None:
    assert tampere("/collections/building/items?limit=1000").json["numberMatched"] == 50
    assert tampere("/collections/water_main/items?limit=1000").json["numberMatched"] == 0
    assert reader_of(None)("/collections/water_main/items").json["numberMatched"] == 25


def test_a_cursor_of_another_reader_leads_to_nothing_of_theirs(tampere: Get, reader_of: Callable[..., Get]) -> None:
    page = reader_of("091")("/collections/building/items?limit=5").json
    (following,) = (each["href"] for each in page["links"] if each["rel"] == "next")
    assert tampere(following.partition("/ogc")[2]).json["features"] == []


@pytest.mark.parametrize("query", ["filter=municipality_code='091'", "filter=storeys>=0 OR municipality_code='091'"])
def test_a_filter_finds_nothing_beyond_the_border(tampere: Get, query: str) -> None:
    found = every_feature(tampere, "building", f"limit=1000&{query.replace(' ', '%20').replace('>', '%3E')}")
    assert {each["properties"]["municipality_code"] for each in found} <= {"837"}


def test_in_any_order_pages_hold_each_of_its_features_once(tampere: Get, reader_of: Callable[..., Get]) -> None:
    found = [each["id"] for each in every_feature(tampere, "building", "limit=9&sortby=-storeys,name")]
    assert sorted(found) == [f"837-{number}" for number in range(10_501, 10_551)]
    page = reader_of("091")("/collections/building/items?limit=5&sortby=-storeys").json
    (following,) = (each["href"] for each in page["links"] if each["rel"] == "next")
    beyond = tampere(following.partition("/ogc")[2]).json["features"]
    assert {each["properties"]["municipality_code"] for each in beyond} <= {"837"}


def test_a_whole_collection_as_a_file_is_the_part_that_the_token_holds_for(tampere: Get) -> None:
    rows = list(csv.DictReader(io.StringIO(tampere("/collections/building/items?f=csv").data.decode("utf-8-sig"))))
    assert {row["municipality_code"] for row in rows} == {"837"}
    assert len(rows) == 50
    assert tampere("/collections/building/items?f=csv&municipality=091").status_code == 403


@pytest.mark.parametrize("query", ["municipality=091", "municipality_code=091", "municipality=091&bbox=1,2,3,4"])
def test_who_asks_for_another_municipality_is_told_that_the_token_does_not_hold_there(tampere: Get, query: str) -> None:
    answer = tampere(f"/collections/building/items?{query}")
    assert answer.status_code == 403
    assert "837" in answer.json["detail"]


def test_a_feature_of_another_municipality_is_not_given_out(tampere: Get) -> None:
    assert tampere("/collections/building/items/837-10501").status_code == 200
    for path in ("building/items/091-1", "valued_assets/items/091-1", "district/items/091-10"):
        assert tampere(f"/collections/{path}").status_code == 403


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_extent_says_nothing_of_where_others_have_something(tampere: Get, collection: str) -> None:
    every = {each["id"]: each for each in tampere("/collections").json["collections"]}
    single = tampere(f"/collections/{collection}").json
    assert single.get("extent") == every[collection].get("extent")
    if collection in ("valued_assets", "building"):
        box = transformer(CRS84, TM35FIN).transform_bounds(*single["extent"]["spatial"]["bbox"][0])
        assert 326900 < box[0] < 327041
        assert box[2] < 332000
    else:
        assert "extent" not in single


def test_extents_of_one_reader_are_not_those_of_the_next(tampere: Get, reader_of: Callable[..., Get]) -> None:
    tampere("/collections/building")
    whole = reader_of(None)("/collections/building").json["extent"]["spatial"]["bbox"][0]
    helsinki = reader_of("091")("/collections/building").json["extent"]["spatial"]["bbox"][0]
    assert whole[3] > helsinki[3] + 1


def test_a_malformed_municipality_is_malformed_for_every_reader(tampere: Get, client: FlaskClient) -> None:
    for answer in (
        tampere("/collections/building/items?municipality=-"),
        client.get("/ogc/collections/building/items?municipality=-"),
    ):
        assert answer.status_code == 400
        assert [fault["pointer"] for fault in answer.json["errors"]] == ["municipality"]


def test_what_describes_the_service_and_what_a_browser_asks_first_needs_no_token(filled: Database) -> None:
    client = create_app(Settings(database_url=""), filled).test_client()
    for path in ("/ogc", "/ogc/api", "/ogc/conformance"):
        assert client.get(path).status_code == 200
    assert client.options("/ogc/collections/building/items").status_code == 200
    for path in ("", "/building", "/building/schema", "/building/items", "/building/items/091-1"):
        assert client.get(f"/ogc/collections{path}").status_code == 401
