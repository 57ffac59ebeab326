"""Over HTTP: pupils by grade, capacity by unit and staff, suitability; every fault says what and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BASIC = "basic_education"
ENROLMENT = f"grade-enrolments/901/{BASIC}/north/2025/1"


@pytest.fixture(scope="module")
def school(module_database: Any, need_register: Any) -> str:
    """A school of municipality 901 in its area `north`."""
    with module_database.writing() as session:
        write = need_register(session, "901")
        names = "(municipality_code, name_fi, name_sv, is_fictitious)"
        write.run(f"INSERT INTO municipality {names} VALUES (:code, 'Koekylä', 'Provby', true)")
        write.area("north")
        return f"901-{write.school('north', places=100)}"


@pytest.fixture(scope="module")
def planner(school: str, planner_of: Callable[..., Any]) -> Any:
    """The planner of municipality 901."""
    return planner_of("901", "admin")


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    return {fault["pointer"]: fault["detail"] for fault in answer.json["errors"]}


def test_pupils_of_a_grade_are_counted_and_never_overwritten_unseen(planner: Any) -> None:
    assert planner("GET", ENROLMENT).status_code == 404
    first = planner("PUT", ENROLMENT, json={"users": 24})
    assert (first.status_code, first.json["users"]) == (200, 24.0)
    assert planner("PUT", ENROLMENT, json={"users": 25}).status_code == 428
    second = planner("PUT", ENROLMENT, json={"users": 25}, headers={"If-Match": first.headers["ETag"]})
    assert second.json["users"] == 25.0
    assert planner("PUT", ENROLMENT, json={"users": 1}, headers={"If-Match": first.headers["ETag"]}).status_code == 412
    listed = planner("GET", f"grade-enrolments?municipality=901&service={BASIC}").json["items"]
    assert [(each["year"], each["grade"], each["users"]) for each in listed] == [(2025, 1, 25.0)]


def test_pupils_of_an_unknown_area_or_below_nobody_are_refused(planner: Any) -> None:
    assert (
        "no area 'nowhere'"
        in faults(planner("PUT", ENROLMENT.replace("north", "nowhere"), json={"users": 1}))["/area_code"]
    )
    assert list(faults(planner("PUT", ENROLMENT, json={"users": -1}))) == ["/users"]


def test_a_need_of_an_unknown_service_says_so(planner: Any) -> None:
    need = {"municipality_code": "901", "service_code": "magic", "area_code": "north", "scenario": "a", "year": 2030}
    found = faults(planner("POST", "service-needs", json={**need, "service_need": 5}))
    assert "'magic'" in found["/service_code"]
    area = {"municipality_code": "901", "service_code": "magic", "area_code": "x", "population_area_code": "all"}
    assert "/service_code" in faults(planner("POST", "service-areas", json={**area, "name_fi": "X"}))


def test_a_capacity_in_another_unit_than_the_services_is_refused(planner: Any, school: str) -> None:
    body = {"service_code": "library", "valid_from": "2026-01-01", "capacity": 30, "capacity_unit": "m3/d"}
    found = faults(planner("POST", f"assets/{school}/capacities", json=body))
    assert found == {"/capacity_unit": "'m3/d' is not the unit of library, which counts in visits/d."}
    added = planner("POST", f"assets/{school}/capacities", json={**body, "capacity_unit": "visits/d"})
    assert (added.status_code, added.json["capacity"]) == (201, 30.0)


def test_places_follow_from_the_caretakers(planner: Any, school: str) -> None:
    """B.10: six caretakers look after 6 × 7 = 42 places."""
    body = {"service_code": "early_education", "valid_from": "2026-01-01", "caretakers": 6}
    added = planner("POST", f"assets/{school}/capacities", json=body)
    assert (added.status_code, added.json["capacity"], added.json["caretakers"]) == (201, 42.0, 6.0)
    both = {**body, "valid_from": "2027-01-01", "capacity": 40}
    assert list(faults(planner("POST", f"assets/{school}/capacities", json=both))) == ["/capacity"]
    of_sports = {**body, "service_code": "sports"}
    assert (
        "places_per_caretaker of sports"
        in faults(planner("POST", f"assets/{school}/capacities", json=of_sports))["/caretakers"]
    )


def test_a_suitability_is_recorded_beside_condition(planner: Any, school: str) -> None:
    body = {"service_code": BASIC, "assessed_on": "2026-05-01", "suitability_class": 2, "curing_cost_eur": 800_000}
    added = planner("POST", f"assets/{school}/suitabilities", json=body)
    assert added.status_code == 201, added.text
    assert (added.json["asset_id"], added.json["suitability_class"], added.json["recorded_by"]) == (
        school,
        2,
        "planner",
    )
    listed = planner("GET", f"assets/{school}/suitabilities").json["items"]
    assert [each["curing_cost_eur"] for each in listed] == [800_000.0]
    faulty = {**body, "suitability_class": 6, "curing_cost_eur": -1, "assessed_on": "2999-01-01"}
    found = faults(planner("POST", f"assets/{school}/suitabilities", json=faulty))
    assert set(found) == {"/suitability_class", "/curing_cost_eur", "/assessed_on"}
    unknown = planner("POST", f"assets/{school}/suitabilities", json={**body, "service_code": "magic"})
    assert "'magic' is not a service" in faults(unknown)["/service_code"]


def test_a_planned_replacement_may_say_how_large_it_will_be(planner: Any, school: str) -> None:
    body = {"kind": "renewal", "state": "planned", "year": 2030, "cost_eur": 5_000_000, "capacity_after": 120}
    assert list(faults(planner("POST", f"assets/{school}/measures", json=body))) == ["/service_code"]
    added = planner("POST", f"assets/{school}/measures", json={**body, "service_code": BASIC})
    assert (added.status_code, added.json["capacity_after"]) == (201, 120.0)


def test_overlapping_validity_of_a_parameter_is_refused(planner: Any) -> None:
    body = {
        "name": "participation_share",
        "municipality_code": "901",
        "key": f"{BASIC}/7",
        "valid_from": "2026-01-01",
        "value": 0.9,
        "source_id": "kuntokanta",
    }
    assert planner("POST", "parameters", json=body).status_code == 201
    again = planner("POST", "parameters", json={**body, "valid_from": "2025-01-01"})
    assert (again.status_code, again.json["type"]) == (409, "urn:kuntokanta:problem:overlapping-validity")


def test_a_run_that_cannot_compute_a_need_fails_with_the_reason_and_no_results(
    planner: Any, module_database: Any
) -> None:
    run = planner.value(need_method="participation")
    assert run["state"] == "finished", run["error"]  # nothing is known of the area: it is not assessed
    refused = planner("POST", "runs", json={"municipality_code": "901", "valuation_year": 2026, "need_method": "guess"})
    assert list(faults(refused)) == ["/need_method"]
    failed = planner.value(area_scenario="boom")
    assert failed["state"] == "failed"
    assert "/area_scenario" in failed["error"]
