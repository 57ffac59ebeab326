"""No input gives a crash or half a change: each gives a problem document that names every fault."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database

BUILDING = "/api/v1/building"
CROSSING = [[24.90, 60.10], [24.91, 60.11], [24.91, 60.10], [24.90, 60.11], [24.90, 60.10]]
MANY = {"status": "sunny", "built_year": "1962", "colour": "red", "criticality": 9, "is_protected": "yes"}

FAULTY_BODIES = {
    "unknown field": ({"colour": "red"}, {"/colour"}),
    "text for a number": ({"gross_floor_area_m2": "4200"}, {"/gross_floor_area_m2"}),
    "truth for a number": ({"storeys": True}, {"/storeys"}),
    "fraction for a whole number": ({"storeys": 2.5}, {"/storeys"}),
    "number for a text": ({"name": 5}, {"/name"}),
    "text for a truth": ({"is_protected": "true"}, {"/is_protected"}),
    "negative quantity": ({"gross_floor_area_m2": -1}, {"/gross_floor_area_m2"}),
    "number beyond the column": ({"storeys": 10**12}, {"/storeys"}),
    "money beyond the column": ({"replacement_cost_eur": 1e15}, {"/replacement_cost_eur"}),
    "code that is none": ({"material": "gingerbread"}, {"/material"}),
    "year 2999": ({"built_year": 2999}, {"/built_year"}),
    "year of the future": ({"built_year": 2150, "renewed_year": 2150}, {"/built_year", "/renewed_year"}),
    "year 0": ({"built_year": 0}, {"/built_year"}),
    "wrong check character": ({"permanent_building_id": "100012345A"}, {"/permanent_building_id"}),
    "property id that is none": ({"property_id": "91-1-2"}, {"/property_id"}),
    "property id with a line break": ({"property_id": "09100100020003\n"}, {"/property_id"}),
    "NUL in a text": ({"name": "a\0b"}, {"/name"}),
    "endless text": ({"source_id": "x" * 5000}, {"/source_id"}),
    "unknown municipality": ({"municipality_code": "997"}, {"/municipality_code"}),
    "municipality that is none": ({"municipality_code": "９０１"}, {"/municipality_code"}),
    "null for a status": ({"status": None}, {"/status"}),
    "what the service sets": ({"district_code": "K1", "id": "901-1"}, {"/district_code", "/id"}),
    "geometry of another class": (
        {"geometry": {"type": "LineString", "coordinates": [[24.9, 60.1], [24.91, 60.1]]}},
        {"/geometry/type"},
    ),
    "geometry that is none": ({"geometry": "POINT (1 2)"}, {"/geometry"}),
    "coordinates of another system": (
        {"geometry": {"type": "Point", "coordinates": [385600.0, 6672100.0]}},
        {"/geometry/coordinates"},
    ),
    "latitude first": ({"geometry": {"type": "Point", "coordinates": [60.17, 24.95]}}, {"/geometry/coordinates"}),
    "self-crossing polygon": (
        {"geometry": {"type": "Polygon", "coordinates": [CROSSING]}},
        {"/geometry/coordinates"},
    ),
    "open ring": ({"geometry": {"type": "Polygon", "coordinates": [CROSSING[:4]]}}, {"/geometry/coordinates/0"}),
    "all at once": (
        {**MANY, "permanent_building_id": "100012345A", "geometry": {"type": "Point", "coordinates": ["x", 1]}},
        {f"/{name}" for name in MANY} | {"/permanent_building_id", "/geometry/coordinates/0"},
    ),
}


@pytest.fixture(autouse=True)
def nothing_is_written(module_database: Database) -> Any:
    def written() -> Any:
        with module_database.reading() as connection:
            count = text("SELECT (SELECT count(*) FROM asset), (SELECT count(*) FROM asset_version)")
            return tuple(connection.execute(count).one())

    before = written()
    yield
    assert written() == before


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    document: dict[str, Any] = answer.json
    assert {"type", "title", "status", "detail", "errors"} <= set(document)
    assert document["status"] == status
    assert "Traceback" not in answer.text
    return document


@pytest.mark.parametrize("case", FAULTY_BODIES)
def test_every_fault_of_a_body_is_named(admin: Any, case: str, school_body: dict[str, Any]) -> None:
    changes, pointers = FAULTY_BODIES[case]
    document = problem(admin("POST", BUILDING, json={**school_body, **changes}), 422)
    assert {fault["pointer"] for fault in document["errors"]} == pointers


def test_missing_fields_are_named(admin: Any) -> None:
    document = problem(admin("POST", BUILDING, json={}), 422)
    assert {fault["pointer"] for fault in document["errors"]} == {"/municipality_code", "/status"}


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1e999}', b"[" * 100_000, b'"\\ud800"'])
def test_a_body_that_is_no_json_is_malformed(admin: Any, body: bytes) -> None:
    problem(admin("POST", BUILDING, data=body, content_type="application/json"), 400)


@pytest.mark.parametrize("body", ["[]", '"text"', "5", "null", "[{}]"])
def test_a_body_that_is_no_object_is_invalid(admin: Any, body: str) -> None:
    problem(admin("POST", BUILDING, data=body, content_type="application/json"), 422)


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data", None])
def test_another_content_type_is_refused(admin: Any, content_type: str | None) -> None:
    problem(admin("POST", BUILDING, data=b"{}", content_type=content_type), 415)


def test_a_body_beyond_the_limit_is_refused(admin: Any, app: Any) -> None:
    limit = app.config["MAX_CONTENT_LENGTH"]
    app.config["MAX_CONTENT_LENGTH"] = 1000
    try:
        problem(admin("POST", BUILDING, data=b" " * 1001, content_type="application/json"), 413)
    finally:
        app.config["MAX_CONTENT_LENGTH"] = limit


FAULTY_QUERIES = {
    "colour=red": {"colour"},
    "limit=0": {"limit"},
    "limit=1001": {"limit"},
    "limit=ten&bbox=1,2,3&sort=colour&class=ship": {"limit", "bbox", "sort", "class"},
    "limit=1_0": {"limit"},
    "limit=１０": {"limit"},
    "limit=1&limit=2": {"limit"},
    "bbox=25,61,24,60": {"bbox"},
    "bbox=a,b,c,d": {"bbox"},
    "bbox-crs=EPSG:9999&bbox=1,2,3,4": {"bbox-crs"},
    "crs=EPSG:9999": {"crs"},
    "status=sunny": {"status"},
    "municipality=91": {"municipality"},
    "cursor=abc": {"cursor"},
    "cursor=ÄÖ": {"cursor"},
    "q=%00": {"q"},
    "q=": {"q"},
}


@pytest.mark.parametrize("query", FAULTY_QUERIES)
def test_every_fault_of_a_query_is_named(admin: Any, query: str) -> None:
    document = problem(admin("GET", f"/api/v1/assets?{query}"), 400)
    assert {fault["pointer"] for fault in document["errors"]} == FAULTY_QUERIES[query]


def test_a_query_parameter_where_none_is_known_is_an_error(admin: Any) -> None:
    document = problem(admin("GET", "/api/v1/asset-classes?x=1"), 400)
    assert [fault["pointer"] for fault in document["errors"]] == ["x"]


def test_a_method_that_a_resource_does_not_have_names_those_it_has(admin: Any) -> None:
    answer = admin("DELETE", "/api/v1/assets")
    problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_a_failure_that_nobody_foresaw_is_a_problem_without_its_cause(app: Any, admin: Any, monkeypatch: Any) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("service.api.assets.asset_page", fails)
    document = problem(admin("GET", "/api/v1/assets"), 500)
    assert document["instance"].startswith("urn:uuid:")
    assert "secret" not in str(document)
