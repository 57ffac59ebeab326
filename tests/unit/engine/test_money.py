"""Euros become cents once, half to even, and never silently."""

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.money import UnknownAmountError, cents, cents_where_known, euros, round_half_up

whole_cents = st.integers(-(10**15), 10**15)


@given(amount=whole_cents)
def test_recorded_amounts_survive_the_way_to_euros_and_back(amount: int) -> None:
    assert cents(euros(np.array([amount])))[0] == amount


@given(eighths=st.integers(-(10**9), 10**9))
def test_half_cents_round_to_even(eighths: int) -> None:
    exact = Decimal(eighths) / 8
    expected = int((exact * 100).quantize(Decimal(1), ROUND_HALF_EVEN))

    assert cents(np.array([eighths / 8]))[0] == expected


@pytest.mark.parametrize("amount", [np.nan, np.inf, -np.inf, 1e15])
def test_amount_that_is_no_money_is_refused_by_name(amount: float) -> None:
    with pytest.raises(UnknownAmountError, match="annual wear: 1 of 2"):
        cents(np.array([1.0, amount]), "annual wear")


def test_unknown_amounts_are_masked_not_zeroed_silently() -> None:
    amounts, known = cents_where_known(np.array([np.nan, 0.0, 2.5]))

    assert amounts.tolist() == [0, 0, 250]
    assert known.tolist() == [False, True, True]


def test_half_up_for_published_tables() -> None:
    assert round_half_up(np.array([0.5, 1.5, 2.4, 9258.5])).tolist() == [1.0, 2.0, 2.0, 9259.0]
    assert round_half_up(np.array([0.125]), 2).tolist() == [0.13]
