"""The change between two valuations, explained: each cause by hand, and the law that the parts add up."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.arrays import CentsArray
from service.engine.backlog import Method
from service.engine.change import Cause, ValuationInputs, at_later_prices, change_by_cause
from service.engine.change_parts import change_of_parts, parts_of
from service.engine.components import ComponentInputs
from service.engine.curves import Curves
from service.engine.method_parameters import MethodParameters, MethodSet
from service.engine.reconciliation import reconcile
from service.engine.revaluation import Revaluation
from service.engine.valuation import AssetInputs, AssetParameters, value_assets

Assets = Callable[..., AssetInputs]
Parameters = Callable[..., AssetParameters]


def backlog(inputs: ValuationInputs) -> CentsArray:
    """Value the inputs as a run does."""
    of = value_assets(inputs.assets, inputs.components, inputs.parameters, inputs.valuation_year)
    return of.repair_backlog


def explained(before: ValuationInputs, after: ValuationInputs) -> dict[Cause, list[int]]:
    """Return the causes that are not nothing."""
    causes = change_by_cause(before, after, backlog, (backlog(before), backlog(after)))
    return {cause: change.tolist() for cause, change in causes.items() if change.any()}


@pytest.fixture
def before(assets: Assets, parameters: Parameters, curves: Callable[..., Curves]) -> ValuationInputs:
    """One building of 1 M€ that wears by 2 % a year, built in 2005, target 0.75: in 2025 0.60, so it owes 150 000 €."""
    found = assets(1, recorded_replacement_cost_eur=1e6, built_year=2005.0)
    held = parameters(1, curve=curves(1, annual_wear_share=0.02), annual_wear_share=0.02, target_condition=0.75)
    return ValuationInputs(found, ComponentInputs.none(), held, 2025.0)


def test_a_year_of_wear_is_a_year_of_wear(before: ValuationInputs) -> None:
    """By hand: 2 % of 1 M€ a year, five years, below the target all the while: 100 000 €."""

    assert explained(before, replace(before, valuation_year=2030.0)) == {Cause.WEAR: [10_000_000]}


def test_renewal_counts_as_repair_after_the_wear_that_came_before_it(before: ValuationInputs) -> None:
    """By hand: 5 years' wear add 100 000 €; renewed in 2028 the building stands at 0.96 in 2030 and owes nothing."""
    after = replace(before, assets=replace(before.assets, renewed_year=np.array([2028.0])), valuation_year=2030.0)

    assert explained(before, after) == {Cause.WEAR: [10_000_000], Cause.REPAIRS: [-25_000_000]}


def test_renewal_of_long_ago_that_was_recorded_late_is_a_correction(before: ValuationInputs) -> None:
    """By hand: renewed in 2015 the building stood at 0.80 in 2025 and owed nothing of the 150 000 €."""
    after = replace(before, assets=replace(before.assets, renewed_year=np.array([2015.0])))

    assert explained(before, after) == {Cause.CORRECTIONS: [-15_000_000]}


def test_inspection_that_finds_less_than_the_curve_said_is_a_new_assessment(before: ValuationInputs) -> None:
    """By hand: found at 0.50 instead of 0.60: 250 000 € instead of 150 000 €."""
    seen = replace(before.assets, assessed_condition=np.array([0.5]), assessed_year=np.array([2025.0]))

    assert explained(before, replace(before, assets=seen)) == {Cause.ASSESSMENTS: [10_000_000]}


def test_dearer_building_is_a_price_and_a_higher_target_a_parameter(before: ValuationInputs) -> None:
    """By hand: 10 % dearer 165 000 € instead of 150 000 €; target 0.80 then 0.20 x 1.1 M€ = 220 000 €."""
    dearer = replace(before.parameters, price_factor=np.array([1.1]), target_condition=np.array([0.8]))

    assert explained(before, replace(before, parameters=dearer)) == {
        Cause.PRICES: [1_500_000],
        Cause.PARAMETERS: [5_500_000],
    }


def test_record_that_was_overwritten_since_shows_as_corrected_data(before: ValuationInputs) -> None:
    stored = (backlog(before) - 700, backlog(before) + 300)

    causes = change_by_cause(before, before, backlog, stored)

    assert {cause: change.tolist() for cause, change in causes.items() if change.any()} == {Cause.CORRECTIONS: [1000]}


years = st.floats(1950, 2030).map(round)
shares = st.floats(0, 1)
records = st.fixed_dictionaries(
    {
        "recorded_replacement_cost_eur": st.floats(0, 1e8),
        "built_year": years,
        "renewed_year": st.one_of(st.just(np.nan), years),
        "assessed_condition": st.one_of(st.just(np.nan), shares),
        "assessed_year": years,
    }
)
prices = st.fixed_dictionaries(
    {"annual_wear_share": st.floats(0.001, 0.1), "target_condition": shares, "price_factor": st.floats(0.5, 2)}
)


@given(records, records, prices, prices, st.integers(2000, 2030), st.integers(0, 30))
def test_the_causes_add_up_to_the_change_to_the_cent(
    assets: Assets,
    parameters: Parameters,
    earlier: dict[str, float],
    later: dict[str, float],
    old: dict[str, float],
    new: dict[str, float],
    year: int,
    years_between: int,
) -> None:
    before = ValuationInputs(assets(1, **earlier), ComponentInputs.none(), parameters(1, **old), float(year))
    after = ValuationInputs(
        assets(1, **later), ComponentInputs.none(), parameters(1, **new), float(year + years_between)
    )
    stored = backlog(before), backlog(after)

    causes = change_by_cause(before, after, backlog, stored)

    assert sum(causes.values()) == stored[1] - stored[0]


amounts = st.integers(0, 10**14)
retained = st.one_of(st.just(np.nan), st.floats(0, 1))


@given(
    st.lists(st.tuples(amounts, amounts, amounts, retained, retained), min_size=1, max_size=20),
)
def test_the_parts_of_every_cause_add_up_to_the_change_of_the_parts_to_the_cent(
    rows: list[tuple[int, int, int, float, float]],
) -> None:
    """Needed, avoidable and not assessed, over any causes and any change of the retained shares."""
    start, between, end = (np.array(column, np.int64) for column in list(zip(*rows, strict=True))[:3])
    shares = np.array([row[3] for row in rows]), np.array([row[4] for row in rows])
    causes = {Cause.WEAR: between - start, Cause.REPAIRS: end - between}

    found = dict(change_of_parts(causes, start, shares))

    whole = parts_of(end, shares[1]) - parts_of(start, shares[0])
    for name in ("backlog", "needed", "avoidable", "not_assessed"):
        assert (sum(getattr(each, name) for each in found.values()) == getattr(whole, name)).all()
    assert all((each.needed + each.avoidable == each.backlog).all() for each in found.values())
    assert not found[Cause.NEED].backlog.any()


@given(st.lists(st.tuples(amounts, amounts), max_size=30))
def test_the_difference_of_two_methods_is_the_sum_of_its_three_amounts(rows: list[tuple[int, int]]) -> None:
    own, other = (np.array([row[place] for row in rows], np.int64) for place in (0, 1))

    found = reconcile(own, other)

    assert found.total == int(other.sum()) - int(own.sum())
    assert found.both_count + found.only_other_count + found.only_own_count == int(((own > 0) | (other > 0)).sum())


def test_only_the_unit_cost_of_the_same_measure_is_a_price(parameters: Parameters) -> None:
    """From class 1 to 4 there are two measures before and two after; the one to class 5 is gone since."""
    nan = float("nan")
    old = MethodSet(rules=((1, 4, 100.0, nan), (1, 4, 200.0, nan), (1, 5, 300.0, nan), (2, 4, nan, 0.5)))
    new = MethodSet(rules=((1, 4, 110.0, nan), (1, 4, 220.0, nan), (2, 4, nan, 0.6)))
    before, after = (
        replace(parameters(1), methods=MethodParameters(np.zeros(1, np.int64), (each,))) for each in (old, new)
    )

    repriced = at_later_prices(before, after).methods

    assert repriced is not None
    np.testing.assert_equal(
        repriced.sets[0].rules, ((1, 4, 110.0, nan), (1, 4, 220.0, nan), (1, 5, 300.0, nan), (2, 4, nan, 0.5))
    )


def test_a_step_for_which_no_measure_is_known_is_told_with_the_step_that_brings_one(
    before: ValuationInputs,
) -> None:
    """By hand: the old list has no measure from class 3, into which the building wears: 0.61 in 2024, 0.59 in 2025.

    The step rule at 0.70: in 2024 half the cost, by the old list; in 2025 all of it, by the new one. Wear alone
    cannot be valued, and nothing falls on it.
    """

    def held(*rules: tuple[int, int, float, float]) -> AssetParameters:
        sets = (MethodSet(limit_condition=0.7, rules=rules),)
        methods = MethodParameters(np.zeros(1, np.int64), sets)
        return replace(before.parameters, method=np.array([Method.STEP], np.int8), methods=methods)

    nan = float("nan")
    known = replace(before.assets, assessed_condition=np.array([0.61]), assessed_year=np.array([2024.0]))
    old = replace(before, assets=known, parameters=held((4, 5, nan, 0.5)), valuation_year=2024.0)
    new = replace(old, parameters=held((4, 5, nan, 0.5), (3, 5, nan, 1.0)), valuation_year=2025.0)
    stored = np.array([50_000_000]), np.array([100_000_000])
    revaluation = Revaluation(stored[0])

    causes = change_by_cause(old, new, revaluation, stored)

    assert (revaluation.first.tolist(), revaluation.last.tolist()) == ([50_000_000], [100_000_000])
    assert {cause: change.tolist() for cause, change in causes.items() if change.any()} == {
        Cause.PARAMETERS: [50_000_000]
    }
