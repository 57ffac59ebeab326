"""What is recorded of an asset over time: kept for ever, checked against scales, services and components."""

from __future__ import annotations

from typing import Any

import pytest

ASSESSMENT = {"assessed_on": "2025-06-01", "scale_code": "fi_1_5", "value_given": "4", "method": "visual"}
CAPACITY = {"service_code": "basic_education", "valid_from": "2020-01-01", "capacity": 300}


@pytest.fixture
def records(school: dict[str, Any]) -> str:
    return f"/api/v1/assets/{school['id']}"


@pytest.mark.parametrize(
    ("scale", "value", "index"),
    [
        ("fi_1_5", "4", 0.8),
        ("fi_1_5", 3.5, 0.7),
        ("suomen_kuntotekniikka_1_5", 2, 0.8),
        ("pci_0_100", "71.566", 0.71566),
        ("dfe_a_e", "A", 1.0),
    ],
)
def test_an_assessment_gets_its_index_from_its_scale(
    engineer: Any, records: str, scale: str, value: Any, index: float
) -> None:
    body = {**ASSESSMENT, "scale_code": scale, "value_given": value}
    answer = engineer("POST", f"{records}/assessments", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json["condition_index"] == pytest.approx(index)
    assert answer.json["value_given"] == str(value)
    assert answer.json["recorded_by"] == "engineer of 901"
    assert engineer("GET", f"{records}/assessments").json["items"] == [answer.json]


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"value_given": 7}, {"/value_given"}),
        ({"value_given": "0.99"}, {"/value_given"}),
        ({"value_given": "good"}, {"/value_given"}),
        ({"value_given": None}, {"/value_given"}),
        ({"scale_code": "dfe_a_e", "value_given": "F"}, {"/value_given"}),
        ({"scale_code": "horoscope"}, {"/scale_code"}),
        ({"component_id": 999}, {"/component_id"}),
        ({"value_given": 7, "component_id": 999}, {"/value_given", "/component_id"}),
        ({"assessed_on": "2999-01-01"}, {"/assessed_on"}),
        ({"assessed_on": "2025-02-30", "method": "guess"}, {"/assessed_on", "/method"}),
        ({"condition_index": 0.5}, {"/condition_index"}),
    ],
)
def test_an_assessment_off_its_scale_is_refused_with_every_fault(
    engineer: Any, records: str, changes: dict[str, Any], pointers: set[str]
) -> None:
    answer = engineer("POST", f"{records}/assessments", json={**ASSESSMENT, **changes})
    assert answer.status_code == 422, answer.text
    assert {fault["pointer"] for fault in answer.json["errors"]} == pointers
    assert engineer("GET", f"{records}/assessments").json["items"] == []


def test_a_component_is_added_once_and_can_be_assessed(engineer: Any, records: str) -> None:
    roof = {"component_code": "roof", "cost_share": 0.1, "built_year": 1990, "service_life_years": 40}
    answer = engineer("POST", f"{records}/components", json=roof)
    assert answer.status_code == 201, answer.text
    again = engineer("POST", f"{records}/components", json=roof)
    assert (again.status_code, "roof" in again.json["detail"]) == (409, True)
    body = {**ASSESSMENT, "component_id": answer.json["component_id"]}
    assert engineer("POST", f"{records}/assessments", json=body).status_code == 201


def test_a_component_beyond_its_limits_is_refused_with_every_fault(engineer: Any, records: str) -> None:
    body = {"component_code": "", "cost_share": 1.1, "built_year": 2999, "service_life_years": 0}
    answer = engineer("POST", f"{records}/components", json=body)
    assert answer.status_code == 422
    assert {fault["pointer"] for fault in answer.json["errors"]} == {f"/{name}" for name in body}


def test_a_capacity_belongs_to_a_known_service_and_does_not_overlap(engineer: Any, records: str) -> None:
    answer = engineer("POST", f"{records}/capacities", json=CAPACITY)
    assert answer.status_code == 201, answer.text
    assert (answer.json["capacity"], answer.json["valid_to"]) == (300.0, None)
    overlapping = engineer("POST", f"{records}/capacities", json={**CAPACITY, "valid_from": "2024-01-01"})
    assert overlapping.status_code == 409
    assert overlapping.json["type"] == "urn:kuntokanta:problem:overlapping-capacity"
    faulty = {**CAPACITY, "service_code": "magic", "valid_to": "2019-01-01", "capacity": -1}
    answer = engineer("POST", f"{records}/capacities", json=faulty)
    assert {fault["pointer"] for fault in answer.json["errors"]} == {"/valid_to", "/capacity"}
    answer = engineer("POST", f"{records}/capacities", json={**CAPACITY, "service_code": "magic"})
    assert {fault["pointer"] for fault in answer.json["errors"]} == {"/service_code"}
    answer = engineer("POST", f"{records}/capacities", json={**CAPACITY, "area_code": "nowhere"})
    assert {fault["pointer"] for fault in answer.json["errors"]} == {"/area_code"}


def test_a_measure_keeps_its_cost_to_the_cent(engineer: Any, records: str) -> None:
    body = {"kind": "basic_repair", "state": "planned", "year": 2030, "cost_eur": 1234567.125}
    answer = engineer("POST", f"{records}/measures", json=body)
    assert answer.status_code == 201, answer.text
    assert '"cost_eur":1234567.12' in answer.text
    done = engineer("POST", f"{records}/measures", json={**body, "state": "done", "year": 2190})
    assert {fault["pointer"] for fault in done.json["errors"]} == {"/year"}


def test_a_repeated_assessment_is_recorded_once(engineer: Any, records: str) -> None:
    headers = {"Idempotency-Key": "assessment-1"}
    answers = [engineer("POST", f"{records}/assessments", json=ASSESSMENT, headers=headers) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len(engineer("GET", f"{records}/assessments").json["items"]) == 1


@pytest.mark.parametrize("kind", ["assessments", "components", "capacities", "measures", "outages", "history"])
def test_records_are_paged_and_those_of_no_asset_are_not_found(engineer: Any, records: str, kind: str) -> None:
    answer = engineer("GET", f"{records}/{kind}?limit=1")
    assert answer.status_code == 200
    assert set(answer.json) == {"items", "next"}
    assert engineer("GET", f"/api/v1/assets/901-99999/{kind}").status_code == 404
    assert engineer("GET", f"{records}/{kind}?colour=red").status_code == 400


def test_pages_of_assessments_hold_each_once(engineer: Any, records: str) -> None:
    for day in range(1, 8):
        body = {**ASSESSMENT, "assessed_on": f"2025-06-0{day}"}
        assert engineer("POST", f"{records}/assessments", json=body).status_code == 201
    days, path = [], f"{records}/assessments?limit=3"
    while path:
        page = engineer("GET", path).json
        days += [each["assessed_on"] for each in page["items"]]
        path = page["next"]
    assert days == [f"2025-06-0{day}" for day in range(1, 8)]
