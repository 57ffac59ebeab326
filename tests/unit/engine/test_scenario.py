"""Scenarios whose years are computed by hand."""

from typing import Any

import numpy as np
import pytest

from service.engine.backlog import Method
from service.engine.curves import Curves
from service.engine.deterioration import carry_forward
from service.engine.scenario import run_scenario
from service.engine.scenario_inputs import (
    BudgetPool,
    Measures,
    Policy,
    Reason,
    ScenarioAssets,
    ScenarioError,
    ScenarioSettings,
)
from service.engine.valuation import AssetParameters

AS_NEW = {"condition_after": 1.0, "gain_cost_share": 1.0}
UNKNOWN = float("nan")


def assets(condition: list[float], cost: list[float], **given: Any) -> ScenarioAssets:
    """Linear wear of 0.02 a year and target 0.75 unless said otherwise."""
    size = len(condition)

    def filled(name: str, value: float) -> np.ndarray:
        return np.array(np.broadcast_to(np.asarray(given.get(name, value), float), size))

    curves = Curves(
        kind=np.full(size, given.get("kind", 1), np.int8),
        annual_wear_share=filled("wear", 0.02),
        service_life_years=filled("life", 50.0),
        wearing_share=np.ones(size),
        shape=filled("shape", 2.5),
        scale_years=filled("scale", 45.0),
        point_table=np.zeros(size, np.int64),
    )
    parameters = AssetParameters(
        unit_cost_eur=np.full(size, UNKNOWN),
        regional_factor=np.ones(size),
        curves=curves,
        annual_wear_share=filled("wear", 0.02),
        target_condition=filled("target", 0.75),
        default_condition=np.full(size, 0.5),
        method=np.full(size, given.get("method", Method.VALUE), np.int8),
    )
    return ScenarioAssets(
        asset_id=np.array(given.get("asset_id", range(1, size + 1)), np.int64),
        asset_class=np.array(np.broadcast_to(np.asarray(given.get("asset_class", 1)), size)),
        replacement_cost_eur=np.array(cost, float),
        quantity=filled("quantity", 1.0),
        condition=np.array(condition, float),
        retained_share=filled("retained_share", UNKNOWN),
        criticality=filled("criticality", UNKNOWN),
        measure_list=np.array(np.broadcast_to(np.asarray(given.get("asset_class", 1)), size)),
        years_until_built=filled("years_until_built", 0.0),
        parameters=parameters,
    )


def measures(*rows: dict[str, float]) -> Measures:
    defaults = {
        "number": 0,
        "measure_list": 1,
        "condition_from": 0.0,
        "condition_below": 1.01,
        "condition_after": UNKNOWN,
        "condition_gain": UNKNOWN,
        "cost_share": UNKNOWN,
        "unit_cost_eur": UNKNOWN,
        "gain_cost_share": UNKNOWN,
    }
    whole = ("number", "measure_list")
    return Measures(
        **{
            name: np.array([row.get(name, value) for row in rows], np.int64 if name in whole else float)
            for name, value in defaults.items()
        }
    )


def settings(years: int, policy: Policy = Policy.WORST_FIRST, **given: Any) -> ScenarioSettings:
    return ScenarioSettings(policy, given.pop("price_factor", np.ones(years)), **given)


def budget(euros: float, years: int, *classes: int) -> list[BudgetPool]:
    return [BudgetPool(classes or (1,), np.full(years, round(euros * 100), np.int64))]


def total(scenario: Any, name: str) -> list[float]:
    return (scenario.classes.money[name].sum(axis=1) / 100).tolist()


def test_the_years_computed_by_hand_in_the_docstring_come_out() -> None:
    two = assets([0.77, 0.60], [1e6, 1e6])
    done = run_scenario(two, measures(AS_NEW), budget(450_000, 2), settings(2))
    assert total(done, "repair_backlog") == [150_000, 0, 0]
    assert total(done, "spending") == [0, 420_000, 270_000]
    assert done.reasons.tolist() == [[Reason.NOT_NEEDED, Reason.CHOSEN], [Reason.CHOSEN, Reason.NOT_NEEDED]]
    treated = done.treatments
    assert list(zip(treated.year.tolist(), treated.asset_id.tolist(), treated.cost.tolist(), strict=True)) == [
        (1, 2, 42_000_000),
        (2, 1, 27_000_000),
    ]
    assert treated.condition_before.round(9).tolist() == [0.58, 0.73]
    assert treated.condition_after.tolist() == [1, 1]
    assert total(done, "technical_value") == [1_370_000, 1_750_000, 1_980_000]
    assert total(done, "annual_wear") == [40_000, 40_000, 40_000]


def test_without_money_assets_wear_along_their_curves_and_nothing_else_happens() -> None:
    found = [0.95, 0.6, 0.05]
    for kind in (1, 2, 3):
        own = assets(found, [1e6, 2e6, 3e6], kind=kind, life=40.0)
        for divisible in (False, True):
            done = run_scenario(own, measures(AS_NEW), [], settings(20, is_divisible=divisible))
            worn = carry_forward(own.parameters.curves, own.condition, np.full(3, 20.0))
            expected = (np.maximum(0.75 - worn, 0) * own.replacement_cost_eur).sum()
            assert total(done, "repair_backlog")[20] == pytest.approx(expected, abs=0.02)
            assert sum(total(done, "spending")) == 0


def test_the_worst_asset_is_passed_over_when_its_measure_does_not_fit_and_the_money_left_is_told() -> None:
    """Bad owes 0.75-0.28 and costs 0.72 M€; fair costs 0.52 M€ and fits in 0.6 M€; the 80 000 € left fit nothing."""
    done = run_scenario(assets([0.30, 0.50], [1e6, 1e6]), measures(AS_NEW), budget(600_000, 1), settings(1))
    assert done.reasons[:, 0].tolist() == [Reason.NO_MONEY, Reason.CHOSEN]
    [pool] = done.pools
    assert (pool.spending[0], pool.unfitted[0], pool.open_cost[0]) == (52_000_000, 8_000_000, 72_000_000)


def test_money_that_nothing_needs_is_not_called_unfitted() -> None:
    done = run_scenario(assets([0.95], [1e6]), measures(AS_NEW), budget(600_000, 1), settings(1))
    assert (done.pools[0].spending[0], done.pools[0].unfitted[0]) == (0, 0)
    assert done.reasons.tolist() == [[Reason.NOT_NEEDED]]


def test_a_dearer_measure_is_bought_while_the_extra_backlog_pays_for_the_extra_cost() -> None:
    """At 0.38 of 1 M€: a patch of 50 000 € takes away 100 000 €, a renewal of 1 M€ 370 000 €: 270 000 € for 950 000 €.

    In year 1 the patches of both (ratio 2) come before any renewal (ratio 0.28); 1.05 M€ buy both patches and one
    step to a renewal: of asset 1, the lower id.
    """
    patch = {"number": 1, "condition_gain": 0.1, "cost_share": 0.05}
    renewal = {"number": 2, "condition_after": 1.0, "cost_share": 1.0}
    own = assets([0.40, 0.40], [1e6, 1e6])
    done = run_scenario(own, measures(patch, renewal), budget(1_050_000, 1), settings(1, Policy.BENEFIT_COST))
    assert done.treatments.measure.tolist() == [2, 1]
    assert done.treatments.cost.tolist() == [100_000_000, 5_000_000]
    assert done.pools[0].benefit_eur[0] == pytest.approx(100_000 + 270_000 + 100_000)


def test_the_relaxation_says_how_far_from_the_best_whole_measures_can_be() -> None:
    """100 000 € buy a (ratio 2, 60 000 €) and not b (ratio 1.5, 60 000 €); divisible money would buy 2/3 of b."""
    a = {"number": 1, "condition_gain": 0.12, "cost_share": 0.06}
    own = assets([0.52, 0.52], [1e6, 0.75e6], wear=0.0)
    done = run_scenario(
        own,
        measures(a | {"condition_gain": 0.12}),
        [BudgetPool((1,), np.array([8_000_000]))],
        settings(1, Policy.BENEFIT_COST),
    )
    [pool] = done.pools
    assert pool.benefit_eur[0] == pytest.approx(120_000)
    assert pool.bound_eur[0] == pytest.approx(120_000 + 90_000 * 20 / 45)


def test_what_the_need_gives_up_is_not_repaired_when_need_counts() -> None:
    own = assets([0.5, 0.5, 0.5], [1e6, 1e6, 1e6], retained_share=[0.0, 1.0, UNKNOWN])
    done = run_scenario(own, measures(AS_NEW), budget(5e6, 1), settings(1, Policy.NEED_WEIGHTED))
    assert done.reasons[:, 0].tolist() == [Reason.SUPERSEDED, Reason.CHOSEN, Reason.CHOSEN]
    assert total(done, "avoidable_backlog") == [250_000, 270_000]
    assert total(done, "needed_backlog") == [500_000, 0]
    assert total(done, "not_assessed_backlog") == [250_000, 0]


def test_assets_that_no_measure_fits_or_nobody_can_price_are_not_feasible() -> None:
    only_poor = AS_NEW | {"condition_below": 0.4}
    own = assets([0.6, 0.3, 0.3], [1e6, 1e6, UNKNOWN])
    done = run_scenario(own, measures(only_poor), budget(5e6, 1), settings(1))
    assert done.reasons[:, 0].tolist() == [Reason.NOT_FEASIBLE, Reason.CHOSEN, Reason.NOT_FEASIBLE]
    assert done.classes.reasons[1, 0].tolist() == [0, 1, 2, 0, 0]


def test_prices_that_rise_make_the_same_money_buy_less() -> None:
    """Year 1 at 1.10: V 1.1 M€, condition 0.58: owes 187 000 €, costs 462 000 €; 450 000 € no longer buy it."""
    own = assets([0.60], [1e6])
    done = run_scenario(own, measures(AS_NEW), budget(450_000, 1), settings(1, price_factor=np.array([1.10])))
    assert total(done, "repair_backlog") == [150_000, 187_000]
    assert total(done, "replacement_cost") == [1_000_000, 1_100_000]


def test_the_critical_asset_goes_first_among_equals_and_the_lower_id_after_that() -> None:
    own = assets([0.5, 0.5, 0.5], [1e6] * 3, criticality=[1.0, 5.0, UNKNOWN])
    done = run_scenario(own, measures(AS_NEW), budget(520_000, 1), settings(1))
    assert done.treatments.asset_id.tolist() == [2]
    own = assets([0.5, 0.5], [1e6] * 2, asset_id=[9, 3])
    done = run_scenario(own, measures(AS_NEW), budget(520_000, 1), settings(1))
    assert done.treatments.asset_id.tolist() == [3]


def test_a_share_of_a_measure_gives_back_the_same_share_of_its_years() -> None:
    """Linear 0.02, found at 0.60: age 20, costs 0.4 M€, so 20 000 € a year of age. Year 1: age 21; 50 000 € buy 2.5."""
    own = assets([0.60], [1e6])
    done = run_scenario(own, measures(AS_NEW), budget(50_000, 1), settings(1, is_divisible=True))
    assert total(done, "technical_value")[1] == pytest.approx(1e6 * (1 - 0.02 * 18.5))
    assert total(done, "spending") == [0, 50_000]


def test_divisible_money_lifts_the_worst_to_one_level() -> None:
    """0.50 and 0.60 wear to 0.48 and 0.58; the measures cost 20 000 € a year of age, 1 000 € a thousandth: 140 000 €
    lift the worse one to 0.58 (100 000 €), then both to 0.60."""
    own = assets([0.50, 0.60], [1e6, 1e6])
    done = run_scenario(own, measures(AS_NEW), budget(140_000, 1), settings(1, is_divisible=True))
    assert total(done, "repair_backlog")[1] == pytest.approx(300_000, abs=1)


def test_divisible_money_buys_no_more_than_what_is_owed() -> None:
    own = assets([0.60], [1e6])
    done = run_scenario(own, measures(AS_NEW), budget(5e6, 2), settings(2, is_divisible=True))
    assert total(done, "spending") == pytest.approx([0, 170_000, 20_000], abs=0.02)
    assert total(done, "repair_backlog") == [150_000, 0, 0]


def test_assets_of_the_two_threshold_method_are_carried_on_by_their_own_method() -> None:
    """0.61 wears to 0.59: below 0.60 the asset owes 1.20 - 0.59 instead of 0.75 - 0.61."""
    own = assets([0.61], [1e6], method=Method.TWO_THRESHOLD)
    done = run_scenario(own, measures(AS_NEW), [], settings(1))
    assert total(done, "repair_backlog") == pytest.approx([140_000, 610_000])


def test_classes_share_a_budget_where_they_are_given_one_together() -> None:
    own = assets([0.5, 0.4, 0.3], [1e6] * 3, asset_class=[1, 2, 3])
    rows = [AS_NEW | {"measure_list": number} for number in (1, 2, 3)]
    done = run_scenario(own, measures(*rows), budget(1_200_000, 1, 1, 2), settings(1))
    assert done.reasons[:, 0].tolist() == [Reason.CHOSEN, Reason.CHOSEN, Reason.NO_MONEY]
    assert done.classes.money["spending"][1].tolist() == [52_000_000, 62_000_000, 0]
    assert [pool.classes for pool in done.pools] == [(1, 2), (3,)]


@pytest.mark.parametrize(
    ("pools", "asked"),
    [
        (budget(1, 2), settings(1)),
        (budget(-1, 1), settings(1)),
        ([*budget(1, 1), *budget(1, 1)], settings(1)),
        ([], settings(51)),
        ([], settings(1, price_factor=np.array([0.0]))),
    ],
)
def test_budgets_that_do_not_fit_the_scenario_are_refused(pools: Any, asked: ScenarioSettings) -> None:
    with pytest.raises(ScenarioError):
        run_scenario(assets([0.5], [1e6]), measures(AS_NEW), pools, asked)


@pytest.mark.parametrize("row", [{"cost_share": 1.0}, {"condition_after": 1.0}])
def test_a_measure_without_effect_or_cost_is_refused(row: dict[str, float]) -> None:
    with pytest.raises(ScenarioError):
        measures(row)


def test_a_scenario_ends_when_it_is_told_to() -> None:
    class Enough(Exception):
        pass

    seen: list[int] = []

    def stop() -> None:
        seen.append(1)
        if len(seen) == 3:
            raise Enough

    with pytest.raises(Enough):
        run_scenario(assets([0.5], [1e6]), measures(AS_NEW), budget(1, 9), settings(9), stop, workers=2)
    assert len(seen) == 3


def test_a_share_of_a_measure_takes_away_its_share_of_a_backlog_that_jumps_with_the_condition() -> None:
    """1 M€ at 0.60 owes a basic repair by two thresholds, (0.75 - 0.60)·V; a year later, at 0.58, (1.2 - 0.58)·V.

    The measure costs V·(1 - 0.60) and gives back 20 years, 20 000 € each. Untreated the asset is 21 years old: 42 000 €
    are a tenth of 420 000 € and leave 90 % of 620 000 €, although they bring it above the threshold of 0.60. Next year
    it is 19.9 years old and would be 22, owing 640 000 €: 640 000 · 19.9 / 22.
    """
    own = assets([0.60], [1e6], method=Method.TWO_THRESHOLD)
    pools = [BudgetPool((1,), np.array([4_200_000, 0], np.int64))]
    done = run_scenario(own, measures(AS_NEW), pools, settings(2, is_divisible=True))
    assert total(done, "repair_backlog") == pytest.approx([150_000, 558_000, 640_000 * 19.9 / 22], abs=0.01)
    assert total(done, "technical_value") == pytest.approx([600_000, 622_000, 602_000])
    enough = run_scenario(own, measures(AS_NEW), budget(1e6, 1), settings(1, is_divisible=True))
    assert total(enough, "repair_backlog")[1] == 0
    assert total(enough, "spending")[1] == pytest.approx(420_000)
