"""The traps of methods.md A.15, each through a whole valuation of a few assets."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.engine.backlog import Method
from service.engine.components import ComponentInputs
from service.engine.curves import CurveKind, Curves
from service.engine.money import cents, round_half_up
from service.engine.street_methods import kehto_liability
from service.engine.valuation import AssetInputs, AssetParameters, AssetValuations, value_assets
from service.engine.value import consumption_ratio, repair_liability

UNKNOWN = float("nan")
YEAR = 2026.0


def valued(
    built: Any, cost: Any, wear: float = 0.0175, target: float = 0.75, method: Method = Method.VALUE
) -> AssetValuations:
    """Assets on a straight line."""
    age, money = np.broadcast_arrays(np.asarray(built, float), np.asarray(cost, float))
    size, unknown = age.size, np.full(age.size, UNKNOWN)
    none = [unknown] * 4
    curves = Curves(np.full(size, CurveKind.LINEAR, np.int8), np.full(size, wear), *none, np.zeros(size, np.int64))
    held = AssetParameters(
        unknown,
        np.ones(size),
        curves,
        np.full(size, wear),
        np.full(size, target),
        np.full(size, 0.5),
        np.full(size, method, np.int8),
    )
    known = AssetInputs(np.arange(size), np.ones(size), unknown, money, age, *[unknown] * 3, np.zeros(size, bool))
    return value_assets(known, ComponentInputs.none(), held, YEAR)


def test_a_good_building_never_pays_for_a_poor_one() -> None:
    """A.15.1: 1 M€ at 0.90 and at 0.60 owe 150 000, not 0."""
    owed = valued([2026 - 10, 2026 - 40], 1e6, wear=0.01)
    assert owed.condition_index.tolist() == [0.90, 0.60]
    assert owed.repair_backlog.tolist() == [0, 15_000_000]


def test_the_limits_are_exact() -> None:
    """A.15.2: at 0.75 nothing, at 0.60 a basic repair: 25 and 40 years at 1 %."""
    owed = valued([2001, 1986, 1985], 1e6, wear=0.01, method=Method.TWO_THRESHOLD)
    assert owed.basic_repair.tolist() == [0, 15_000_000, 0]
    assert owed.improvement.tolist() == [0, 0, 61_000_000]


def test_one_word_has_two_meanings_which_are_not_mixed() -> None:
    """A.15.3: the liability of a building at 0.8 counts from new, that of a street above its optimum 0.7 is 0."""
    cost, condition = np.array([1e6]), np.array([0.8])
    of_street = kehto_liability(np.ones(1), cost, condition, np.array([0.7]), np.ones(1))
    assert (repair_liability(cost, condition)[0], of_street[0]) == (pytest.approx(200_000), 0.0)


def test_the_condition_of_a_portfolio_is_weighted_by_value() -> None:
    """A.15.5: 9 M€ at 0.9 and 1 M€ at 0.1 are 0.82, not 0.5."""
    both = valued([2016, 1936], [9e6, 1e6], wear=0.01)
    assert consumption_ratio(both.technical_value, both.replacement_cost) == pytest.approx(0.82)


def test_an_asset_past_its_life_is_worn_out_and_one_without_a_year_is_a_guess() -> None:
    """A.15.6: 200 years at 1.75 % are 0, never below; no year is the default, 0.5."""
    assert valued([1826, UNKNOWN], 1e6).condition_index.tolist() == [0.0, 0.5]


@settings(derandomize=True, deadline=None)
@given(built=st.integers(1850, 2026), older=st.integers(0, 100), cost=st.integers(0, 10**9), wear=st.floats(0, 0.1))
def test_age_never_lowers_the_backlog_which_never_exceeds_the_liability(
    built: int, older: int, cost: int, wear: float
) -> None:
    """A.15.7: by Kunkor; with as new for a target both are the same."""
    both = valued([built, built - older], cost, wear)
    assert both.repair_backlog[0] <= both.repair_backlog[1]
    assert (both.repair_backlog <= both.repair_liability).all()
    assert (valued(built, cost, wear, target=1.0).repair_backlog == both.repair_liability[0]).all()


def test_cents_are_rounded_once_per_asset_half_to_even_and_published_means_half_up() -> None:
    """A.15.8: 0.275 × 0.10 € are 2.75 cents, 3; three of them are 9 cents, not the 8.25 of the sum."""
    assert valued([1996] * 3, 0.10).repair_backlog.tolist() == [3, 3, 3]
    assert cents(np.array([0.125, 0.375])).tolist() == [12, 38]
    assert [round_half_up(half) for half in (0.5, 1.5, 2.5)] == [1, 2, 3]


def test_what_does_not_wear_has_no_backlog_however_old_it_is() -> None:
    """A.15.9: land."""
    land = valued(1826, 4_442e6, wear=0.0)
    assert (land.repair_backlog[0], land.annual_wear[0], land.condition_index[0]) == (0, 0, 1.0)
