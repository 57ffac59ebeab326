"""Filters that cannot be carried out: refused by name and at once, whatever they are made of."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ITEMS = "/ogc/collections/building/items"
STAR = "POLYGON((24 60, 25 61, 25 60, 24 61, 24 60))"

BAD_TEXTS = [
    ("", "its end"),
    (" ", "its end"),
    ("storeys", "'storeys' alone"),
    ("storeys =", "its end"),
    ("storeys == 3", "near '= 3'"),
    ("storeys = 3 AND", "its end"),
    ("storeys = 3; DROP TABLE asset", "near '; DROP TABLE asset'"),
    ("storeys = 'x' OR 1=1 --", "not CQL2 text"),
    ("(storeys = 3", "its end"),
    ("storeys = 3)", "near ')'"),
    ("name = 'a", "a quote without its counterpart"),
    ("name = 'a' 'b'", "near ''b''"),
    ('"name = 3', "a quote without its counterpart"),
    ("name ILIKE 'a'", "near 'ILIKE"),
    ("height_m > 3", "'height_m' is no property of 'building'"),
    ("Storeys = 3", "'Storeys' is no property"),
    ("height_m IS NULL", "'height_m' is no property"),
    ("asset_id = 3", "'asset_id' is no property"),
    ("storeys = 'three'", "'three' is a text"),
    ("storeys = TRUE", "TRUE is true or false"),
    ("name = 3", "3 is a number"),
    ("name = storeys", "'storeys' is a number"),
    ("is_protected = 1", "1 is a number"),
    ("is_protected = 'true'", "'true' is a text"),
    ("is_protected > 0", "0 is a number"),
    ("name = NULL", "IS NULL asks"),
    ("storeys = 1e999", "not finite"),
    ("energy_class = 'H'", "'H' is not a value of 'energy_class'"),
    ("condition_basis IN ('guess')", "'guess' is not a value of 'condition_basis'"),
    ("built_year = DATE('2020-01-01')", "date or a time"),
    ("T_AFTER(built_year, DATE('2020-01-01'))", "'t_after' is not supported"),
    ("A_CONTAINS(name, ('a', 'b'))", "'a_contains' is not supported"),
    ("storeys + 1 = 3", "'+' is not supported"),
    ("levenshtein(name, 'x') < 3", "'levenshtein' is not supported"),
    ("pg_sleep(10)", "'pg_sleep' is not supported"),
    ("name LIKE 3", "3 is a number"),
    ("storeys LIKE '3%'", "'storeys' is a number"),
    ("name LIKE owner", "'owner' is a property"),
    ("name BETWEEN 'a' AND 'b'", "'name' is a text"),
    ("storeys BETWEEN 1 AND 'b'", "'b' is a text"),
    ("storeys IN ()", "not CQL2 text"),
    ("storeys IN (1, 'b')", "'b' is a text"),
    ("CASEI(storeys) = 'x'", "CASEI takes a text"),
    ("geometry = 'x'", "spatial function"),
    ("name = POINT(24 60)", "spatial function"),
    ("S_INTERSECTS(name, POINT(24 60))", "'name' is none"),
    ("S_INTERSECTS(geometry)", "two geometries"),
    ("S_INTERSECTS(geometry, geometry)", "written out"),
    ("S_INTERSECTS(geometry, 'POINT(24 60)')", "written out"),
    ("S_INTERSECTS(geometry, POINT(24))", "written out"),
    ("S_INTERSECTS(geometry, POINT(x y))", "not CQL2 text"),
    ("S_INTERSECTS(geometry, POINT EMPTY)", "not CQL2 text"),
    ("POINT EMPTY", "not CQL2 text"),
    ("S_INTERSECTS(geometry, POINT(385000 6672000))", "off the globe"),
    ("S_INTERSECTS(geometry, POLYGON((24 60, 25 60, 24 60)))", "at least 4"),
    ("S_INTERSECTS(geometry, POLYGON((24 60, 25 60, 25 61, 24 61)))", "not closed"),
    (f"S_INTERSECTS(geometry, {STAR})", "Self-intersection"),
    ("S_INTERSECTS(geometry, BBOX(24, 60, 25))", "4 or 6 numbers"),
    ("S_INTERSECTS(geometry, BBOX(24, 61, 25, 60))", "above the greatest"),
    ("S_NEAR(geometry, POINT(24 60))", "'S_NEAR' is not supported"),
    ("name = 'a\0b'", "NUL"),
]
BAD_JSON = [
    ("", "not JSON"),
    ("{", "not JSON"),
    ("storeys = 3", "not JSON"),
    ("[]", "is no condition"),
    ("1", "is no condition"),
    ("null", "is no condition"),
    ("{}", "'None' is not supported"),
    ({"op": "=", "args": {"property": "storeys"}}, "'=' is not supported"),
    ({"op": ["="], "args": []}, "is not supported"),
    ({"op": "=", "args": [{"property": "storeys"}]}, "compares two values"),
    ({"op": "=", "args": [{"property": "storeys"}, [1]]}, "a list cannot be compared"),
    ({"op": "=", "args": [{"property": "storeys"}, None]}, "IS NULL asks"),
    ({"op": "=", "args": [{"property": 3}, 3]}, "is not supported within a comparison"),
    ({"op": "and", "args": [True]}, "two conditions"),
    ({"op": "not", "args": []}, "one condition"),
    ({"op": "in", "args": [{"property": "storeys"}, []]}, "one value at least"),
    ({"op": "in", "args": [{"property": "storeys"}, 3]}, "one value at least"),
    ({"op": "like", "args": [{"property": "name"}, "a\\"]}, "nothing to escape"),
    ({"op": "isNull", "args": ["name"]}, "one property"),
    ({"op": "between", "args": [{"property": "storeys"}, 1]}, "two limits"),
    ({"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Circle", "coordinates": []}]}, "'Circle'"),
    ({"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point"}]}, "two numbers"),
    ({"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": ["x", 1]}]}, "finite"),
    ({"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": "all"}]}, "four or six numbers"),
    (
        {
            "op": "s_within",
            "args": [{"property": "geometry"}, {"type": "GeometryCollection", "geometries": []}],
        },
        "list of geometries",
    ),
]


def faults(client: FlaskClient, **query: str) -> list[tuple[str, str]]:
    answer = client.get(ITEMS, query_string=query)
    assert answer.status_code == 400, answer.json
    assert answer.headers["Content-Type"] == "application/problem+json"
    return [(fault["pointer"], fault["detail"]) for fault in answer.json["errors"]]


@pytest.mark.parametrize(("text", "said"), BAD_TEXTS)
def test_a_bad_filter_is_refused_with_what_is_wrong(client: FlaskClient, text: str, said: str) -> None:
    found = faults(client, filter=text)
    assert {pointer for pointer, _ in found} == {"filter"}
    assert said in found[0][1]


@pytest.mark.parametrize(("content", "said"), BAD_JSON)
def test_a_bad_json_filter_is_refused_with_what_is_wrong(client: FlaskClient, content: object, said: str) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    found = faults(client, filter=text, **{"filter-lang": "cql2-json"})
    assert {pointer for pointer, _ in found} == {"filter"}
    assert said in found[0][1]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"filter": "storeys = 3", "filter-lang": "cql"}, "filter-lang"),
        ({"filter": "storeys = 3", "filter-lang": ""}, "filter-lang"),
        ({"filter": "storeys = 3", "filter-crs": "EPSG:9999"}, "filter-crs"),
        ({"filter-crs": "nonsense"}, "filter-crs"),
    ],
)
def test_a_bad_language_or_system_is_refused_by_its_name(
    client: FlaskClient, query: dict[str, str], parameter: str
) -> None:
    assert {pointer for pointer, _ in faults(client, **query)} == {parameter}


def test_every_fault_of_a_filter_is_told_at_once(client: FlaskClient) -> None:
    text = f"height = 3 AND (storeys = 'x' OR NOT foo(1) = 2) AND S_WITHIN(geometry, {STAR})"
    found = faults(client, filter=text, limit="0")
    assert [pointer for pointer, _ in found].count("filter") == 4
    assert ("limit", "'0' is not a whole number from 1 to 10000") in found


DEEP = 10_000
MANY = 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "(" * DEEP + "storeys = 3" + ")" * DEEP,
        "NOT " * DEEP + "storeys = 3",
        "NOT (" * DEEP + "storeys = 3" + ")" * DEEP,
        "storeys = " + "-" * DEEP + "3",
        "storeys = " + "- " * DEEP + "3",
        "storeys = " + "+".join("1" * DEEP),
        "storeys" + " = 3" * (DEEP // 2),
        "casei(" * (DEEP // 2) + "name" + ")" * (DEEP // 2) + " = 'x'",
        "a_contains(name, " + "(" * DEEP + "1" + ")" * DEEP + ")",
        "x" * MANY,
        "name = '" + "x" * MANY + "'",
        "S_INTERSECTS(geometry, POLYGON((" + ", ".join(["24 60"] * MANY) + ")))",
        "S_INTERSECTS(geometry, MULTIPOINT(" + ",".join(["24 60"] * 6000) + "))",
        "'" + "\\'" * 20_000,
        "'" * 20_001,
    ],
    ids=str,
)
def test_a_filter_beyond_all_bounds_is_refused_before_it_is_parsed(client: FlaskClient, text: str) -> None:
    assert faults(client, filter=text)[0][0] == "filter"


@pytest.mark.parametrize(
    "text",
    [
        '{"op":"not","args":[' * 2000 + "true" + "]}" * 2000,
        "[" * 40_000,
        '{"a":' * 8000,
        '{"op":"s_within","args":[{"property":"geometry"},' + "[" * 500 + "]" * 500 + "]}",
    ],
    ids=["not", "lists", "objects", "coordinates"],
)
def test_json_nested_beyond_all_bounds_is_refused(client: FlaskClient, text: str) -> None:
    assert faults(client, filter=text, **{"filter-lang": "cql2-json"})[0][0] == "filter"


def test_a_filter_within_the_bounds_is_carried_out_however_it_is_nested(client: FlaskClient) -> None:
    for text in (
        "(storeys = 1 OR " * 49 + "storeys = 1" + ")" * 49,
        "NOT (" * 24 + "storeys = 1" + ")" * 24,
        " OR ".join(["storeys = 1"] * 500),
        "storeys IN (" + ",".join(["1"] * 5000) + ")",
    ):
        assert client.get(ITEMS, query_string={"filter": text, "limit": "1"}).status_code == 200


_SIGNS = r"""storeys name geometry = < AND OR NOT ( ) 'x' 3 - .5 , IN LIKE BETWEEN IS NULL S_INTERSECTS POINT BBOX
    CASEI ' " \ TRUE DATE ILIKE ä % EMPTY POLYGON"""
_WORDS = st.sampled_from(_SIGNS.split())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_WORDS, max_size=15).map(" ".join) | st.text(max_size=40), st.sampled_from(["cql2-text", "cql-text"]))
def test_no_text_does_worse_than_being_refused(client: FlaskClient, text: str, language: str) -> None:
    query = {"filter": text, "filter-lang": language, "limit": "1"}
    assert client.get(ITEMS, query_string=query).status_code in (200, 400)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["storeys", "x", "%", "\0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries(
            {"op": st.sampled_from(["and", "not", "=", "in", "like", "between", "isNull", "s_equals", "casei"])},
            optional={"args": st.lists(inner, max_size=3), "x": inner},
        )
        | st.fixed_dictionaries({"property": st.sampled_from(["storeys", "name", "geometry", "id"]) | inner})
        | st.fixed_dictionaries({"type": st.sampled_from(["Point", "Polygon"]), "coordinates": inner})
        | st.fixed_dictionaries({"bbox": inner})
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_JSON)
def test_no_json_does_worse_than_being_refused(client: FlaskClient, content: object) -> None:
    query = {"filter": json.dumps(content), "filter-lang": "cql2-json", "limit": "1"}
    assert client.get(ITEMS, query_string=query).status_code in (200, 400)
