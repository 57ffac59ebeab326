"""Paging: every feature once, however the pages are cut and whatever is written meanwhile."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from service.database import Database

BUILDINGS = "/ogc/collections/building/items"
IN_USE = 10_547
COPY = """'{"asset_id": 5, "source_id": "new"}'"""
WRITTEN_MEANWHILE = (
    "UPDATE asset SET name = 'Uusi' WHERE municipality_code = '837' AND asset_id < 10510",
    (
        f"INSERT INTO asset SELECT (jsonb_populate_record(a, {COPY.replace(':', chr(92) + ':')})).* FROM asset a"
        " WHERE municipality_code = '837' AND asset_id = 10501"
    ),
    "INSERT INTO building (municipality_code, asset_id) VALUES ('837', 5)",
)


def page_after_page(client: FlaskClient, href: str) -> Iterator[dict[str, Any]]:
    while href:
        page = client.get(href).json
        yield page
        href = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")


def ids(client: FlaskClient, href: str) -> list[str]:
    return [feature["id"] for page in page_after_page(client, href) for feature in page["features"]]


@pytest.mark.parametrize("limit", [777, 3000, 10_000])
def test_pages_hold_every_feature_once_in_the_order_of_their_keys(client: FlaskClient, limit: int) -> None:
    found = ids(client, f"{BUILDINGS}?limit={limit}")
    assert len(found) == len(set(found)) == IN_USE
    keys = [(each[:3], int(each[4:])) for each in found]
    assert keys == sorted(keys)


def test_pages_cross_from_one_municipality_to_the_next(client: FlaskClient) -> None:
    pages = list(page_after_page(client, f"{BUILDINGS}?limit=10490"))
    assert [page["numberReturned"] for page in pages] == [10_000, 547]
    tail = ids(client, f"{BUILDINGS}?limit=7&storeys=3&bbox=23,61,24.5,62")
    assert len(tail) == len(set(tail))
    assert all(each.startswith("837-") for each in tail)


def test_every_collection_pages_through_its_key(client: FlaskClient) -> None:
    for name, count in (("population_grid", 30), ("district", 3), ("service_area", 2), ("water_main", 25)):
        found = ids(client, f"/ogc/collections/{name}/items?limit=1")
        assert len(found) == len(set(found)) == count


def test_filters_hold_on_every_page(client: FlaskClient) -> None:
    query = "storeys=3&bbox=24.8,60.1,24.9,60.2&crs=http://www.opengis.net/def/crs/EPSG/0/3067"
    whole = ids(client, f"{BUILDINGS}?limit=10000&{query}")
    assert ids(client, f"{BUILDINGS}?limit=100&{query}") == whole
    for page in page_after_page(client, f"{BUILDINGS}?limit=100&{query}"):
        assert all(feature["properties"]["storeys"] == 3 for feature in page["features"])
        assert page["features"][0]["geometry"]["coordinates"] is not None


def test_the_last_page_has_no_next_even_when_it_is_full(client: FlaskClient) -> None:
    page = client.get("/ogc/collections/water_main/items?limit=25").json
    assert page["numberReturned"] == 25
    assert "next" not in {link["rel"] for link in page["links"]}


def test_the_number_matched_is_exact_where_it_is_given(client: FlaskClient) -> None:
    assert client.get("/ogc/collections/water_main/items").json["numberMatched"] == 25
    assert client.get(f"{BUILDINGS}?name=none").json["numberMatched"] == 0
    assert client.get(f"{BUILDINGS}?bbox=-10,-10,0,0").json["numberMatched"] == 0
    for page in page_after_page(client, "/ogc/collections/water_main/items?limit=10"):
        assert "numberMatched" not in page


def test_what_is_written_between_pages_neither_repeats_nor_hides_a_feature(
    client: FlaskClient, filled: Database
) -> None:
    first, *_ = page_after_page(client, f"{BUILDINGS}?municipality=837&limit=20")
    href = next(link["href"] for link in first["links"] if link["rel"] == "next")
    before = ids(client, href)
    with filled.writing() as session:
        for statement in WRITTEN_MEANWHILE:
            session.execute(text(statement))
    try:
        assert ids(client, href) == before
        assert "837-5" in ids(client, f"{BUILDINGS}?municipality=837")
    finally:
        with filled.writing() as session:
            for table in ("building", "asset"):
                session.execute(text(f"DELETE FROM {table} WHERE municipality_code = '837' AND asset_id = 5"))


def test_a_larger_limit_than_the_most_means_the_most(client: FlaskClient) -> None:
    page = client.get(f"{BUILDINGS}?limit=1000000").json
    assert page["numberReturned"] == 10_000


def next_cursor(client: FlaskClient, query: str) -> str:
    page = client.get(f"{BUILDINGS}?{query}").json
    href = next(link["href"] for link in page["links"] if link["rel"] == "next")
    return href.partition("cursor=")[2]


def test_a_cursor_of_another_query_is_refused(client: FlaskClient) -> None:
    cursor = next_cursor(client, "limit=5&storeys=3")
    assert client.get(f"{BUILDINGS}?limit=50&storeys=3&cursor={cursor}").status_code == 200
    for query in ("storeys=4", "", "storeys=3&bbox=24,60,25,61"):
        answer = client.get(f"{BUILDINGS}?{query}&cursor={cursor}")
        assert answer.status_code == 400
        assert "another query" in answer.json["errors"][0]["detail"]
    assert client.get(f"/ogc/collections/water_main/items?storeys=3&cursor={cursor}").status_code == 400


def altered(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!",
        "ä",
        "AAAA",
        altered([]),
        altered(["f", "091"]),
        altered(["f", "091", "1"]),
        altered([1, 2, 3]),
        altered(["f", "091", 10**30]),
        altered(["f", "0\x001", 1]),
        altered(["f", "091", 1, 2]),
        altered(["f", "091", True]),
    ],
)
def test_a_cursor_that_was_not_given_out_is_refused(client: FlaskClient, cursor: str) -> None:
    answer = client.get(BUILDINGS, query_string={"cursor": cursor})
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["cursor"]
