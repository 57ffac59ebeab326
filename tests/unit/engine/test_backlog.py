"""Backlog by threshold: exact limits, clamped per asset."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.backlog import facility_condition_index, two_threshold_backlog, value_backlog
from service.engine.street_methods import kehto_backlog, kehto_liability, remaining_life_backlog, step_backlog

MILLION = np.array([1e6])
EXACTLY_0_60 = [1 - 0.4, 0.6, 3 * 0.2, 0.1 + 0.2 + 0.3, 1 - 16 * 0.025, 0.3 / 0.5, 1 - 0.02 * 20, np.nextafter(0.6, 0)]
EXACTLY_0_75 = [1 - 0.25, 0.75, 3 * 0.25, 0.1 + 0.65, 1 - 0.0125 * 20, np.nextafter(0.75, 0), np.nextafter(0.75, 1)]
conditions = st.floats(0.0, 1.0)


def one(value: float) -> np.ndarray:
    return np.array([value])


@pytest.mark.parametrize("condition", EXACTLY_0_60)
def test_exactly_0_60_owes_a_basic_repair_however_it_was_computed(condition: float) -> None:
    owed = two_threshold_backlog(MILLION, one(condition))

    assert owed.improvement_eur[0] == 0.0
    assert owed.basic_repair_eur[0] == pytest.approx(150_000)


@pytest.mark.parametrize("condition", EXACTLY_0_75)
def test_exactly_0_75_owes_nothing_however_it_was_computed(condition: float) -> None:
    owed = two_threshold_backlog(MILLION, one(condition))

    assert owed.basic_repair_eur[0] == owed.improvement_eur[0] == 0.0
    assert value_backlog(MILLION, one(condition), one(0.75))[0] == 0.0


def test_just_below_0_60_owes_an_improvement() -> None:
    owed = two_threshold_backlog(MILLION, one(0.599))

    assert owed.improvement_eur[0] == pytest.approx(601_000)
    assert owed.basic_repair_eur[0] == 0.0
    assert two_threshold_backlog(MILLION, one(0.6 - 1e-9)).improvement_eur[0] > 600_000


def test_good_asset_never_pays_for_a_poor_one() -> None:
    backlog = value_backlog(np.array([1e6, 1e6]), np.array([0.90, 0.60]), np.array([0.75, 0.75]))

    assert backlog.sum() == pytest.approx(150_000)


@given(condition=conditions)
def test_basic_repair_and_improvement_never_stand_together(condition: float) -> None:
    owed = two_threshold_backlog(MILLION, one(condition))

    assert owed.basic_repair_eur[0] == 0.0 or owed.improvement_eur[0] == 0.0


@given(condition=conditions, better=conditions)
def test_better_condition_never_owes_more(condition: float, better: float) -> None:
    worse, best = sorted([condition, better])

    for of in (
        lambda c: value_backlog(MILLION, one(c), one(0.75))[0],
        lambda c: (
            two_threshold_backlog(MILLION, one(c)).basic_repair_eur[0]
            + two_threshold_backlog(MILLION, one(c)).improvement_eur[0]
        ),
        lambda c: step_backlog(one(c), one(0.5), MILLION)[0],
        lambda c: kehto_liability(MILLION, one(1.0), one(c), one(0.7), one(1.0))[0],
        lambda c: remaining_life_backlog(one(c), MILLION)[0],
    ):
        assert of(best) <= of(worse)


def test_fci_of_a_portfolio_is_the_ratio_of_sums_not_the_mean() -> None:
    assert facility_condition_index(np.array([0.0, 50.0]), np.array([900.0, 100.0])) == 0.05
    assert np.isnan(facility_condition_index(np.zeros(0), np.zeros(0)))


def test_street_at_its_optimum_has_neither_backlog_nor_liability() -> None:
    at_optimum = (one(1000.0), one(80.0), one(0.7), one(0.7))

    assert kehto_backlog(*at_optimum)[0] == 0.0
    assert kehto_liability(*at_optimum, one(1.0))[0] == 0.0


def test_street_below_its_optimum_is_repaired_beyond_it() -> None:
    poor = (one(1000.0), one(80.0), one(0.5), one(0.7))

    assert kehto_backlog(*poor)[0] == pytest.approx(16_000)
    assert kehto_liability(*poor, one(1.0))[0] == pytest.approx(40_000)
