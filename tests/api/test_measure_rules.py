"""What planners rely on in the measure table: dated rules with a source, national ones and those of a municipality."""

from __future__ import annotations

from typing import Any

RULE = {
    "municipality_code": "901",
    "asset_class": "street_segment",
    "measure_code": "resurfacing",
    "condition_class_from": 2,
    "condition_class_to": 4,
    "unit_cost_eur": 26.5,
    "price_level_year": 2026,
    "valid_from": "2026-01-01",
    "source_id": "prices 2026",
    "source_title": "Street price list 2026",
}


def faults(answer: Any) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {fault["pointer"] for fault in answer.json["errors"]}


def test_national_rules_are_there_for_every_asset_class_and_marked_as_demo_where_they_are(planner: Any) -> None:
    items = planner("GET", "/api/v1/measure-rules?limit=1000").json["items"]
    classes = {each["code"] for each in planner("GET", "/api/v1/asset-classes").json["items"]}
    starts = {(each["asset_class"], each["condition_class_from"]) for each in items if not each["municipality_code"]}
    assert starts == {(code, start) for code in classes for start in (1, 2, 3, 4)}
    assert {each["source_id"] for each in items if each["is_demo"]} == {"demo"}
    assert all(each["is_demo"] or each["source_id"] != "demo" for each in items)


def test_a_new_rule_closes_the_one_before_and_says_on_which_day_which_held(planner: Any) -> None:
    first = planner("POST", "/api/v1/measure-rules", json=RULE)
    assert first.status_code == 201, first.text
    assert (first.json["unit_cost_eur"], first.json["asset_class"], first.json["is_demo"]) == (
        26.5,
        "street_segment",
        False,
    )
    dearer = {**RULE, "valid_from": "2027-01-01", "unit_cost_eur": 28}
    assert planner("POST", "/api/v1/measure-rules", json=dearer).status_code == 201

    def costs(day: str) -> list[float]:
        path = f"/api/v1/measure-rules?municipality=901&class=street_segment&valid_on={day}&limit=1000"
        items = planner("GET", path).json["items"]
        return [each["unit_cost_eur"] for each in items if each["municipality_code"] == "901"]

    assert (costs("2025-12-31"), costs("2026-12-31"), costs("2027-01-01")) == ([], [26.5], [28])
    assert planner("POST", "/api/v1/measure-rules", json={**RULE, "valid_from": "2026-06-01"}).status_code == 409


def test_a_faulty_rule_is_refused_with_every_fault(planner: Any) -> None:
    def refused(**changes: Any) -> set[str]:
        return faults(planner("POST", "/api/v1/measure-rules", json={**RULE, **changes}))

    assert refused(cost_share=0.5, condition_class_to=2) == {"/unit_cost_eur", "/condition_class_to"}
    assert refused(price_level_year=None) == {"/price_level_year"}
    assert refused(unit_cost_eur=None) == {"/unit_cost_eur"}
    assert refused(maintenance_class="Is", functional_class=3) == {"/functional_class"}
    assert refused(source_id="nowhere", source_title=None) == {"/source_id"}
    unknown = refused(asset_class="castle", measure_code="prayer", condition_class_from=0, unit_cost_eur=-1)
    assert unknown == {"/asset_class", "/measure_code", "/condition_class_from", "/unit_cost_eur"}


def test_a_municipal_planner_writes_no_national_rule(planner: Any, admin: Any) -> None:
    national = {**RULE, "municipality_code": None, "valid_from": "2030-01-01"}
    assert planner("POST", "/api/v1/measure-rules", json=national).status_code == 403
    assert admin("POST", "/api/v1/measure-rules", json=national).status_code == 201
