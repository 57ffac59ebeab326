"""Replacements split into renewal and upgrades, worked by hand and as laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.function_need import split_replacement

MONEY = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("cost", "same_again", "ratio", "parts"),
    [
        pytest.param(
            14_000_000, 10_000_000, 1.2, (10_000_000, 2_000_000, 2_000_000), id="300 → 360 places, and better"
        ),
        pytest.param(11_000_000, 10_000_000, 1.2, (10_000_000, 1_000_000, 0), id="cheaper than its size"),
        pytest.param(10_000_000, 10_000_000, 1.0, (10_000_000, 0, 0), id="the same again"),
        pytest.param(9_000_000, 10_000_000, 1.5, (9_000_000, 0, 0), id="below the same again"),
        pytest.param(8_000_000, 10_000_000, 0.5, (5_000_000, 0, 3_000_000), id="half as large, better"),
        pytest.param(12_000_000, 10_000_000, np.nan, (10_000_000, 0, 2_000_000), id="size unknown"),
    ],
)
def test_a_replacement_is_split_as_by_hand(
    cost: int, same_again: int, ratio: float, parts: tuple[int, int, int]
) -> None:
    """R = min(C, V·min(1, q)); K = min(C − R, V·max(0, q − 1)); F = C − R − K."""
    split = split_replacement(np.array([cost]), np.array([same_again]), np.array([ratio]))
    assert (int(split.renewal[0]), int(split.capacity_upgrade[0]), int(split.function_upgrade[0])) == parts


@given(MONEY, MONEY, st.floats(0, 100) | st.just(float("nan")))
def test_the_parts_add_up_to_the_cost_to_the_cent_and_none_is_negative(cost: int, same: int, ratio: float) -> None:
    split = split_replacement(np.array([cost]), np.array([same]), np.array([ratio]))
    parts = [int(part[0]) for part in (split.renewal, split.capacity_upgrade, split.function_upgrade)]
    assert sum(parts) == cost
    assert min(parts) >= 0
    assert parts[0] <= same


@given(MONEY, MONEY, st.floats(0, 10), st.floats(0, 10))
def test_a_larger_replacement_of_one_cost_is_never_more_function(
    cost: int, same: int, one: float, other: float
) -> None:
    costs, values = np.array([cost, cost]), np.array([same, same])
    split = split_replacement(costs, values, np.sort(np.array([one, other])))
    assert split.function_upgrade[0] >= split.function_upgrade[1]
