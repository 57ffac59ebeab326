"""What an engineer relies on when working with assets over REST."""

from __future__ import annotations

from typing import Any

import pytest

PIPE: dict[str, Any] = {
    "municipality_code": "901",
    "status": "in_use",
    "length_m": 120.0,
    "nominal_diameter_mm": 110,
    "geometry": {"type": "LineString", "coordinates": [[386000.0, 6672000.0, 1.5], [386100.0, 6672000.0, 2.5]]},
}
TM35FIN = "http://www.opengis.net/def/crs/EPSG/0/3067"


def test_a_registered_asset_is_read_back_with_every_attribute(
    engineer: Any, school: dict[str, Any], school_body: dict[str, Any]
) -> None:
    for path in (f"/api/v1/building/{school['id']}", f"/api/v1/assets/{school['id']}"):
        answer = engineer("GET", path)
        assert answer.status_code == 200
        assert answer.headers["ETag"] == '"1"'
        assert answer.json == school
    assert '"replacement_cost_eur":9500000.50' in answer.text
    assert {**school_body, "geometry": None} == {name: school[name] for name in school_body} | {"geometry": None}
    assert school["geometry"]["coordinates"] == pytest.approx([24.95, 60.17], abs=1e-7)
    assert school["energy_class"] is None
    assert school["district_code"] == "K1"


def test_a_new_asset_says_where_it_is(engineer: Any, school_body: dict[str, Any]) -> None:
    answer = engineer("POST", "/api/v1/building", json=school_body)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://localhost/api/v1/building/{answer.json['id']}"
    assert engineer("GET", answer.headers["Location"]).json == answer.json


def test_geometry_in_tm35fin_keeps_millimetres_and_heights(engineer: Any) -> None:
    answer = engineer("POST", "/api/v1/water_main", json=PIPE, query_string={"crs": TM35FIN})
    assert answer.status_code == 201, answer.text
    assert answer.json["geometry"] == PIPE["geometry"]
    read = engineer("GET", f"/api/v1/assets/{answer.json['id']}", query_string={"crs": TM35FIN})
    assert read.json["geometry"] == PIPE["geometry"]
    north_first = engineer("GET", f"/api/v1/assets/{answer.json['id']}", query_string={"crs": "EPSG:4326"})
    assert north_first.json["geometry"]["coordinates"][0][0] == pytest.approx(60.17, abs=0.1)


def test_a_patch_changes_what_it_names_and_nothing_else(engineer: Any, school: dict[str, Any]) -> None:
    path = f"/api/v1/building/{school['id']}"
    patch = {"name": "Uusi koulu", "material": None, "heat_source": "district_heating"}
    answer = engineer("PATCH", path, json=patch, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] == '"2"'
    changed = {name for name in school if school[name] != answer.json[name]}
    assert changed == {"name", "material", "heat_source", "row_version", "changed_at"}
    assert engineer("GET", path).json == answer.json


def test_what_was_read_can_be_put_back_with_one_change(engineer: Any, school: dict[str, Any]) -> None:
    path = f"/api/v1/building/{school['id']}"
    body = {**school, "storeys": 3}
    answer = engineer("PUT", path, json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert answer.json == {**body, "row_version": 2, "changed_at": answer.json["changed_at"]}


def test_a_put_without_an_attribute_makes_it_unknown(
    engineer: Any, school: dict[str, Any], school_body: dict[str, Any]
) -> None:
    body = {name: value for name, value in school_body.items() if name not in ("material", "geometry")}
    answer = engineer("PUT", f"/api/v1/building/{school['id']}", json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert answer.json["material"] is None
    assert answer.json["geometry"] is None
    assert answer.json["district_code"] is None


def test_moving_an_asset_moves_it_to_its_new_district(
    engineer: Any, school: dict[str, Any], school_body: dict[str, Any]
) -> None:
    far = {"geometry": {"type": "Point", "coordinates": [25.4, 60.4]}}
    path = f"/api/v1/building/{school['id']}"
    assert engineer("PATCH", path, json=far, headers={"If-Match": "*"}).json["district_code"] is None
    near = {"geometry": school_body["geometry"]}
    assert engineer("PATCH", path, json=near, headers={"If-Match": "*"}).json["district_code"] == "K1"


def test_a_retired_asset_stays_with_its_history_and_leaves_the_lists(engineer: Any, school: dict[str, Any]) -> None:
    path = f"/api/v1/building/{school['id']}"
    assert engineer("DELETE", path, headers={"If-Match": '"1"'}).status_code == 204
    assert engineer("GET", path).json["status"] == "decommissioned"
    ids = [each["id"] for each in engineer("GET", "/api/v1/building").json["items"]]
    assert school["id"] not in ids
    retired = engineer("GET", "/api/v1/building?status=decommissioned").json["items"]
    assert school["id"] in [each["id"] for each in retired]
    versions = engineer("GET", f"/api/v1/assets/{school['id']}/history").json["items"]
    assert [(each["row_version"], each["operation"], each["changed_by"]) for each in versions] == [
        (1, "create", "engineer of 901"),
        (2, "retire", "engineer of 901"),
    ]
    assert versions[0]["before"] is None
    assert versions[1]["before"]["status"] == "in_use"
    assert versions[1]["after"]["status"] == "decommissioned"


def test_the_same_source_id_twice_is_a_conflict(engineer: Any, school_body: dict[str, Any]) -> None:
    body = {**school_body, "source_system": "ryhti", "source_id": "4711"}
    assert engineer("POST", "/api/v1/building", json=body).status_code == 201
    answer = engineer("POST", "/api/v1/building", json=body)
    assert answer.status_code == 409
    assert answer.json["type"] == "urn:kuntokanta:problem:duplicate-source-id"


def test_a_property_id_may_be_written_as_people_do(engineer: Any, school: dict[str, Any]) -> None:
    path = f"/api/v1/building/{school['id']}"
    answer = engineer("PATCH", path, json={"property_id": "91-1-2-3"}, headers={"If-Match": "*"})
    assert answer.json["property_id"] == "09100100020003"


def test_an_asset_of_another_class_is_not_found_under_this_one(engineer: Any, school: dict[str, Any]) -> None:
    for path in (f"water_main/{school['id']}", "building/901-999999", "assets/901-0", "assets/abc", "spaceship"):
        answer = engineer("GET", f"/api/v1/{path}")
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"
