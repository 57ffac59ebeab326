"""One snapshot under several methods: each backlog by hand, and the difference to the run's own explained."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

RULE = {
    "municipality_code": "901",
    "asset_class": "building",
    "measure_code": "renewal",
    "condition_class_from": 3,
    "condition_class_to": 5,
    "cost_share": 1,
    "valid_from": "2020-01-01",
    "source_id": "own",
    "source_title": "Own",
}


def by_method(report: dict[str, Any], table: str = "methods") -> dict[str, dict[str, Any]]:
    return {row["backlog_method"]: row for row in report["tables"][table]["rows"]}


def test_one_building_under_every_method_of_the_differential_example(town: Any) -> None:
    """methods.md A.14: replacement cost 2 500 000 €, condition 0.475.

    Kunkor backlog 687 500 and liability 1 312 500 (FCI 0.525 by liability); two thresholds 1 812 500; the state
    network's rule 0 or the full treatment cost: the whole treatment below its limit of 0.50, nothing at one of 0.475.
    """
    building = town.building("A.14", replacement_cost_eur=2_500_000)
    town.assess(building, "2026-06-01", 0.475)
    town.post("measure-rules", **RULE)
    town.parameter("limit_condition", "2020-01-01", value=0.5)
    run = town.value(2026)

    rows = by_method(town.report(run=run, methods="value,two_threshold,step"), "methods_by_class")

    assert {name: row["repair_backlog_eur"] for name, row in rows.items()} == {
        "value": 687_500,
        "two_threshold": 1_812_500,
        "step": 2_500_000,
    }
    assert rows["value"]["repair_liability_eur"] == 1_312_500 == 0.525 * rows["value"]["replacement_cost_eur"]
    assert rows["two_threshold"]["method_difference_eur"] == 1_125_000 == rows["two_threshold"]["owing_both_eur"]
    assert [row["own_method"]["en"] for row in rows.values()] == ["value method"] * 3
    assert rows["value"]["method_target"]["en"] == "Target condition: 75%"
    assert rows["two_threshold"]["method_target"]["en"] == "target 75%; below 60% improvement to 120%"

    town.parameter("limit_condition", "2026-01-01", value=0.475)
    [step] = by_method(town.report(run=run, methods="step")).values()
    assert (step["repair_backlog_eur"], step["owing_own_only_eur"], step["owing_own_only_count"]) == (0, -687_500, 1)


def test_the_difference_to_the_own_method_is_told_amount_by_amount(town: Any) -> None:
    """By hand: own method value with target 0.75, other method the step rule at 0.70, all of the cost.

    1 M€ at 0.50 and at 0.60 owe 250 000 and 150 000 € by value and 1 M€ each by the rule; 100 000 € at 0.72 owe
    3 000 € by value and nothing by the rule.
    """
    for name, index in (("both", 0.5), ("other", 0.6)):
        town.assess(town.building(name), "2026-06-01", index)
    town.assess(town.building("own", gross_floor_area_m2=10, replacement_cost_eur=100_000), "2026-06-01", 0.72)
    for start in (3, 4):
        town.post("measure-rules", **(RULE | {"condition_class_from": start}))
    town.parameter("limit_condition", "2020-01-01", value=0.7)
    run = town.value(2026)

    [row] = by_method(town.report(run=run, methods="step")).values()

    assert (row["own_backlog_eur"], row["repair_backlog_eur"]) == (403_000, 2_000_000)
    assert (row["owing_both_count"], row["owing_both_eur"]) == (2, 1_600_000)
    assert (row["owing_own_only_count"], row["owing_own_only_eur"]) == (1, -3_000)
    assert (
        row["method_difference_eur"] == row["owing_both_eur"] + row["owing_here_only_eur"] + row["owing_own_only_eur"]
    )


def test_an_asset_that_owes_only_by_the_other_method_is_told_apart(town: Any) -> None:
    """By hand: at 0.80 nothing is owed by value; two thresholds neither; the step rule at 0.85 owes all of 1 M€."""
    town.assess(town.building("sound"), "2026-06-01", 0.8)
    town.post("measure-rules", **(RULE | {"condition_class_from": 4}))
    town.parameter("limit_condition", "2020-01-01", value=0.85)
    run = town.value(2026)

    rows = by_method(town.report(run=run, methods="step,two_threshold"))

    assert (rows["step"]["owing_here_only_count"], rows["step"]["owing_here_only_eur"]) == (1, 1_000_000)
    assert rows["two_threshold"]["method_difference_eur"] == 0


def test_a_method_that_lacks_something_says_what_and_the_others_are_computed(town: Any) -> None:
    """Without a discount rate there is no present value, without measures no step rule; 82 500 € are owed by value."""
    with town.database.writing() as session:
        session.execute(text("DELETE FROM parameter_value WHERE name = 'discount_rate'"))
        session.execute(text("DELETE FROM measure_rule"))
    town.building("school", built_year=2007)
    run = town.value(2026)

    report = town.report(run=run, methods="npv,step,component,value")

    rows = by_method(report, "methods_by_class")
    assert [rows[name]["missing_parameters"] and rows[name]["missing_parameters"]["en"] for name in rows] == [
        "Discount rate (discount_rate)",
        "Measures (measure table) (measure_rules)",
        None,
        None,
    ]
    assert [rows[name]["repair_backlog_eur"] for name in rows] == [None, None, 0, 82_500]
    totals = by_method(report)
    assert (totals["npv"]["missing_class_count"], totals["npv"]["uncomputed_backlog_eur"]) == (1, 82_500)
    assert (totals["component"]["missing_class_count"], totals["component"]["owing_own_only_eur"]) == (0, -82_500)
    assert "comparable only under the same method" in " ".join(report["statement"]["notes"])


def test_all_methods_are_compared_where_all_are_asked_for(town: Any) -> None:
    town.building("school", built_year=2006)
    town.value(2026)

    assert len(by_method(town.report(methods="true"))) == 10


def test_an_unknown_method_is_refused_by_name(town: Any) -> None:
    town.building("school")
    town.value(2026)
    query = {"municipality": "901", "methods": "value,guess,feeling"}

    answer = town.ask("GET", "reports/backlog", query_string=query)

    assert answer.status_code == 400
    assert ["guess" in fault["detail"] or "feeling" in fault["detail"] for fault in answer.json["errors"]] == [True] * 2
