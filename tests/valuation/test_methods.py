"""One building under every method, through a run: methods.md A.14, whose definitions differ by a factor of 2.6.

1 000 m² at 2 500 €/m², built 1995, valued 2025: 30 years × 1.75 % leave k = 0.475, condition class 3, NS 3424 grade 2
(3 × 0.525 = 1.575). JHA 2 500 000.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from models.condition import Component
from service.database import Database
from service.errors import ParameterMissing
from service.operations.explanation import explain_asset
from service.operations.parameter_sets import METHODS
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest

REQUEST = ValuationRequest("999", 2025)


@pytest.fixture
def building(town: Any) -> int:
    return int(town.building(quantity=1000, built_year=1995))


def test_value_and_two_threshold_give_the_published_amounts(town: Any, building: int) -> None:
    """A.14: Kunkor 0.275 × JHA = 687 500, liability 0.525 × JHA; two thresholds (1.20 − 0.475) × JHA = 1 812 500."""
    assert town.owed("value", building) == (687_500.0, 1_312_500.0)
    assert town.owed("two_threshold", building) == (1_812_500.0, 1_312_500.0)


def test_the_steps_of_two_thresholds_are_parameters_of_the_class(database: Database, town: Any, building: int) -> None:
    """k = 0.475 above a threshold of 0.45 owes a basic repair to 0.80: 0.325 × 2 500 000 = 812 500.

    With the threshold above the target the steps make no ladder.
    """
    town.given("basic_repair_threshold", 0.80)
    town.given("improvement_threshold", 0.45)
    assert town.owed("two_threshold", building) == (812_500.0, 1_312_500.0)
    town.given("improved_condition", 0.7)
    with pytest.raises(ParameterMissing) as caught:
        value_municipality(database, ValuationRequest("999", 2025, "two_threshold"))
    assert [fault.pointer for fault in caught.value.faults] == ["/parameters/improvement_threshold"]


def test_the_condition_class_owes_the_cheapest_measure_below_its_optimum_and_nothing_at_it(
    town: Any, building: int
) -> None:
    """Class 3 at optimum 3 owes nothing; at optimum 4 the basic repair of the table, 30 % of JHA, backlog and bill."""
    assert town.owed("condition_class", building) == (0.0, 0.0)
    town.given("optimum_condition_class", 4)
    assert town.owed("condition_class", building) == (750_000.0, 750_000.0)


def test_the_step_rule_owes_the_whole_treatment_or_nothing(database: Database, town: Any, building: int) -> None:
    """A.14: 0 or full treatment cost. at the limit 0, below 0.48 the table's 30 %; exactly at 0.475 nothing."""
    assert town.owed("step", building)[0] == 0.0
    town.given("limit_condition", 0.48)
    assert town.owed("step", building) == (750_000.0, 1_312_500.0)
    with database.writing() as session:
        session.execute(text("UPDATE parameter_value SET value = 0.475 WHERE municipality_code = '999'"))
    assert town.owed("step", building)[0] == 0.0


def test_ambition_counts_grade_2_at_the_high_level_only_where_it_is_no_street(town: Any, building: int) -> None:
    """Grade 2 of a building: 0 at the acceptable level, at the high one the table's 30 % (class 3 → 5)."""
    assert town.owed("ambition", building)[0] == 0.0
    town.given("ambition_level", "high")
    assert town.owed("ambition", building)[0] == 750_000.0


def test_remaining_life_owes_what_is_missing_to_the_balance_level(town: Any, building: int) -> None:
    """Age 30 of 80 years leaves 62.5 %: nothing; of 50 years 40 %: (0.50 − 0.40) × 2 500 000 = 250 000."""
    assert town.owed("remaining_life", building)[0] == 0.0
    town.given("service_life_years", 50)
    assert town.owed("remaining_life", building)[0] == 250_000.0


def test_present_value_discounts_the_next_renewal(town: Any, building: int) -> None:
    """A life of 50 years ends in 20: 2 500 000 / 1.03^20 = 2 500 000 / 1.806 111 235 = 1 384 189.39."""
    assert town.owed("npv", building)[0] == 0.0  # 50 of 80 years are left, beyond the outlook of 30
    town.given("service_life_years", 50)
    assert town.owed("npv", building)[0] == 1_384_189.39


def test_age_bands_owe_a_share_of_the_cost(town: Any, building: int) -> None:
    """30 of 80 years are 37.5 %: band 4, 10 % of 2 500 000 (methods.md A.4)."""
    assert town.owed("age_band", building)[0] == 250_000.0


def test_grade_cost_adds_up_the_repair_of_what_has_fallen_to_each_grade(town: Any, building: int) -> None:
    """Two grades with conditions 1 and 0: k = 0.475 means 52.5 % in the worse one, × 40 % of JHA = 525 000."""
    town.given("grade_rates", "A:0.1")
    town.given("grade_conditions", "A:1, B:0")
    town.given("grade_cost_shares", "A:0, B:0.4")
    assert town.owed("grade_cost", building)[0] == 525_000.0


def test_the_component_method_owes_the_renewal_of_parts_whose_life_is_used_up(
    database: Database, town: Any, building: int
) -> None:
    """Shares 0.3 (life 20), 0.3 (life 40), 0.4 (life 100) sum to 1: at 30 years the first is due, 750 000.

    Recorded twice as large (102 % and the like, A.2) they are taken of their sum. Under age bands: 30/20 → 100 %,
    30/40 = 75 % → 60 %, 30/100 → 10 %: 0.3 + 0.18 + 0.04 = 52 % = 1 300 000.
    """
    with database.writing() as session:
        for code, share, life in (("roof", 0.3, 20), ("facade", 0.3, 40), ("frame", 0.4, 100)):
            session.add(
                Component(
                    municipality_code="999",
                    component_id=life,
                    asset_id=building,
                    component_code=code,
                    cost_share=share,
                    service_life_years=life,
                )
            )
    assert town.owed("component", building)[0] == 750_000.0
    assert town.owed("age_band", building)[0] == 1_300_000.0
    with database.writing() as session:
        session.execute(text("UPDATE component SET cost_share = cost_share * 2 WHERE cost_share <= 0.5"))
    assert town.owed("component", building)[0] == 750_000.0


@pytest.mark.parametrize("method", METHODS)
def test_every_method_splits_its_backlog_to_the_cent_and_explains_it(
    database: Database, two_schools: tuple[int, int], method: str
) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE condition_assessment SET condition_index = 0 WHERE condition_index = 0.6"))
    run_id = value_municipality(database, ValuationRequest("999", 2026, method, is_proportional=True))
    with database.reading() as connection:
        for asset_id in two_schools:
            document = explain_asset(connection, "999", asset_id, run_id)
            held = document["figures"]
            assert held["needed_backlog_eur"] + held["avoidable_backlog_eur"] == held["repair_backlog_eur"]
            assert held["not_assessed_backlog_eur"] == 0
            results = {step["result"]["name"]: step["result"]["value"] for step in document["steps"]}
            for name in ("repair_backlog", "repair_liability", "technical_value", "annual_wear", "needed_backlog"):
                assert results[name] == float(held[f"{name}_eur"]), (method, name)
            assert document["method"] == method
            assert document["price_level_year"] == 2025
        total = connection.execute(text("SELECT sum(repair_backlog_eur) FROM valuation_group")).scalar_one()
        stored = connection.execute(text("SELECT sum(repair_backlog_eur) FROM asset_valuation")).scalar_one()
    assert total == stored > 0


def test_a_street_owes_by_its_functional_class_and_its_own_price_list(town: Any) -> None:
    """The KEHTO method by the seed: optimum 4 for functional class 2, 3 for class 5; 1 000 m² in class 3 (0.6).

    The main street owes a resurfacing at the main streets' 22 €/m², the other nothing. With a list of its own the
    municipality uses no national price: 19 €/m².
    """
    main, quiet = (town.street(str(each), quantity=1000, material="asphalt", functional_class=each) for each in (2, 5))
    stored = town.figures()
    assert [float(stored[each]["repair_backlog_eur"]) for each in (main, quiet)] == [22_000.0, 0.0]
    town.rule(condition_class_from=3, condition_class_to=5, unit_cost_eur=19.0)
    assert float(town.figures()[main]["repair_backlog_eur"]) == 19_000.0


def test_the_maintenance_class_goes_before_the_functional_class(town: Any) -> None:
    """Optimum 5 for maintenance class Is: the asset in class 4 (0.8) owes the repair of 4 €/m² × 1 000 m²."""
    found = town.street(assessed=0.8, quantity=1000, functional_class=2, maintenance_class="Is")
    assert town.figures()[found]["repair_backlog_eur"] == 0
    town.given("optimum_condition_class", 5, 50, "maintenance_class/Is")
    assert float(town.figures()[found]["repair_backlog_eur"]) == 4_000.0


def test_a_missing_measure_names_class_and_condition_class(database: Database, town: Any) -> None:
    town.street(assessed=0.2, quantity=1000, material="asphalt", functional_class=5)
    town.rule()  # its own list, which starts from class 2 only
    with pytest.raises(ParameterMissing) as caught:
        value_municipality(database, REQUEST)
    assert [fault.pointer for fault in caught.value.faults] == ["/measure_rules"]
    detail = caught.value.faults[0].detail
    assert "street_segment of asphalt (functional_class 5)" in detail
    assert "condition class 1" in detail


def test_a_method_without_its_parameter_names_the_class_and_the_parameter(database: Database, building: int) -> None:
    with database.writing() as session:
        session.execute(text("DELETE FROM parameter_value WHERE name IN ('discount_rate', 'limit_condition')"))
    with pytest.raises(ParameterMissing) as caught:
        value_municipality(database, ValuationRequest("999", 2025, "npv"))
    assert [(fault.pointer, "building" in fault.detail) for fault in caught.value.faults] == [
        ("/parameters/discount_rate", True)
    ]


@pytest.mark.parametrize(
    ("name", "held"),
    [("optimum_condition_class", 2.5), ("ambition_level", "sky"), ("grade_rates", "A:0.1, B"), ("grade_rates", "A:2")],
)
def test_a_wrong_parameter_of_a_method_is_an_error_that_names_it(
    database: Database, town: Any, building: int, name: str, held: float | str
) -> None:
    method = {"grade_rates": "grade_cost", "ambition_level": "ambition"}.get(name, "condition_class")
    town.given(name, held)
    with pytest.raises(ParameterMissing) as caught:
        value_municipality(database, ValuationRequest("999", 2025, method))
    assert {fault.pointer for fault in caught.value.faults} == {f"/parameters/{name}"}


def test_an_asset_that_is_priced_by_an_unknown_quantity_counts_as_not_valued(town: Any) -> None:
    found = town.street(assessed=0.3, replacement_cost_eur=75_000, material="asphalt", functional_class=2)
    assert town.figures()[found]["repair_backlog_eur"] is None
    assert float(town.figures(method="value")[found]["repair_backlog_eur"]) > 0


def test_a_markov_curve_carries_an_assessment_forward(town: Any, building: int) -> None:
    """Two grades that half of the stock leaves each year: 0.5 assessed in 2023 is 0.125 two years later."""
    town.given("deterioration_curve", "markov")
    town.given("grade_rates", "A:0.5")
    town.given("grade_conditions", "A:1, B:0")
    town.given("grade_cost_shares", "A:0, B:1")
    building = town.building("assessed", (2023, 0.5), quantity=1000)
    assert town.figures()[building]["condition_index"] == pytest.approx(0.125, abs=1e-12)
