"""Every figure of an asset can be followed from its inputs and parameters, as the run saw them."""

from __future__ import annotations

from typing import Any

from service.database import Database
from service.operations.explanation import explain_asset
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest


def explained(database: Database, asset_id: int) -> dict[str, Any]:
    value_municipality(database, ValuationRequest("999", 2026))
    with database.reading() as connection:
        return explain_asset(connection, "999", asset_id)


def test_the_last_step_of_each_figure_is_the_stored_figure(database: Database, two_schools: tuple[int, int]) -> None:
    for asset_id in two_schools:
        document = explained(database, asset_id)
        results = {step["result"]["name"]: step["result"]["value"] for step in document["steps"]}
        figures = document["figures"]
        assert results["condition_index"] == figures["condition_index"]
        for name in ("replacement_cost", "technical_value", "repair_backlog", "needed_backlog", "avoidable_backlog"):
            assert results[name] == float(figures[f"{name}_eur"]), name
        assert document["components_unchanged"]


def test_the_explanation_shows_why_a_school_is_not_retained(database: Database, two_schools: tuple[int, int]) -> None:
    steps = {step["formula"]: step for step in explained(database, two_schools[1])["steps"]}
    share = steps["retained_share_whole_asset"]
    inputs = {each["name"]: each["value"] for each in share["inputs"]}
    assert (inputs["rank"], inputs["capacity_before"], inputs["sizing_need"]) == (2, 320, 300)
    assert share["result"]["value"] == 0


def test_every_parameter_behind_a_figure_names_its_source(database: Database, two_schools: tuple[int, int]) -> None:
    parameters = explained(database, two_schools[0])["parameters"]
    assert {"target_condition", "annual_wear_share", "deterioration_curve"} <= {each["name"] for each in parameters}
    assert all(each["source_title"] for each in parameters)
