"""Retention rank, needed and avoidable backlog, and the balance per service and area."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.components import ComponentInputs
from service.engine.need_split import CapacityInputs, DoubledNeedError, NeedSplit, SizingNeeds, split_by_need
from service.engine.retention import RetentionMode, split_backlog
from service.engine.valuation import AssetInputs, AssetParameters, value_assets

YEAR, HORIZON = 2025.0, 10.0
UNKNOWN = np.nan
rng_seeds = st.integers(0, 10**6)


@pytest.fixture(scope="session")
def split(assets: Callable[..., AssetInputs], parameters: Callable[..., AssetParameters]) -> Callable[..., NeedSplit]:
    """Value buildings of the conditions given (1 M€ each unless said otherwise) and split them by need."""

    def of(
        condition: Any,
        held: CapacityInputs,
        needed: SizingNeeds,
        mode: RetentionMode = RetentionMode.WHOLE_ASSET,
        **given: Any,
    ) -> NeedSplit:
        size = len(condition)
        cost = given.pop("cost", 1e6)
        found = assets(
            size, recorded_replacement_cost_eur=cost, assessed_condition=condition, assessed_year=YEAR, **given
        )
        valued = value_assets(found, ComponentInputs.none(), parameters(size), YEAR)
        return split_by_need(found, valued, held, needed, HORIZON, mode)

    return of


def test_three_schools_and_pupils_for_two(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    outcome = split([0.55, 0.70, 0.35], capacities([0, 1, 2], 300), needs(500))

    assert outcome.retention.rank.tolist() == [2, 1, 3]
    assert outcome.retained_share.tolist() == [1.0, 1.0, 0.0]
    assert outcome.needed.tolist() == [20_000_000, 5_000_000, 0]
    assert outcome.avoidable.tolist() == [0, 0, 40_000_000]
    assert outcome.not_assessed.tolist() == [0, 0, 0]
    assert outcome.balances.surplus.tolist() == [400.0]
    assert outcome.balances.capacity_investment.tolist() == [0]


def test_marginal_building_is_split_in_proportional_mode(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    outcome = split([0.55, 0.70], capacities([0, 1], 300), needs(450), RetentionMode.PROPORTIONAL)

    assert outcome.retained_share.tolist() == [0.5, 1.0]
    assert outcome.needed.tolist() == [10_000_000, 5_000_000]
    assert outcome.avoidable.tolist() == [10_000_000, 0]


def test_need_met_exactly_retains_no_further_building(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    tenths = capacities([0, 1, 2], [0.1, 0.2, 0.3])

    assert split([0.7, 0.7, 0.2], tenths, needs(0.1 + 0.2)).retained_share.tolist() == [1.0, 1.0, 0.0]
    assert split([0.5, 0.5], capacities([0, 1], 110), needs(100 * 1.1)).retained_share.tolist() == [1.0, 0.0]


def test_need_met_exactly_leaves_no_sliver_of_a_deficit(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    balances = split([0.5], capacities([0], 110), needs(100 * 1.1)).balances

    assert (balances.need.tolist(), balances.deficit.tolist()) == ([110.0], [0.0])


def test_protected_building_is_retained_first(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    outcome = split([0.10, 0.74], capacities([0, 1], 300), needs(300), is_protected=[True, False])

    assert outcome.retained_share.tolist() == [1.0, 0.0]


def test_cost_per_place_counts_backlog_wear_and_running_cost_over_the_horizon(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    held = capacities([0, 1], [100, 200], running_cost_eur=[50_000, 100_000])
    outcome = split([0.65, 0.75], held, needs(10))

    assert outcome.cost_per_place_eur.tolist() == [
        (100_000 + 10 * (17_500 + 50_000)) / 100,
        (0 + 10 * (17_500 + 100_000)) / 200,
    ]


def test_running_cost_decides_between_equal_buildings_and_its_absence_counts_as_none(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    held = capacities([0, 1, 2], 100, running_cost_eur=[90_000, 80_000, UNKNOWN])

    assert split([0.5, 0.5, 0.5], held, needs(100)).retention.rank.tolist() == [3, 2, 1]


def test_better_condition_then_lower_id_decide_at_equal_cost(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    outcome = split([0.80, 0.90, 0.90], capacities([0, 1, 2], 100), needs(100), asset_id=[1, 9, 5])

    assert outcome.retention.rank.tolist() == [3, 2, 1]


def test_asset_without_capacity_counts_as_needed_in_a_column_of_its_own(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    outcome = split([0.65, 0.65, 0.65, 0.65], capacities([0, 1, 2], [100, 0, UNKNOWN]), needs(0))

    np.testing.assert_array_equal(outcome.retained_share, [0.0, UNKNOWN, UNKNOWN, UNKNOWN])
    assert outcome.needed.tolist() == [0, 10_000_000, 10_000_000, 10_000_000]
    assert outcome.not_assessed.tolist() == outcome.needed.tolist()
    assert outcome.avoidable.tolist() == [10_000_000, 0, 0, 0]


def test_service_without_a_known_need_is_not_assessed(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    for needed in (needs(UNKNOWN), needs(100, service=2)):
        outcome = split([0.65], capacities([0], 100), needed)

        assert np.isnan(outcome.retained_share).tolist() == [True]
        assert outcome.not_assessed.tolist() == [10_000_000]


def test_asset_that_serves_two_services_is_retained_by_the_higher_share(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    held = capacities([0, 0], [100, 100], service=[1, 2])
    outcome = split([0.65], held, needs([20, 70], service=[1, 2]), RetentionMode.PROPORTIONAL)

    assert outcome.retained_share.tolist() == [0.7]
    assert (outcome.needed[0], outcome.avoidable[0]) == (7_000_000, 3_000_000)


def test_surplus_in_one_area_does_not_meet_the_deficit_in_another(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    held = capacities([0, 1], 100, area=[1, 2])
    balances = split([0.5, 0.5], held, needs([40, 130], area=[1, 2])).balances

    assert balances.area.tolist() == [1, 2]
    assert balances.surplus.tolist() == [60.0, 0.0]
    assert balances.deficit.tolist() == [0.0, 30.0]
    assert balances.utilisation.tolist() == [0.4, 1.3]
    assert balances.capacity_investment.tolist() == [0, 30 * 3_000_000]


def test_area_with_need_and_no_capacity_is_all_deficit(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    balances = split([0.5], capacities([0], 100), needs([50, 20], area=[1, 2])).balances

    assert balances.capacity.tolist() == [100.0, 0.0]
    assert balances.deficit.tolist() == [0.0, 20.0]
    np.testing.assert_array_equal(balances.utilisation, [0.5, UNKNOWN])


def test_deficit_at_an_unknown_price_is_marked_not_free(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    needed = needs([50, 120, UNKNOWN], area=[1, 2, 3], new_place_cost_eur=UNKNOWN)
    balances = split([0.5, 0.5], capacities([0, 1], 100, area=[1, 2]), needed).balances

    assert balances.investment_known.tolist() == [True, False, False]
    assert balances.capacity_investment.tolist() == [0, 0, 0]


def test_two_needs_for_one_service_and_area_are_refused(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    with pytest.raises(DoubledNeedError, match="1 sizing needs"):
        split([0.5], capacities([0], 100), needs([50, 60]))


def test_no_capacities_and_no_needs_leave_all_backlog_needed(
    split: Callable[..., NeedSplit], capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]
) -> None:
    outcome = split([0.5], capacities(np.zeros(0, int), np.zeros(0)), needs(np.zeros(0)))

    assert outcome.needed.tolist() == outcome.not_assessed.tolist() == [25_000_000]
    assert len(outcome.balances.service) == 0


@given(backlog=st.integers(0, 10**16), share=st.one_of(st.floats(0.0, 1.0), st.just(UNKNOWN)))
def test_needed_and_avoidable_make_up_the_backlog_to_the_cent(backlog: int, share: float) -> None:
    needed, avoidable = split_backlog(np.array([backlog]), np.array([share]))

    assert needed[0] + avoidable[0] == backlog
    assert needed[0] >= 0
    assert avoidable[0] >= 0


def random_case(seed: int, capacities: Callable[..., CapacityInputs], needs: Callable[..., SizingNeeds]) -> tuple:
    random = np.random.default_rng(seed)
    size = 30
    held = capacities(
        random.integers(0, size, 40),
        np.round(random.uniform(-5, 300, 40), 3),
        random.integers(1, 4, 40),
        random.integers(1, 4, 40),
        random.uniform(0, 1e5, 40),
    )
    service, area = (grid.ravel() for grid in np.meshgrid([1, 2, 3], [1, 2, 3]))
    needed = needs(np.round(random.uniform(0, 900, 9), 2), service, area)
    given = {"is_protected": random.random(size) < 0.2, "cost": random.uniform(0, 1e7, size)}
    return random.random(size), held, needed, given


@pytest.mark.parametrize("mode", list(RetentionMode))
@given(seed=rng_seeds, more=st.floats(0.0, 500.0))
def test_more_need_never_raises_the_avoidable_backlog_of_any_asset(
    mode: RetentionMode,
    seed: int,
    more: float,
    split: Callable[..., NeedSplit],
    capacities: Callable[..., CapacityInputs],
    needs: Callable[..., SizingNeeds],
) -> None:
    condition, held, needed, given_too = random_case(seed, capacities, needs)
    higher = replace(needed, sizing_need=needed.sizing_need + more)
    before = split(condition, held, needed, mode, **given_too)
    after = split(condition, held, higher, mode, **given_too)

    assert (after.avoidable <= before.avoidable).all()
    np.testing.assert_array_equal(before.needed + before.avoidable, after.needed + after.avoidable)


@pytest.mark.parametrize("mode", list(RetentionMode))
@given(seed=rng_seeds)
def test_retained_capacity_meets_the_need_as_far_as_there_is_any(
    mode: RetentionMode,
    seed: int,
    split: Callable[..., NeedSplit],
    capacities: Callable[..., CapacityInputs],
    needs: Callable[..., SizingNeeds],
) -> None:
    condition, held, needed, given_too = random_case(seed, capacities, needs)
    outcome = split(condition, held, needed, mode, **given_too)

    for service, area, need, capacity in zip(
        outcome.balances.service, outcome.balances.area, outcome.balances.need, outcome.balances.capacity, strict=True
    ):
        own = (held.service == service) & (held.area == area) & (held.capacity > 0)
        kept = held.capacity[own] * outcome.retention.retained_share[own]
        if mode is RetentionMode.PROPORTIONAL:
            assert kept.sum() == pytest.approx(min(need, capacity), abs=1e-3)
        else:
            assert kept.sum() >= min(need, capacity) - 1e-3
            assert not len(kept) or kept.sum() - held.capacity[own].max() <= need + 1e-3


@given(seed=rng_seeds)
def test_split_does_not_depend_on_the_order_of_capacities_or_needs(
    seed: int,
    split: Callable[..., NeedSplit],
    capacities: Callable[..., CapacityInputs],
    needs: Callable[..., SizingNeeds],
) -> None:
    condition, held, needed, given_too = random_case(seed, capacities, needs)
    rows, areas = np.random.default_rng(seed).permutation(40), np.random.default_rng(seed).permutation(9)
    shuffled = CapacityInputs(*(getattr(held, name)[rows] for name in held.__slots__))
    shuffled_needs = SizingNeeds(*(getattr(needed, name)[areas] for name in needed.__slots__))
    one = split(condition, held, needed, **given_too)
    other = split(condition, shuffled, shuffled_needs, **given_too)

    np.testing.assert_array_equal(one.retained_share, other.retained_share)
    np.testing.assert_array_equal(one.balances.surplus, other.balances.surplus)
    np.testing.assert_array_equal(one.balances.capacity_investment, other.balances.capacity_investment)
