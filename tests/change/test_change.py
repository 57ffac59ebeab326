"""The change of the backlog between two runs, explained: every amount by hand, every part adding up to the cent.

Buildings wear by 1.75 % of 1 M€ a year and have the target condition 0.75: one of 2005 stands at 0.65 in 2025 and
owes 100 000 €, at 0.6325 in 2026 and owes 117 500 €.
"""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from service.cli import main
from service.cluster.cluster import Cluster


def test_each_cause_is_told_by_itself(town: Any) -> None:
    """By hand, in thousands of euros; wear is 17.5 a year for each of 1 M€.

    inspected  2025 owes 100; worn to 117.5; found at 0.50 in 2026: 250 (+132.5); target 0.80: 300 (+50)
    priced     400 m2 x 2 500 €: 100; x 2 600 €: 104 (+4); wear 1.75 % of 1 040: +18.2; target +52
    renewed    of 1995, 0.475: 275; wear +17.5; renewed in 2026 as new: -292.5
    corrected  100; wear +17.5; built in 2000, not 2005: 5 x 17.5 = +87.5; target +50
    gone       -100
    new        at 0.6325 against 0.80: +167.5
    """
    inspected, corrected = town.building("inspected"), town.building("corrected")
    town.building("priced", replacement_cost_eur=None, gross_floor_area_m2=400)
    renewed, gone = town.building("renewed", built_year=1995), town.building("gone")
    first = town.value(2025)
    town.assess(inspected, "2026-06-01", 0.5)
    town.change(renewed, renewed_year=2026)
    town.change(corrected, built_year=2000)
    town.retire(gone)
    town.building("new")
    town.parameter("unit_cost_eur", "2026-01-01", value=2600, price_level_year=2025)
    town.parameter("target_condition", "2026-01-01", value=0.8)
    second = town.value(2026)

    report = town.report(run=second, since_run=first)

    assert {row["change_cause"]: row["repair_backlog_change_eur"] for row in report["tables"]["change"]["rows"]} == {
        "prices": 4_000,
        "wear": 3 * 17_500 + 18_200,
        "repairs": -292_500,
        "new_assessments": 132_500,
        "corrected_data": 87_500,
        "changed_parameters": 50_000 + 52_000 + 50_000,
        "additions": 167_500,
        "disposals": -100_000,
        "changed_need": 0,
    }
    earlier, later, change = report["tables"]["compared_runs"]["rows"]
    assert (earlier["repair_backlog_eur"], later["repair_backlog_eur"]) == (675_000, 896_700)
    assert change["repair_backlog_eur"] == report["tables"]["change"]["total"]["repair_backlog_change_eur"] == 221_700
    [building] = report["tables"]["change_by_class"]["rows"]
    assert (building["class"], building["earlier_backlog_eur"], building["later_backlog_eur"]) == (
        "building",
        675_000,
        896_700,
    )
    assert [
        (row["asset_name"], row["repair_backlog_change_eur"]) for row in report["tables"]["largest_changes"]["rows"]
    ] == [
        ("renewed", -275_000),
        ("inspected", 200_000),
        ("new", 167_500),
        ("corrected", 155_000),
        ("gone", -100_000),
        ("priced", 74_200),
    ]
    assert (report["key_figures"]["overwritten_earlier_count"], report["key_figures"]["overwritten_later_count"]) == (
        0,
        0,
    )


def test_a_changed_need_moves_the_backlog_from_needed_to_avoidable_and_leaves_its_sum(town: Any) -> None:
    """By hand: two schools owe 100 000 € each and have 200 places each.

    A need of 400 retains both; one of 200 only the first of two equals: 100 000 € of the needed become avoidable.
    """
    area = {"municipality_code": "901", "service_code": "basic_education", "area_code": "north"}
    town.post("service-areas", **area, population_area_code="north", name_fi="Pohjoinen")
    schools = [town.building(name) for name in ("first", "second")]
    for school in schools:
        town.post(
            f"assets/{school}/capacities",
            service_code="basic_education",
            valid_from="2000-01-01",
            capacity=200,
            area_code="north",
        )
    for scenario, need in (("grows", 400), ("shrinks", 200)):
        for year in (2025, 2040):
            town.post("service-needs", **area, scenario=scenario, year=year, service_need=need)
    first, second = town.value(2025, scenario="grows"), town.value(2025, scenario="shrinks")

    report = town.report(run=second, since_run=first)

    [changed] = [row for row in report["tables"]["change"]["rows"] if row["changed_count"]]
    assert changed == {
        "change_cause": "changed_need",
        "changed_count": 1,
        "repair_backlog_change_eur": 0,
        "needed_backlog_change_eur": -100_000,
        "not_assessed_backlog_change_eur": 0,
        "avoidable_backlog_change_eur": 100_000,
    }


def test_components_inspected_and_renewed_between_two_runs_are_assessments_and_repairs(town: Any) -> None:
    """By hand: a building of 1 M€ whose two halves live 50 years by Schroeder's curve, built in 1985.

    2025: age 40, (1 - 0.8²) = 0.36 each: owes 390 000 €. 2026: 1 - 0.82² = 0.3276: 422 400 € (wear 32 400).
    The roof renewed in 2026 is 1.0: mean 0.6638: 86 200 € (repairs -336 200). The frame found at 0.40 in 2026:
    mean 0.70: 50 000 € (assessments -36 200).
    """
    building = town.building("hall", built_year=1985)
    parts = [
        town.post(f"assets/{building}/components", component_code=code, cost_share=0.5, service_life_years=50)
        for code in ("roof", "frame")
    ]
    first = town.value(2025)
    town.assess(building, "2026-05-01", 0.4, component=parts[1]["component_id"])
    town.renew_component(parts[0]["component_id"], 2026)
    second = town.value(2026)

    report = town.report(run=second, since_run=first)

    assert report["key_figures"]["overwritten_earlier_count"] == 0
    assert town.causes(run=second, since_run=first) == {
        "wear": 32_400,
        "repairs": -336_200,
        "new_assessments": -36_200,
    }


def test_a_price_index_moves_recorded_costs_and_one_recorded_anew_is_corrected_data(town: Any) -> None:
    """By hand: at the level of 2025 the index stands at 110, at that of 2026 at 121: prices rise by a tenth.

    Both buildings cost 1 M€ at the prices of 2024, when the index stood at 100: 1.1 M€ in run one, which owes
    0.10 x 1.1 M€ = 110 000 €, and 121 000 € in run two. The other one's cost was found to be 1.2 M€ at the prices of
    2026: 120 000 €, so that 1 000 € are corrected away.
    """
    town.index("own_index", {2024: 100, 2025: 110, 2026: 121})
    town.parameter("cost_index", "2020-01-01", code="own_index")
    town.building("kept", price_level_year=2024)
    anew = town.building("anew", price_level_year=2024)
    first = town.value(2025, price_level_year=2025)
    town.change(anew, replacement_cost_eur=1_200_000, price_level_year=2026)
    second = town.value(2025, price_level_year=2026)

    assert town.causes(run=second, since_run=first) == {"prices": 22_000, "corrected_data": -1_000}


def test_dearer_measures_are_prices_and_another_list_of_measures_is_a_parameter(town: Any) -> None:
    """By hand: at 0.20 (class 1) a measure of 300 €/m2 for 1 000 m2 leads to class 4; it comes to cost 330 €/m2.

    A share of the cost was not changed by prices; then the limit is lowered to 0.10, and nothing is owed.
    """
    rule = {
        "municipality_code": "901",
        "asset_class": "building",
        "measure_code": "renewal",
        "condition_class_from": 1,
        "condition_class_to": 4,
        "price_level_year": 2025,
        "source_id": "own",
        "source_title": "Own",
    }
    building = town.building("worn", gross_floor_area_m2=1000)
    town.assess(building, "2025-06-01", 0.2)
    town.parameter("limit_condition", "2020-01-01", value=0.5)
    town.post("measure-rules", **rule, unit_cost_eur=300, valid_from="2020-01-01")
    first = town.value(2025, method="step")
    town.post("measure-rules", **rule, unit_cost_eur=330, valid_from="2026-01-01")
    second = town.value(2026, method="step")
    town.parameter("limit_condition", "2026-01-01", value=0.1)
    third = town.value(2026, method="step")

    assert town.causes(run=second, since_run=first) == {"prices": 30_000}
    assert town.causes(run=third, since_run=second) == {"changed_parameters": -330_000}
    assert town.causes(run=third, since_run=first) == {"prices": 30_000, "changed_parameters": -330_000}


def test_another_material_is_corrected_data_and_no_change_of_prices(town: Any) -> None:
    """By hand: 400 m2 at 2 500 €/m2 owe 100 000 €; of timber, at 3 000 €/m2, 120 000 €."""
    town.parameter("unit_cost_eur", "2020-01-01", material="timber", value=3000, price_level_year=2025)
    house = town.building("house", replacement_cost_eur=None, gross_floor_area_m2=400, material="brick")
    first = town.value(2025)
    town.change(house, material="timber")

    assert town.causes(run=town.value(2025), since_run=first) == {"corrected_data": 20_000}


def test_what_was_overwritten_in_a_component_is_told_and_counted_as_corrected_data(town: Any) -> None:
    """A part that is new to the register was not there in the earlier run, whose backlog stands as it was stored."""
    building = town.building("hall")
    first = town.value(2025)
    town.post(f"assets/{building}/components", component_code="roof", cost_share=1, service_life_years=40)
    second = town.value(2025)

    report = town.report(run=second, since_run=first)

    # 1 - (20/40)² = 0.75: the target is reached, and 100 000 € are no longer owed.
    assert town.causes(run=second, since_run=first) == {"corrected_data": -100_000}
    assert (report["key_figures"]["overwritten_earlier_count"], report["key_figures"]["overwritten_later_count"]) == (
        1,
        0,
    )
    assert "backlog of 1 assets in the earlier run" in " ".join(report["statement"]["notes"])


def test_the_earlier_run_may_be_named_by_its_year(town: Any) -> None:
    town.building("school")
    town.value(2024)
    newest, second = town.value(2024), town.value(2025)

    assert town.report(run=second, since_year=2024)["key_figures"]["since_run_id"] == newest
    assert town.causes(since_year=2024) == {"wear": 17_500}
    assert town.report(run=newest, since_year=2024)["key_figures"]["since_run_id"] == newest - 1


@pytest.mark.parametrize("form", ["csv", "xlsx", "html", "pdf"])
def test_every_form_tells_the_change(town: Any, form: str) -> None:
    town.building("school")
    first = town.value(2024)
    query = {"municipality": "901", "run": town.value(2025), "since_run": first, "format": form, "lang": "fi"}

    answer = town.ask("GET", "reports/backlog", query_string=query)

    assert answer.status_code == 200, answer.text
    if form == "html":
        assert "Korjausvelan muutos syittäin" in answer.text
        assert "17\u00a0500" in answer.text
        assert "Korjausvelan muutokseen johtaneet syyt" in answer.text
    if form == "csv":
        one = town.ask("GET", "reports/backlog", query_string=query | {"table": "change"}).text
        assert "wear,1,17500" in one


def test_a_wrong_question_about_a_change_is_answered_with_what_is_wrong(town: Any) -> None:
    town.building("school")
    town.building("other", municipality_code="902")
    first, second, other = town.value(2024), town.value(2025), town.value(2024, municipality="902")

    def refused(status: int, **query: Any) -> str:
        answer = town.ask("GET", "reports/backlog", query_string={"municipality": "901", "run": second} | query)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
        return str(answer.json)

    assert str(other) in refused(404, since_run=other)
    refused(404, since_run=999_999)
    refused(404, since_year=1999)
    assert "does not come before" in refused(400, run=first, since_run=second)
    assert "does not come before" in refused(400, since_run=second)
    assert "does not come before" in refused(400, run=first, since_year=2025)
    assert "not both" in refused(400, since_run=first, since_year=2024)
    assert "'nonsense' is none of backlog" in refused(400, table="nonsense")
    refused(400, since_run="first")
    answer = town.ask("GET", "reports/portfolio", query_string={"municipality": "901", "since_run": first})
    assert answer.status_code == 400


def test_a_run_that_failed_is_no_run_to_compare_with(town: Any) -> None:
    town.building("school")
    second = town.value(2025)
    wrong = {"municipality_code": "901", "valuation_year": 2024, "scenario": "unheard of"}
    answer = town.ask("POST", "runs", json=wrong)
    failed = town.ended(answer.json["id"])
    assert failed["state"] == "failed"
    query = {"municipality": "901", "run": second, "since_run": failed["run_id"]}

    assert town.ask("GET", "reports/backlog", query_string=query).status_code == 404


def test_without_common_assets_the_change_is_what_came_and_what_went(town: Any) -> None:
    """By hand: nothing, then one building that owes 100 000 €, then another one of 2006, which owes 82 500 €."""
    empty = town.value(2025)
    gone = town.building("gone")
    full = town.value(2025)
    town.retire(gone)
    town.building("new", built_year=2006)
    last = town.value(2025)

    assert town.causes(run=full, since_run=empty) == {"additions": 100_000}
    assert town.causes(run=last, since_run=full) == {"additions": 82_500, "disposals": -100_000}
    assert town.causes(run=last, since_run=empty) == {"additions": 82_500}


def test_the_shell_writes_the_change_and_the_methods(
    town: Any, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.building("school")
    first, second = town.value(2024), town.value(2025)
    with town.database.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", cluster.service_url(name))
    asked = ["report", "backlog", "--municipality", "901", "--run", str(second), "--lang", "en"]

    change = CliRunner().invoke(main, [*asked, "--since-run", str(first), "--table", "change"])
    methods = CliRunner().invoke(main, [*asked, "--methods", "value,two_threshold", "--table", "methods"])

    assert "wear,1,17500.00,17500.00,17500.00,0.00" in change.stdout
    # Two thresholds at 0.65: 0.10 of 1 M€, as by value.
    assert "two_threshold,1,0,1,1000000.00,100000.00,100000.00,0.00" in methods.stdout
