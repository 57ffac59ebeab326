"""Order by any property and a choice of columns: pages hold every feature once, over ties and unknown values."""

from __future__ import annotations

import base64
import itertools
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from service.database import Database

BUILDINGS = "/ogc/collections/building/items"
IN_USE = 10_547


def pages(client: FlaskClient, path: str, **query: str) -> list[list[dict[str, Any]]]:
    answer = client.get(path, query_string=query)
    read = []
    while True:
        assert answer.status_code == 200, answer.json
        read.append(answer.json["features"])
        href = next((link["href"] for link in answer.json["links"] if link["rel"] == "next"), None)
        if href is None:
            return read
        answer = client.get(href)


def features(client: FlaskClient, **query: str) -> list[dict[str, Any]]:
    return list(itertools.chain(*pages(client, BUILDINGS, **query)))


def in_order(found: list[dict[str, Any]], sortby: str) -> list[str]:
    """Ids as a sort in Python has them, from the last key to the first; a stable sort keeps the order of the keys."""
    ordered = sorted(found, key=lambda feature: (feature["id"][:3], int(feature["id"][4:])))
    for each in reversed(sortby.split(",")):
        name, descending = each.lstrip("+-"), each.startswith("-")
        known = [feature for feature in ordered if feature["properties"][name] is not None]
        unknown = [feature for feature in ordered if feature["properties"][name] is None]
        known.sort(key=lambda feature: as_bytes(feature["properties"][name]), reverse=descending)
        ordered = [*known, *unknown]
    return [feature["id"] for feature in ordered]


def as_bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


@pytest.mark.parametrize(
    "sortby",
    [
        "storeys",
        "+storeys",
        "-storeys",
        "-built_year,storeys",
        "energy_class,-built_year,name",
        "-condition_basis,repair_backlog_eur",
        "-repair_backlog_eur",
        "replacement_cost_eur",
        "is_protected,-volume_m3",
        "-municipality_code,-energy_class",
        "status",
        "-name",
    ],
)
def test_pages_in_order_hold_every_feature_once(client: FlaskClient, sortby: str) -> None:
    found = features(client, sortby=sortby, limit="2500")
    ids = [feature["id"] for feature in found]
    assert len(ids) == len(set(ids)) == IN_USE
    assert ids == in_order(found, sortby)


def test_small_pages_over_ties_and_unknown_values_are_whole(client: FlaskClient) -> None:
    for sortby in ("energy_class,-built_year", "-energy_class", "condition_index,storeys", "-built_year,-is_protected"):
        query = {"municipality": "837", "sortby": sortby}
        whole = [feature["id"] for feature in features(client, **query, limit="100")]
        assert len(whole) == len(set(whole)) == 50
        for limit in ("1", "3", "49"):
            assert [feature["id"] for feature in features(client, **query, limit=limit)] == whole


_NAMES = st.sampled_from(
    ["storeys", "built_year", "energy_class", "name", "is_protected", "volume_m3", "condition_index"]
)
_KEYS = st.lists(_NAMES, min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.tuples(*(st.sampled_from([name, f"-{name}"]) for name in names)).map(",".join)
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sortby=_KEYS, limit=st.integers(5, 30))
def test_any_order_is_paged_as_python_sorts_it(client: FlaskClient, sortby: str, limit: int) -> None:
    found = features(client, sortby=sortby, limit=str(limit), filter="storeys < 6", municipality="837")
    assert [feature["id"] for feature in found] == in_order(found, sortby)


def test_a_plus_sign_that_became_a_space_is_a_plus_sign(client: FlaskClient) -> None:
    plain = client.get(f"{BUILDINGS}?sortby=storeys,name&limit=5").json["features"]
    assert client.get(f"{BUILDINGS}?sortby=+storeys,%2Bname&limit=5").json["features"] == plain


def test_filters_and_boxes_hold_in_order_too(client: FlaskClient) -> None:
    query = {"filter": "storeys IN (3, 4)", "bbox": "24.84,60.149,24.86,60.16", "energy_class": "C"}
    expected = {feature["id"] for feature in features(client, **query, limit="10000")}
    found = features(client, **query, sortby="-volume_m3", limit="7")
    assert {feature["id"] for feature in found} == expected
    assert len(found) == len(expected) > 7


def test_what_is_written_between_pages_neither_repeats_nor_hides_a_feature(
    client: FlaskClient, filled: Database
) -> None:
    query = {"sortby": "-volume_m3", "municipality": "837"}
    before = [feature["id"] for feature in features(client, **query, limit="100")]
    first = client.get(BUILDINGS, query_string={**query, "limit": "20"}).json
    href = next(link["href"] for link in first["links"] if link["rel"] == "next")
    change = text(
        "UPDATE building SET volume_m3 = volume_m3 + :more WHERE municipality_code = '837' AND asset_id > 10540"
    )
    with filled.writing() as session:
        session.execute(change, {"more": 10_000})
    try:
        rest = client.get(href).json["features"]
        assert [feature["id"] for feature in rest] == before[20:40]
    finally:
        with filled.writing() as session:
            session.execute(change, {"more": -10_000})


def next_cursor(client: FlaskClient, query: str) -> str:
    page = client.get(f"{BUILDINGS}?{query}").json
    href = next(link["href"] for link in page["links"] if link["rel"] == "next")
    return href.partition("cursor=")[2]


def test_a_cursor_of_another_order_or_filter_is_refused(client: FlaskClient) -> None:
    cursor = next_cursor(client, "limit=5&sortby=-storeys&filter=storeys>2")
    assert client.get(f"{BUILDINGS}?limit=9&sortby=-storeys&filter=storeys>2&cursor={cursor}").status_code == 200
    for query in ("sortby=storeys&filter=storeys>2", "sortby=-storeys&filter=storeys>3", "sortby=-storeys", "x=1"):
        answer = client.get(f"{BUILDINGS}?{query}&cursor={cursor}")
        assert answer.status_code == 400
        assert "cursor" in {fault["pointer"] for fault in answer.json["errors"]}


@pytest.mark.parametrize("value", ["x", True, 1.5, [], {}, 10**30])
def test_a_cursor_carries_sort_values_of_their_types(client: FlaskClient, value: Any) -> None:
    cursor = next_cursor(client, "limit=5&sortby=-storeys")
    fingerprint, _, *key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    content = str([fingerprint, value, *key]).replace("'", '"').replace("True", "true")
    altered = base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")
    answer = client.get(f"{BUILDINGS}?sortby=-storeys&cursor={altered}")
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["cursor"]


def test_the_key_of_a_cursor_is_never_null(client: FlaskClient) -> None:
    cursor = next_cursor(client, "limit=5&sortby=-storeys")
    fingerprint, value, _, asset_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    altered = base64.urlsafe_b64encode(orjson.dumps([fingerprint, value, None, asset_id])).decode().rstrip("=")
    assert client.get(f"{BUILDINGS}?sortby=-storeys&cursor={altered}").status_code == 400


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("sortby=", "sortby", "a name is missing"),
        ("sortby=-", "sortby", "a name is missing"),
        ("sortby=storeys,", "sortby", "a name is missing"),
        ("sortby=height", "sortby", "'height' is no property of 'building'"),
        ("sortby=--storeys", "sortby", "'-storeys' is no property"),
        ("sortby=geometry", "sortby", "'geometry' is no property"),
        ("sortby=storeys desc", "sortby", "'storeys desc' is no property"),
        ("sortby=storeys,-storeys", "sortby", "more than once"),
        ("sortby=name,owner,status,storeys,volume_m3,material", "sortby", "at most 5"),
        ("sortby=storeys&sortby=name", "sortby", "more than once"),
        ("properties=", "properties", "a name is missing"),
        ("properties=name,", "properties", "a name is missing"),
        ("properties=height", "properties", "'height' is no property of 'building'"),
        ("properties=name,name", "properties", "more than once"),
        ("properties=*", "properties", "'*' is no property"),
    ],
)
def test_a_bad_order_or_choice_is_refused_by_name(client: FlaskClient, query: str, parameter: str, said: str) -> None:
    answer = client.get(f"{BUILDINGS}?{query}")
    assert answer.status_code == 400
    assert {fault["pointer"] for fault in answer.json["errors"]} == {parameter}
    assert any(said in fault["detail"] for fault in answer.json["errors"])


def test_columns_are_given_as_chosen_and_nothing_else_changes(client: FlaskClient) -> None:
    chosen = client.get(f"{BUILDINGS}?limit=50&properties=storeys,name").json["features"]
    whole = client.get(f"{BUILDINGS}?limit=50").json["features"]
    for few, all_ in zip(chosen, whole, strict=True):
        assert list(few["properties"]) == ["storeys", "name"]
        assert few["properties"].items() <= all_["properties"].items()
        assert {**few, "properties": None} == {**all_, "properties": None}


def test_a_page_for_people_has_the_chosen_columns_alone(client: FlaskClient) -> None:
    page = client.get(f"{BUILDINGS}?limit=5&properties=storeys,name&f=html").text
    heads = [part.partition("<")[0] for part in page.split('<th scope="col">')[1:]]
    assert heads == ["id", "storeys", "name", "geometry"]


def test_a_choice_of_columns_goes_with_order_and_pages(client: FlaskClient) -> None:
    query = {"properties": "name", "sortby": "-volume_m3", "filter": "repair_backlog_eur > 1000"}
    found = features(client, **query, limit="4000")
    assert len(found) == len({feature["id"] for feature in found}) > 4000
    assert all(list(feature["properties"]) == ["name"] for feature in found)


def test_sortables_are_described_with_titles_and_units(client: FlaskClient) -> None:
    described = client.get("/ogc/collections/building")
    links = {link["rel"]: link["href"] for link in described.json["links"]}
    document = client.get(links["http://www.opengis.net/def/rel/ogc/1.0/sortables"])
    assert document.headers["Content-Type"].startswith("application/schema+json")
    properties = document.json["properties"]
    assert properties["repair_backlog_eur"]["x-ogc-unit"] == "EUR"
    assert all(each["title"] for each in properties.values())
    assert "geometry" not in properties
    for name in properties:
        assert client.get(f"{BUILDINGS}?limit=2&sortby=-{name}").status_code == 200


def test_every_collection_can_be_sorted_by_each_of_its_sortables(client: FlaskClient) -> None:
    for name in ("valued_assets", "district", "service_area", "population_grid", "water_main"):
        sortables = client.get(f"/ogc/collections/{name}/sortables").json["properties"]
        for each in sortables:
            page = client.get(f"/ogc/collections/{name}/items?limit=1&sortby={each}")
            assert page.status_code == 200
            links = {link["rel"]: link["href"] for link in page.json["links"]}
            assert client.get(links["next"]).status_code == 200


def test_the_definition_describes_the_parameters(client: FlaskClient) -> None:
    document = client.get("/ogc/api").json
    operation = document["paths"]["/collections/building/items"]["get"]
    names = {each.get("$ref", "").rpartition("/")[2] or each["name"] for each in operation["parameters"]}
    assert {"filter", "filter-lang", "filter-crs", "sortby", "properties"} <= names
    assert "/collections/building/sortables" in document["paths"]
