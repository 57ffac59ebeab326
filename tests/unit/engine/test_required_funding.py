"""Required funding, computed by hand for one asset and checked against scenarios for more."""

from typing import Any

import numpy as np
import pytest

from service.engine.backlog import Method
from service.engine.curves import Curves
from service.engine.required_funding import RequiredBudget, required_budget
from service.engine.scenario import run_scenario
from service.engine.scenario_inputs import BudgetPool, Measures, Policy, ScenarioAssets, ScenarioError, ScenarioSettings
from service.engine.valuation import AssetParameters

UNKNOWN = float("nan")
AS_NEW = Measures(
    number=np.array([1]),
    measure_list=np.array([0]),
    condition_from=np.array([0.0]),
    condition_below=np.array([1.0]),
    condition_after=np.array([1.0]),
    condition_gain=np.array([UNKNOWN]),
    cost_share=np.array([UNKNOWN]),
    unit_cost_eur=np.array([UNKNOWN]),
    gain_cost_share=np.array([1.0]),
)


def assets(condition: list[float], asset_class: int | list[int] = 1) -> ScenarioAssets:
    size = len(condition)
    wear = np.full(size, 0.02)
    zero = np.zeros(size, np.int64)
    curves = Curves(np.ones(size, np.int8), wear, wear * 0 + 50, wear * 0 + 1, wear * 0 + 2, wear * 0 + 45, zero)
    parameters = AssetParameters(
        wear * UNKNOWN, np.ones(size), curves, wear, np.full(size, 0.75), wear, np.full(size, Method.VALUE, np.int8)
    )
    classes = np.array(np.broadcast_to(asset_class, size))
    return ScenarioAssets(
        zero + np.arange(size),
        classes,
        np.full(size, 1e6),
        wear,
        np.array(condition),
        wear * UNKNOWN,
        wear,
        zero,
        wear * 0,
        parameters,
    )


def found(condition: list[float], years: int, goal: Any, **given: Any) -> RequiredBudget:
    prices = given.get("prices", np.ones(years))
    return required_budget(assets(condition), AS_NEW, [1], ScenarioSettings(Policy.WORST_FIRST, prices), goal)


def test_holding_an_asset_at_its_target_takes_its_wear() -> None:
    need = found([0.75], 10, lambda before: before)
    assert need.yearly_budget is not None
    assert 2_000_000 <= need.yearly_budget <= 2_000_000 + need.tolerance
    assert (need.backlog_before, need.goal_backlog, need.backlog_after) == (0, 0, 0)


def test_clearing_takes_the_wear_and_the_backlog_spread_over_the_years() -> None:
    """0.60 owes 150 000 €: 15 000 € a year for ten years, and 20 000 € of wear."""
    need = found([0.60], 10, lambda _: 0)
    assert need.yearly_budget == pytest.approx(3_500_000, abs=need.tolerance)


def test_halving_the_backlog_takes_half_of_it_and_the_wear() -> None:
    need = found([0.60], 10, lambda before: before // 2)
    assert need.yearly_budget == pytest.approx(2_750_000, abs=need.tolerance)


def test_the_budget_is_told_at_the_prices_of_the_valuation_whatever_prices_do() -> None:
    rising = found([0.60], 10, lambda _: 0, prices=1.05 ** np.arange(1, 11))
    assert rising.yearly_budget == pytest.approx(3_500_000, abs=2 * rising.tolerance)


def test_a_goal_that_is_reached_without_money_needs_none() -> None:
    assert found([1.0], 5, lambda before: before).yearly_budget == 0


def test_a_goal_that_no_money_reaches_is_said_to_be_out_of_reach() -> None:
    need = found([0.30], 5, lambda before: before - before - 1)
    assert need.yearly_budget is None
    assert need.backlog_after == 0


def test_the_budget_found_reaches_the_goal_and_a_little_less_does_not() -> None:
    own, settings = assets([0.3, 0.5, 0.7, 0.9]), ScenarioSettings(Policy.BENEFIT_COST, np.ones(12), is_divisible=True)
    need = required_budget(own, AS_NEW, [1], settings, lambda before: before // 4)
    assert need.yearly_budget is not None

    def backlog(budget: int) -> int:
        done = run_scenario(own, AS_NEW, [BudgetPool((1,), np.full(12, budget))], settings)
        return int(done.classes.money["repair_backlog"][-1].sum())

    assert backlog(need.yearly_budget) <= need.goal_backlog < backlog(need.yearly_budget - 2 * need.tolerance)


def test_classes_by_themselves_need_at_least_what_they_need_when_they_share() -> None:
    own, settings = assets([0.3, 0.8], [1, 2]), ScenarioSettings(Policy.WORST_FIRST, np.ones(8))
    alone = [required_budget(own, AS_NEW, [number], settings, lambda _: 0) for number in (1, 2)]
    shared = required_budget(own, AS_NEW, [1, 2], settings, lambda _: 0)
    assert shared.yearly_budget is not None
    assert shared.yearly_budget <= sum(each.yearly_budget or 0 for each in alone) + shared.tolerance


def test_classes_without_assets_and_no_years_are_refused() -> None:
    with pytest.raises(ValueError, match="no assets"):
        required_budget(assets([0.5]), AS_NEW, [7], ScenarioSettings(Policy.WORST_FIRST, np.ones(1)), lambda _: 0)
    with pytest.raises(ScenarioError):
        found([0.5], 0, lambda _: 0)
