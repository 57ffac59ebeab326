"""Features written by GIS clients (Part 4): what an engineer may do over REST, as GeoJSON and with the same history."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gis.crs import CRS84, SERVED_CRS, Crs
from gis.projection import reproject
from models.access import Role
from models.registry import ASSET_CLASSES, AssetClass
from service.api.asset_schemas import body_schema
from service.app import create_app
from service.database import Database
from service.operations.access import create_token
from service.queries.feature_registry import feature_collections
from service.settings import Settings

ITEMS = "/ogc/collections/building/items"
GEOJSON, MERGE_PATCH = "application/geo+json", "application/merge-patch+json"
SCHOOL: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [24.95, 60.17]},
    "properties": {
        "municipality_code": "091",
        "name": "Koulu",
        "status": "in_use",
        "built_year": 1962,
        "gross_floor_area_m2": 4200.5,
        "material": "brick",
        "replacement_cost_eur": 9500000.5,
    },
}


@dataclass
class Writer:
    """The service as one holder of a token sees it."""

    client: FlaskClient
    token: str | None

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send a request; a header's name is written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            sent.setdefault("Content-Type", MERGE_PATCH if method == "PATCH" else GEOJSON)
        return self.client.open(path, method=method, headers=sent, json=body)


@pytest.fixture(scope="module")
def writer_of(filled: Database) -> Callable[..., Writer]:
    client = create_app(Settings(database_url=""), filled).test_client()

    def writer_of(role: Role | None, municipality_code: str | None = None) -> Writer:
        holder = f"{role} of {municipality_code}"
        token = create_token(filled, holder=holder, role=role, municipality_code=municipality_code) if role else None
        return Writer(client, token)

    return writer_of


@pytest.fixture(scope="module")
def engineer(writer_of: Callable[..., Writer]) -> Writer:
    return writer_of(Role.ENGINEER, "091")


@pytest.fixture
def school() -> dict[str, Any]:
    return copy.deepcopy(SCHOOL)


@pytest.fixture
def created(engineer: Writer, school: dict[str, Any]) -> str:
    """The path of a school that has just been created."""
    answer = engineer("POST", ITEMS, school)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"].partition("localhost")[2]


def pointers(answer: TestResponse, status: int) -> set[str]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    return {fault["pointer"] for fault in answer.json["errors"]}


def test_a_feature_is_created_and_read_where_location_says(engineer: Writer, school: dict[str, Any]) -> None:
    answer = engineer("POST", ITEMS, school)
    assert answer.status_code == 201, answer.text
    assert answer.content_type == GEOJSON
    assert answer.headers["Content-Crs"] == f"<{CRS84.uri}>"
    read = engineer("GET", answer.headers["Location"])
    assert read.status_code == 200
    assert answer.headers["Location"].endswith(f"{ITEMS}/{read.json['id']}")
    assert read.headers["ETag"] == answer.headers["ETag"]
    assert {**read.json, "links": None} == {**answer.json, "links": None}
    assert school["properties"].items() <= read.json["properties"].items()
    assert read.json["properties"]["condition_index"] is None
    listed = engineer("GET", f"{ITEMS}?bbox=24.9499,60.1699,24.9501,60.1701&limit=1000").json["features"]
    assert read.json["id"] in [each["id"] for each in listed]


def test_rest_has_the_same_asset_with_its_history(engineer: Writer, created: str) -> None:
    number = created.rpartition("/")[2]
    asset = engineer("GET", f"/api/v1/building/{number}").json
    assert (asset["name"], asset["row_version"], asset["source_system"]) == ("Koulu", 1, "rest")
    engineer("PATCH", created, {"properties": {"name": "Lukio"}})
    engineer("DELETE", created)
    history = engineer("GET", f"/api/v1/assets/{number}/history").json["items"]
    assert sorted(each["operation"] for each in history) == ["create", "retire", "update"]
    assert {each["changed_by"] for each in history} == {"engineer of 091"}


@pytest.mark.parametrize("crs", SERVED_CRS.values(), ids=lambda crs: crs.code)
def test_content_crs_says_in_which_system_and_axis_order_the_body_is(engineer: Writer, crs: Crs) -> None:
    there = reproject(shapely.Point(24.95, 60.17), CRS84, crs, target_axes_as_declared=True)
    feature = {**SCHOOL, "geometry": {"type": "Point", "coordinates": [there.x, there.y]}}
    answer = engineer("POST", ITEMS, feature, Content_Crs=f"<{crs.uri}>")
    assert answer.status_code == 201, answer.text
    assert answer.json["geometry"]["coordinates"] == pytest.approx([24.95, 60.17], abs=1e-7)
    again = engineer("GET", f"{answer.headers['Location']}?crs={crs.uri}").json
    assert again["geometry"]["coordinates"] == pytest.approx([there.x, there.y], abs=2e-3)
    changed = engineer("PATCH", f"{ITEMS}/{again['id']}", {"geometry": again["geometry"]}, Content_Crs=crs.uri)
    assert changed.json["geometry"]["coordinates"] == pytest.approx([24.95, 60.17], abs=1e-7)


def test_heights_are_kept(engineer: Writer) -> None:
    line = {"type": "LineString", "coordinates": [[24.95, 60.17, 3.5], [24.951, 60.17, 4]]}
    main = {"type": "Feature", "geometry": line, "properties": {"municipality_code": "091", "status": "in_use"}}
    answer = engineer("POST", "/ogc/collections/water_main/items", main)
    assert answer.json["geometry"]["coordinates"][0][2] == 3.5


@pytest.mark.parametrize("named", ["EPSG:9999", "<http://www.opengis.net/def/crs/EPSG/0/1>", "", "<>"])
def test_a_system_that_is_not_known_is_malformed(engineer: Writer, created: str, named: str) -> None:
    assert pointers(engineer("POST", ITEMS, SCHOOL, Content_Crs=named), 400) == {"Content-Crs"}
    assert pointers(engineer("PUT", created, SCHOOL, Content_Crs=named), 400) == {"Content-Crs"}


def test_coordinates_of_another_system_than_is_said_are_refused(engineer: Writer, school: dict[str, Any]) -> None:
    school["geometry"]["coordinates"] = [6672000.0, 386000.0]
    for system in ("EPSG:3067", "EPSG:4326", CRS84.uri):
        assert pointers(engineer("POST", ITEMS, school, Content_Crs=system), 422) == {"/geometry/coordinates"}


def test_what_a_replacement_leaves_out_becomes_unknown(engineer: Writer, created: str, school: dict[str, Any]) -> None:
    del school["properties"]["built_year"], school["properties"]["municipality_code"]
    school["geometry"] = None
    answer = engineer("PUT", created, school)
    assert answer.status_code == 200, answer.text
    read = engineer("GET", created)
    assert read.headers["ETag"] == answer.headers["ETag"]
    assert read.json["geometry"] is None
    assert (read.json["properties"]["built_year"], read.json["properties"]["name"]) == (None, "Koulu")
    assert read.json["properties"]["municipality_code"] == "091"


def test_a_feature_can_be_sent_back_as_it_was_read(engineer: Writer) -> None:
    path = f"{ITEMS}/091-100"
    read = engineer("GET", path)
    assert read.json["properties"]["condition_index"] == 0.5
    feature = {**read.json, "properties": {**read.json["properties"], "name": "Uusi", "repair_backlog_eur": 1}}
    answer = engineer("PUT", path, feature, If_Match=read.headers["ETag"])
    assert answer.status_code == 200, answer.text
    assert answer.json["properties"] == {**read.json["properties"], "name": "Uusi"}


def test_a_merge_patch_changes_what_it_names(engineer: Writer, created: str) -> None:
    before = engineer("GET", created).json
    answer = engineer("PATCH", created, {"properties": {"name": "Lukio", "built_year": None}})
    assert answer.status_code == 200, answer.text
    assert answer.json["properties"] == {**before["properties"], "name": "Lukio", "built_year": None}
    assert answer.json["geometry"] == before["geometry"]
    moved = engineer("PATCH", created, {"geometry": {"type": "Point", "coordinates": [24.96, 60.18]}})
    assert moved.json["geometry"]["coordinates"] == pytest.approx([24.96, 60.18], abs=1e-7)
    assert moved.json["properties"]["name"] == "Lukio"
    assert engineer("PATCH", created, {"geometry": None}).json["geometry"] is None


def test_an_id_in_a_body_is_passed_over(engineer: Writer, created: str, school: dict[str, Any]) -> None:
    number = created.rpartition("/")[2]
    other = {**school, "id": "091-1"}
    assert engineer("PUT", created, other).json["id"] == number
    assert engineer("PATCH", created, {"id": "091-1", "properties": {}}).json["id"] == number
    assert engineer("POST", ITEMS, other).json["id"] not in (number, "091-1")


def test_a_deleted_feature_leaves_the_collection(engineer: Writer, created: str) -> None:
    assert engineer("DELETE", created).status_code == 204
    listed = engineer("GET", f"{ITEMS}?limit=10000&name=Koulu").json["features"]
    assert created.rpartition("/")[2] not in [each["id"] for each in listed]
    assert engineer("GET", created).json["properties"]["status"] == "decommissioned"


def test_a_stale_version_is_refused_and_a_known_one_written(
    engineer: Writer, created: str, school: dict[str, Any]
) -> None:
    read = engineer("GET", created).headers["ETag"]
    rest = engineer("GET", created.replace("/ogc/collections", "/api/v1").replace("/items", "")).headers["ETag"]
    assert engineer("PUT", created, school, If_Match=read).status_code == 200
    for tag in (read, rest, '"9-abc"', '"nonsense"', '""'):
        assert engineer("PUT", created, school, If_Match=tag).status_code == 412
        assert engineer("PATCH", created, {"properties": {}}, If_Match=tag).status_code == 412
        assert engineer("DELETE", created, If_Match=tag).status_code == 412
    assert engineer("PUT", created, school, If_Match='"2"').status_code == 200
    assert engineer("PUT", created, school, If_Match="*").status_code == 200
    assert engineer("PATCH", created, {"properties": {}}, If_Match="*").status_code == 200


def test_an_unchanged_feature_is_not_sent_again(engineer: Writer, created: str) -> None:
    tag = engineer("GET", created).headers["ETag"]
    assert engineer("GET", created, If_None_Match=tag).status_code == 304
    engineer("PATCH", created, {"properties": {"name": "Lukio"}})
    assert engineer("GET", created, If_None_Match=tag).status_code == 200
    assert engineer("GET", f"{created}?f=html").headers["ETag"] not in (tag, None)


def test_a_repeated_creation_is_answered_again(engineer: Writer, school: dict[str, Any]) -> None:
    first = engineer("POST", ITEMS, school, Idempotency_Key="from the field")
    again = engineer("POST", ITEMS, school, Idempotency_Key="from the field")
    assert (again.status_code, again.json, again.content_type) == (201, first.json, GEOJSON)
    assert [again.headers[name] for name in ("Location", "ETag")] == [
        first.headers[name] for name in ("Location", "ETag")
    ]
    elsewhere = engineer("POST", ITEMS, school, Idempotency_Key="from the field", Content_Crs="EPSG:3067")
    assert elsewhere.status_code == 422


def test_what_is_not_there_is_not_written(engineer: Writer, school: dict[str, Any]) -> None:
    for path in (f"{ITEMS}/091-99999999", f"{ITEMS}/091-20001", f"{ITEMS}/none", f"{ITEMS}/a/b"):
        for method, body in (("PUT", school), ("PATCH", {"properties": {}}), ("DELETE", None)):
            assert engineer(method, path, body).status_code == 404
    assert engineer("PUT", f"{ITEMS}/091-99999999", school, If_Match='"1"').status_code == 412


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.PLANNER])
def test_only_engineers_write(writer_of: Callable[..., Writer], role: Role | None, school: dict[str, Any]) -> None:
    writer = writer_of(role, "091" if role else None)
    refused = 401 if role is None else 403
    assert writer("POST", ITEMS, school).status_code == refused
    for method, body in (("PUT", school), ("PATCH", {"properties": {}}), ("DELETE", None)):
        assert writer(method, f"{ITEMS}/091-1", body).status_code == refused


def test_a_grant_ends_at_the_border_of_its_municipality(
    writer_of: Callable[..., Writer], school: dict[str, Any]
) -> None:
    tampere = writer_of(Role.ENGINEER, "837")
    assert tampere("POST", ITEMS, school).status_code == 403
    for method, body in (("PUT", school), ("PATCH", {"properties": {}}), ("DELETE", None)):
        assert tampere(method, f"{ITEMS}/091-1", body).status_code == 403
    del school["properties"]["municipality_code"]
    assert tampere("POST", ITEMS, school).json["properties"]["municipality_code"] == "837"


FAULTY: dict[str, tuple[Any, set[str]]] = {
    "no feature": ({}, {"/type", "/geometry", "/properties", "/properties/status"}),
    "a collection": (
        {"type": "FeatureCollection", "features": [SCHOOL]},
        {"/type", "/features", "/geometry", "/properties", "/properties/status"},
    ),
    "a list": ([SCHOOL], {""}),
    "properties that are none": ({**SCHOOL, "properties": [1]}, {"/properties"}),
    "a system in the old way": ({**SCHOOL, "crs": {"type": "name"}}, {"/crs"}),
    "unknown and wrong properties": (
        {**SCHOOL, "properties": {"status": "sunny", "colour": "red", "storeys": "3", "id": 5, "geometry": None}},
        {f"/properties/{name}" for name in ("status", "colour", "storeys", "id", "geometry")},
    ),
    "a geometry of another class": (
        {**SCHOOL, "geometry": {"type": "LineString", "coordinates": [[24.9, 60.1], [24.91, 60.1]]}},
        {"/geometry/type"},
    ),
    "everything at once": (
        {"type": "feature", "geometry": {"type": "Point", "coordinates": ["x", 1]}, "properties": {"built_year": 2999}},
        {"/type", "/geometry/coordinates/0", "/properties/built_year", "/properties/status"},
    ),
    "a municipality that is none": (
        {**SCHOOL, "properties": {**SCHOOL["properties"], "municipality_code": "997"}},
        {"/properties/municipality_code"},
    ),
}


@pytest.mark.parametrize("case", FAULTY)
def test_every_fault_of_a_feature_is_named(writer_of: Callable[..., Writer], case: str) -> None:
    body, expected = FAULTY[case]
    admin = writer_of(Role.ADMIN)
    lacks_municipality = isinstance(body, dict) and "municipality_code" not in (body.get("properties") or {})
    if lacks_municipality and expected != {"/properties"}:
        expected = {*expected, "/properties/municipality_code"}
    assert pointers(admin("POST", ITEMS, body), 422) == expected


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ([], {""}),
        ({"properties": None}, {"/properties"}),
        (
            {"properties": {"condition_index": 1, "district_code": "10"}},
            {"/properties/condition_index", "/properties/district_code"},
        ),
        (
            {"properties": {"municipality_code": "837", "status": None}},
            {"/properties/municipality_code", "/properties/status"},
        ),
        ({"name": "x", "type": "Point"}, {"/name", "/type"}),
        ({"geometry": {"coordinates": [1, "x"]}}, {"/geometry/coordinates/1"}),
    ],
)
def test_every_fault_of_a_patch_is_named(engineer: Writer, created: str, patch: Any, expected: set[str]) -> None:
    assert pointers(engineer("PATCH", created, patch), 422) == expected


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/json-patch+json", "multipart/form-data"]
)
def test_another_content_type_is_refused(engineer: Writer, created: str, content_type: str) -> None:
    for method, path in (("POST", ITEMS), ("PUT", created), ("PATCH", created)):
        assert engineer(method, path, SCHOOL, Content_Type=content_type).status_code == 415
    assert engineer("PATCH", created, SCHOOL, Content_Type=GEOJSON).status_code == 415


def test_query_parameters_of_a_write_are_refused(engineer: Writer, created: str) -> None:
    assert pointers(engineer("PUT", f"{created}?crs=EPSG:3067", SCHOOL), 400) == {"crs"}


@pytest.mark.parametrize("collection", ["valued_assets", "district", "service_area", "population_grid"])
def test_collections_that_cannot_be_written_say_what_they_allow(engineer: Writer, collection: str) -> None:
    items = f"/ogc/collections/{collection}/items"
    for method, path in (("POST", items), ("PUT", f"{items}/091-1"), ("PATCH", f"{items}/091-1"), ("DELETE", items)):
        answer = engineer(method, path, SCHOOL)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_options_say_what_each_resource_allows(engineer: Writer) -> None:
    for each in ASSET_CLASSES:
        items = engineer("OPTIONS", f"/ogc/collections/{each}/items")
        assert (items.status_code, items.headers["Accept-Post"]) == (200, GEOJSON)
        assert set(items.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
        item = engineer("OPTIONS", f"/ogc/collections/{each}/items/091-1")
        assert (item.status_code, item.headers["Accept-Patch"]) == (200, MERGE_PATCH)
        assert set(item.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}
    for path in ("/ogc/collections/district/items", "/ogc/collections/valued_assets/items/091-1"):
        assert set(engineer("OPTIONS", path).headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_of_two_changes_of_the_same_version_one_is_written(engineer: Writer, created: str) -> None:
    tag = engineer("GET", created).headers["ETag"]
    first, second = (engineer("PATCH", created, {"properties": {"name": name}}, If_Match=tag) for name in ("A", "B"))
    assert (first.status_code, second.status_code) == (200, 412)
    assert engineer("GET", created).json["properties"]["name"] == "A"


def test_the_definition_describes_what_can_be_written_and_nothing_else(engineer: Writer) -> None:
    definition = engineer("GET", "/ogc/api").json
    for path, operations in definition["paths"].items():
        allowed = engineer("OPTIONS", "/ogc" + path.replace("{featureId}", "091-1")).headers.get("Allow", "")
        if path.endswith(("/items", "/items/{featureId}")):
            assert {name.upper() for name in operations} == {*allowed.split(", ")} - {"HEAD", "OPTIONS"}
        else:
            assert list(operations) == ["get"]


@pytest.mark.parametrize("asset_class", ASSET_CLASSES.values(), ids=lambda each: each.code)
def test_the_definition_names_the_properties_that_rest_takes(engineer: Writer, asset_class: AssetClass) -> None:
    post = engineer("GET", "/ogc/api").json["paths"][f"/collections/{asset_class.code}/items"]["post"]
    described = post["requestBody"]["content"][GEOJSON]["schema"]["properties"]["properties"]
    fields = body_schema(asset_class).fields
    written = {name: schema for name, schema in described["properties"].items() if "type" in schema}
    read_only = {name for name, each in feature_collections()[asset_class.code].properties.items() if each.read_only}
    assert set(written) == set(fields) - {"geometry"}
    assert set(described["properties"]) - set(written) == read_only
    assert set(described["required"]) == {name for name, field in fields.items() if field.required} - {
        "municipality_code"
    }
    assert [name for name, schema in written.items() if not schema.get("nullable")] == ["status"]


def test_the_schema_marks_what_only_the_register_sets(engineer: Writer) -> None:
    schema = engineer("GET", "/ogc/collections/building/schema").json
    assert schema["additionalProperties"] is False
    read_only = {name for name, each in schema["properties"].items() if each.get("readOnly")}
    assert {"id", "district_code", "condition_index", "repair_backlog_eur"} <= read_only
    assert read_only.isdisjoint(body_schema(ASSET_CLASSES["building"]).fields)
    district = engineer("GET", "/ogc/collections/district/schema").json["properties"]
    assert all(each.get("readOnly") for name, each in district.items() if name != "geometry")


@pytest.mark.parametrize("declared", ["create-replace-delete", "update", "optimistic-locking-etags", "features"])
def test_the_classes_of_part_4_are_declared(engineer: Writer, declared: str) -> None:
    classes = engineer("GET", "/ogc/conformance").json["conformsTo"]
    assert f"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/{declared}" in classes


ODD_VALUES = [
    *(None, True, 0, -1, 1.5, 1e308, 2**63, 10**30, "", "x", "x" * 5000, "\0", "🙂", [], {}, [[]], {"a": None}),
    {"type": "Point", "coordinates": [1e308, -1e308]},
    {"type": "Polygon", "coordinates": [[[24.9, 60.1]] * 4]},
    {"type": "GeometryCollection", "geometries": []},
]
PLACES = [
    *(("type",), ("id",), ("links",), ("geometry",), ("properties",), ("other",)),
    *(("geometry", name) for name in ("type", "coordinates")),
    *(
        ("properties", name)
        for name in ("municipality_code", "status", "name", "storeys", "built_year", "replacement_cost_eur")
    ),
    *(("properties", name) for name in ("is_protected", "permanent_building_id", "condition_index", "geometry", "")),
]


@pytest.mark.parametrize("place", PLACES, ids="/".join)
def test_any_value_in_any_place_is_answered(engineer: Writer, created: str, place: tuple[str, ...]) -> None:
    for value in ODD_VALUES:
        feature = copy.deepcopy(SCHOOL)
        holder = feature if len(place) == 1 else feature[place[0]]
        holder[place[-1]] = value
        patch = {place[0]: value if len(place) == 1 else {place[1]: value}}
        for method, path, body in (("POST", ITEMS, feature), ("PUT", created, feature), ("PATCH", created, patch)):
            answer = engineer(method, path, body)
            assert answer.status_code in (200, 201, 403, 422), (method, value, answer.text)
            assert answer.status_code < 400 or answer.json["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": NaN}', b"null", b"5"])
def test_a_body_that_is_no_feature_is_refused(engineer: Writer, created: str, body: bytes) -> None:
    for method, path, kind in (("POST", ITEMS, GEOJSON), ("PUT", created, GEOJSON), ("PATCH", created, MERGE_PATCH)):
        headers = {"Authorization": f"Bearer {engineer.token}", "Content-Type": kind}
        answer = engineer.client.open(path, method=method, headers=headers, data=body)
        assert answer.status_code in (400, 422)
        assert answer.json["errors"]
