"""What brings prices to one level: cost indices given over REST, and a run at a price level."""

from __future__ import annotations

from typing import Any

INDEX = {
    "index_code": "building_cost_index",
    "source_id": "stat.fi rki",
    "source_title": "Building cost index",
    "points": [{"year": 2020, "value": 100}, {"year": 2021, "month": 1, "value": 103.5}],
}


def test_an_index_is_kept_point_by_point_and_listed_with_its_source(admin: Any) -> None:
    answer = admin("POST", "/api/v1/cost-indices", json=INDEX)
    assert answer.status_code == 201, answer.text
    assert answer.json["point_count"] == 2
    later = {**INDEX, "points": [{"year": 2021, "month": 1, "value": 104}, {"year": 2021, "month": 2, "value": 104.5}]}
    assert admin("POST", "/api/v1/cost-indices", json=later).status_code == 428
    tag = admin("GET", "/api/v1/cost-indices/building_cost_index").headers["ETag"]
    assert tag == answer.headers["ETag"]
    corrected = admin("POST", "/api/v1/cost-indices", json=later, headers={"If-Match": tag})
    assert corrected.status_code == 201
    stale = admin("POST", "/api/v1/cost-indices", json=later, headers={"If-Match": tag})
    assert (stale.status_code, stale.headers["ETag"]) == (412, corrected.headers["ETag"])
    items = admin("GET", "/api/v1/cost-indices?index=building_cost_index").json["items"]
    assert [(each["year"], each["month"], each["value"]) for each in items] == [
        (2020, 0, 100),
        (2021, 1, 104),
        (2021, 2, 104.5),
    ]
    assert {each["source_id"] for each in items} == {"stat.fi rki"}


def test_points_are_added_to_an_index_without_knowing_it_and_the_same_may_be_sent_again(admin: Any) -> None:
    body = {**INDEX, "index_code": "growing"}
    assert admin("POST", "/api/v1/cost-indices", json=body).status_code == 201
    more = {**body, "points": [*INDEX["points"], {"year": 2021, "month": 2, "value": 104}]}
    answer = admin("POST", "/api/v1/cost-indices", json=more)
    assert answer.status_code == 201
    read = admin("GET", "/api/v1/cost-indices/growing", headers={"If-None-Match": answer.headers["ETag"]})
    assert read.status_code == 304
    assert len(admin("GET", "/api/v1/cost-indices/growing").json["points"]) == 3
    assert admin("GET", "/api/v1/cost-indices/none").status_code == 404


def test_a_faulty_index_is_refused_with_every_fault(admin: Any) -> None:
    points = [{"year": 2020, "value": 0}, {"year": 20, "month": 13, "value": 100}]
    answer = admin("POST", "/api/v1/cost-indices", json={**INDEX, "points": points})
    assert answer.status_code == 422, answer.text
    assert {fault["pointer"] for fault in answer.json["errors"]} == {
        "/points/0/value",
        "/points/1/year",
        "/points/1/month",
    }
    twice = {**INDEX, "points": [INDEX["points"][0]] * 2, "source_id": "nowhere", "source_title": None}
    answer = admin("POST", "/api/v1/cost-indices", json=twice)
    assert {fault["pointer"] for fault in answer.json["errors"]} == {"/points/1", "/source_id"}


def test_an_index_that_jumps_tenfold_against_what_is_there_is_refused(admin: Any) -> None:
    jumping = {**INDEX, "index_code": "other", "points": [{"year": 2020, "value": 100}, {"year": 2021, "value": 1035}]}
    answer = admin("POST", "/api/v1/cost-indices", json=jumping)
    assert [(each["pointer"], each["detail"]) for each in answer.json["errors"]] == [
        ("/points/1/value", "the index jumps from 100 in 2020 to 1035 in 2021: tenfold or more")
    ]
    assert admin("POST", "/api/v1/cost-indices", json={**INDEX, "index_code": "other"}).status_code == 201
    later = {**INDEX, "index_code": "other", "points": [{"year": 2021, "month": 2, "value": 9.9}]}
    answer = admin("POST", "/api/v1/cost-indices", json=later)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/points/0/value")


def test_a_municipal_planner_changes_no_national_index(planner: Any) -> None:
    assert planner("POST", "/api/v1/cost-indices", json=INDEX).status_code == 403
