"""Scenarios of a municipality: refused with every fault, cancelled between years, never stored by halves."""

from __future__ import annotations

import decimal

import pytest
from sqlalchemy import text

from service.database import Database
from service.errors import InvalidData, KuntokantaError, NotFound, ParameterMissing, RunCancelled
from service.operations.funding_runs import find_funding
from service.operations.runs import cancel_run, look_at_run
from service.operations.scenario_reading import asset_of_scenario, scenario_years
from service.operations.scenario_requests import FundingRequest, GivenBudget, ScenarioRequest
from service.operations.scenario_runs import begin_scenario, carry_out_scenario, run_scenario_of
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest

MILLION = (GivenBudget(None, (decimal.Decimal(1_000_000),)),)
TABLES = ("scenario_year", "scenario_budget", "scenario_measure", "scenario_reasons", "run_progress")


@pytest.fixture
def valued(database: Database, two_schools: tuple[int, int]) -> tuple[int, int]:
    """Two schools and their valuation of 2026, whose needs are known to 2036."""
    value_municipality(database, ValuationRequest("999", 2026))
    return two_schools


def counts(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES}


def pointers(error: KuntokantaError) -> set[str]:
    return {fault.pointer for fault in error.faults}


def test_the_first_row_is_the_valuation_itself(database: Database, valued: tuple[int, int]) -> None:
    """0.90 owes nothing and 0.60 owes 150 000 €."""
    run_id = run_scenario_of(database, ScenarioRequest("999", 3, budgets=MILLION))
    first = scenario_years(database, "999", run_id, by_class=False)[0]
    assert (first["year"], first["repair_backlog_eur"], first["spending_eur"]) == (2026, 150_000, 0)
    assert first["replacement_cost_eur"] == 2_000_000


def test_a_school_that_is_given_up_waits_when_need_counts(database: Database, valued: tuple[int, int]) -> None:
    """The sound school has 320 places, the area never needs more than 300: nothing of the worn one is retained."""
    worn = valued[1]
    by_need, by_cost = (
        run_scenario_of(database, ScenarioRequest("999", 3, policy=policy, budgets=MILLION))
        for policy in ("need_weighted", "benefit_cost")
    )
    assert asset_of_scenario(database, "999", by_need, worn)[0]["reason"] == "superseded"
    assert asset_of_scenario(database, "999", by_cost, worn)[0]["reason"] == "chosen"
    years = scenario_years(database, "999", by_need, by_class=False)
    assert all(year["avoidable_backlog_eur"] == year["repair_backlog_eur"] > 0 for year in years)


def test_a_scenario_that_is_longer_than_the_forecast_is_refused(database: Database, valued: tuple[int, int]) -> None:
    run_scenario_of(database, ScenarioRequest("999", 10, budgets=MILLION))
    with pytest.raises(InvalidData) as refused:
        begin_scenario(database, ScenarioRequest("999", 11, budgets=MILLION))
    assert pointers(refused.value) == {"/years"}
    assert "2036" in refused.value.detail


def test_classes_with_money_need_measures(database: Database, valued: tuple[int, int]) -> None:
    with database.writing() as session:
        session.execute(text("DELETE FROM measure_rule"))
    with pytest.raises(ParameterMissing) as refused:
        begin_scenario(database, ScenarioRequest("999", 5, budgets=MILLION))
    assert pointers(refused.value) == {"/measure-rules/building"}
    with pytest.raises(ParameterMissing):
        find_funding(database, FundingRequest("999", 5))


def test_without_budgets_in_the_register_they_must_be_given(database: Database, valued: tuple[int, int]) -> None:
    with pytest.raises(InvalidData) as refused:
        begin_scenario(database, ScenarioRequest("999", 5))
    assert pointers(refused.value) == {"/budgets"}
    with pytest.raises(NotFound):
        begin_scenario(database, ScenarioRequest("998", 5))


def test_without_a_valuation_there_is_nothing_to_start_from(database: Database, two_schools: tuple[int, int]) -> None:
    with pytest.raises(InvalidData) as refused:
        begin_scenario(database, ScenarioRequest("999", 5, budgets=MILLION, policy="luckiest"))
    assert pointers(refused.value) == {"/base_run", "/policy"}


def test_a_scenario_cancelled_while_it_computes_stores_nothing(database: Database, valued: tuple[int, int]) -> None:
    request = ScenarioRequest("999", 5, budgets=MILLION)
    run_id = begin_scenario(database, request)

    def cancel(step: str) -> None:
        if step == "compute":
            assert look_at_run(database, "999", run_id)["progress"] == {"step": "load", "share": 0.0}
            cancel_run(database, "999", run_id)

    with pytest.raises(RunCancelled):
        carry_out_scenario(database, request, run_id, told=cancel)
    assert look_at_run(database, "999", run_id)["state"] == "cancelled"
    assert set(counts(database).values()) == {0}


def test_a_scenario_that_fails_leaves_its_error_and_nothing_else(
    database: Database, valued: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise InvalidData("the disk is full")

    monkeypatch.setattr("service.operations.scenario_results.store_scenario_measures", broken)
    request = ScenarioRequest("999", 5, budgets=MILLION)
    run_id = begin_scenario(database, request)
    with pytest.raises(InvalidData):
        carry_out_scenario(database, request, run_id)
    run = look_at_run(database, "999", run_id)
    assert (run["state"], run["error"]) == ("failed", "the disk is full")
    assert set(counts(database).values()) == {0}


def test_the_same_scenario_gives_the_same_figures_and_hash(database: Database, valued: tuple[int, int]) -> None:
    request = ScenarioRequest("999", 8, budgets=MILLION, price_change=(0.02,))
    one, other = (run_scenario_of(database, request) for _ in range(2))
    assert scenario_years(database, "999", one, by_class=True) == scenario_years(database, "999", other, by_class=True)
    assert look_at_run(database, "999", one)["input_hash"] == look_at_run(database, "999", other)["input_hash"]
