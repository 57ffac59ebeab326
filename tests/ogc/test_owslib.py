"""OWSLib, with which GIS people script: it finds and reads the collections, and with a token edits them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from owslib.ogcapi.features import Features

from models.access import Role
from service.database import Database
from service.operations.access import create_token

SCHOOL: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [24.95, 60.17]},
    "properties": {"municipality_code": "091", "name": "OWSLibin koulu", "status": "in_use", "built_year": 1962},
}


@pytest.fixture(scope="module")
def reader(server_url: str) -> Features:
    return Features(server_url)


def client_with(server_url: str, token: str) -> Features:
    # OWSLib keeps one dictionary of headers for all its clients: what one adds would stay for the others.
    client = Features(server_url)
    client.headers = {**client.headers, "Authorization": f"Bearer {token}"}
    return client


def schools(client: Features) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.collection_items("building", name="OWSLibin koulu")["features"]
    return found


def test_it_finds_every_collection_with_its_description(reader: Features) -> None:
    assert {"building", "water_main", "valued_assets", "district"} <= set(reader.feature_collections())
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in reader.conformance()["conformsTo"]
    assert reader.api()["openapi"] == "3.0.3"
    assert reader.collection("water_main")["extent"]["spatial"]["bbox"]
    assert "storeys" in reader.collection_schema("building")["properties"]
    assert "storeys" in reader.collection_queryables("building")["properties"]


def test_it_reads_features_by_box_value_and_page(reader: Features) -> None:
    page = reader.collection_items("building", limit=7, storeys=3)
    assert page["numberReturned"] == 7
    assert {each["properties"]["storeys"] for each in page["features"]} == {3}
    boxed = reader.collection_items("water_main", bbox=[24.9274, 60.1686, 24.92748, 60.1687])
    assert [each["id"] for each in boxed["features"]] == ["091-20001"]
    assert reader.collection_item("building", "091-10")["properties"]["gross_floor_area_m2"] == 110.5


def test_with_a_token_it_creates_replaces_and_deletes_a_feature(server_url: str, filled: Database) -> None:
    token = create_token(filled, holder="script", role=Role.ENGINEER, municipality_code="091")
    client = client_with(server_url, token)
    client.headers["Content-Type"] = "application/geo+json"
    assert client.collection_item_create("building", json.dumps(SCHOOL))
    assert client.response_headers["Location"].startswith(f"{server_url}/collections/building/items/091-")
    (created,) = schools(client)
    assert created["geometry"] == SCHOOL["geometry"]

    changed = {**created, "properties": {**created["properties"], "storeys": 4, "built_year": None}}
    del client.headers["Content-Type"]  # it sets none itself where it replaces
    assert client.collection_item_update("building", created["id"], json.dumps(changed))
    (replaced,) = schools(client)
    assert (replaced["properties"]["storeys"], replaced["properties"]["built_year"]) == (4, None)

    assert client.collection_item_delete("building", created["id"])
    assert schools(client) == []


def test_without_a_token_it_is_told_why_it_may_not_write(reader: Features) -> None:
    with pytest.raises(RuntimeError, match="access token"):
        reader.collection_item_create("building", json.dumps(SCHOOL))
    with pytest.raises(RuntimeError, match="access token"):
        reader.collection_item_delete("building", "091-1")
