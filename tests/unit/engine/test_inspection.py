"""What an inspection would narrow is bounded, scales with money, and is nothing where no backlog can arise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.inspection import NOTHING_KNOWN, backlog_uncertainty, typical_change

share = st.floats(0, 1)
cost = st.floats(0, 1e9)


def uncertainty(value: float, condition: float, target: float, change: float) -> float:
    [found] = backlog_uncertainty(*(np.array([each]) for each in (value, condition, target, change)))
    return float(found)


def test_a_building_below_its_target_is_uncertain_by_the_whole_change() -> None:
    """1 M€ at 0.60, target 0.75, typical change 0.10: backlog 250 000 at 0.50 and 50 000 at 0.70, half of 200 000."""
    assert uncertainty(1e6, 0.60, 0.75, 0.10) == pytest.approx(100_000)


def test_a_building_just_above_its_target_is_uncertain_by_a_part_of_it() -> None:
    """1 M€ at 0.80, target 0.75, change 0.10: backlog 50 000 at 0.70 and 0 at 0.90, half of 50 000."""
    assert uncertainty(1e6, 0.80, 0.75, 0.10) == pytest.approx(25_000)


@given(cost, share, share, share)
def test_it_is_never_negative_nor_more_than_the_change_of_the_whole_cost(
    value: float, condition: float, target: float, change: float
) -> None:
    assert 0 <= uncertainty(value, condition, target, change) <= value * change * (1 + 1e-9) + 1e-6


@given(cost, share, share, share, st.floats(0.01, 100))
def test_it_scales_with_money(value: float, condition: float, target: float, change: float, factor: float) -> None:
    scaled = uncertainty(value * factor, condition, target, change)
    assert scaled == pytest.approx(factor * uncertainty(value, condition, target, change), rel=1e-9, abs=1e-6)


@given(share, share)
def test_an_asset_further_above_its_target_than_a_change_needs_no_inspection(target: float, change: float) -> None:
    assert uncertainty(1e6, target + change + 1e-9, target, change) == 0


def test_a_class_hardly_assessed_counts_as_one_of_which_nothing_is_known() -> None:
    """Nine assessments do not make a spread: 1/√12 = 0.2887, the deviation of a condition anywhere in 0…1."""
    assert typical_change(np.zeros(9, np.int64), np.zeros(9), 1).tolist() == [NOTHING_KNOWN]
    assert pytest.approx(0.288675, abs=1e-6) == NOTHING_KNOWN


def test_the_typical_change_is_the_root_mean_square_of_what_inspections_changed() -> None:
    """Six by +0.3 and four by −0.2: √((6·0.09 + 4·0.04)/10) = √0.07 = 0.26458."""
    changes = np.array([0.3] * 6 + [-0.2] * 4)
    assert typical_change(np.zeros(10, np.int64), changes, 1)[0] == pytest.approx(0.2645751)
