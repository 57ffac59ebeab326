"""Curves, the age a condition stands for, and an assessment carried forward."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.curves import CurveError, CurveKind, Curves, PointTable
from service.engine.deterioration import carry_forward, condition_at_age, effective_age
from service.engine.grades import GradeChain, markov_points

KINDS = list(CurveKind)
FLAT_BOTH_ENDS = PointTable((0.0, 5.0, 15.0, 25.0, 40.0, 60.0), (1.0, 1.0, 0.7, 0.7, 0.3, 0.3))
CHAIN = markov_points(GradeChain((0.08, 0.06, 0.05, 0.04), (1.0, 0.75, 0.5, 0.25, 0.0), (0.0, 0.1, 0.3, 1.0, 1.0)))
shares = st.floats(0.0, 1.0)
ages = st.floats(0.0, 300.0)


def one(value: float) -> np.ndarray:
    return np.array([value])


@pytest.fixture(scope="session")
def curve(curves: Callable[..., Curves]) -> Callable[..., Curves]:
    def make(kind: CurveKind, **given: object) -> Curves:
        return curves(1, (FLAT_BOTH_ENDS, CHAIN), kind=kind, point_table=int(kind is CurveKind.MARKOV), **given)

    return make


@pytest.mark.parametrize("kind", KINDS)
def test_asset_not_built_yet_is_as_new(kind: CurveKind, curve: Callable[..., Curves]) -> None:
    assert condition_at_age(curve(kind), one(-3.0))[0] == 1.0
    assert condition_at_age(curve(kind), one(0.0))[0] == 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_age_and_unknown_condition_stay_unknown(kind: CurveKind, curve: Callable[..., Curves]) -> None:
    assert np.isnan(condition_at_age(curve(kind), one(np.nan))[0])
    assert np.isnan(effective_age(curve(kind), one(np.nan))[0])
    assert np.isnan(carry_forward(curve(kind), one(np.nan), one(5.0))[0])


@given(kind=st.sampled_from(KINDS), age=ages, more=st.floats(0.0, 100.0))
def test_condition_never_rises_with_age(kind: CurveKind, age: float, more: float, curve: Callable[..., Curves]) -> None:
    sooner, later = (condition_at_age(curve(kind), one(at))[0] for at in (age, age + more))

    assert 0.0 <= later <= sooner <= 1.0


@given(kind=st.sampled_from(KINDS), condition=shares)
def test_effective_age_gives_the_condition_back_above_the_floor(
    kind: CurveKind, condition: float, curve: Callable[..., Curves]
) -> None:
    age = effective_age(curve(kind), one(condition))
    again = condition_at_age(curve(kind), age)[0]

    floor = condition_at_age(curve(kind), one(1e6))[0]
    assert again == pytest.approx(max(condition, floor), abs=1e-9)


@given(kind=st.sampled_from(KINDS), assessed=shares, years=st.floats(0.0, 80.0), more=st.floats(0.0, 40.0))
def test_assessment_carried_forward_never_improves_and_never_rises_again(
    kind: CurveKind, assessed: float, years: float, more: float, curve: Callable[..., Curves]
) -> None:
    after, later = (carry_forward(curve(kind), one(assessed), one(at))[0] for at in (years, years + more))

    assert 0.0 <= after <= assessed
    assert later <= after + 1e-12


@given(kind=st.sampled_from(KINDS), assessed=shares)
def test_assessment_of_today_is_the_condition_itself(
    kind: CurveKind, assessed: float, curve: Callable[..., Curves]
) -> None:
    assert carry_forward(curve(kind), one(assessed), one(0.0))[0] == assessed
    assert carry_forward(curve(kind), one(assessed), one(-0.4))[0] == assessed


@given(kind=st.sampled_from(KINDS), age=st.floats(0.1, 39.0), years=st.floats(0.1, 20.0))
def test_carrying_forward_what_the_curve_says_stays_on_the_curve(
    kind: CurveKind, age: float, years: float, curve: Callable[..., Curves]
) -> None:
    on_curve = condition_at_age(curve(kind), one(age))
    carried = carry_forward(curve(kind), on_curve, one(years))[0]

    expected = condition_at_age(curve(kind), effective_age(curve(kind), on_curve) + years)[0]
    assert carried == pytest.approx(expected, abs=1e-12)
    if kind is not CurveKind.PIECEWISE:
        assert carried == pytest.approx(condition_at_age(curve(kind), one(age + years))[0], abs=1e-9)


def test_assessment_below_the_floor_of_the_curve_stays_as_found(curve: Callable[..., Curves]) -> None:
    karvo = curve(CurveKind.QUADRATIC, wearing_share=0.6)

    assert carry_forward(karvo, one(0.2), one(30.0))[0] == 0.2
    assert carry_forward(curve(CurveKind.PIECEWISE), one(0.1), one(30.0))[0] == 0.1


@pytest.mark.parametrize(
    "never_wears",
    [{"kind": CurveKind.QUADRATIC, "wearing_share": 0.0}, {"kind": CurveKind.LINEAR, "annual_wear_share": 0.0}],
)
def test_asset_that_does_not_wear_keeps_what_was_assessed(never_wears: dict, curves: Callable[..., Curves]) -> None:
    assert carry_forward(curves(1, **never_wears), one(0.4), one(30.0))[0] == 0.4


def test_condition_zero_stays_zero_on_a_weibull_curve(curve: Callable[..., Curves]) -> None:
    assert carry_forward(curve(CurveKind.WEIBULL), one(0.0), one(10.0))[0] == 0.0


def test_flat_start_of_a_curve_is_still_ahead_of_an_asset_found_as_new(curve: Callable[..., Curves]) -> None:
    piecewise = curve(CurveKind.PIECEWISE)

    assert carry_forward(piecewise, one(1.0), one(5.0))[0] == 1.0
    assert carry_forward(piecewise, one(1.0), one(10.0))[0] == pytest.approx(0.85)


def test_flat_middle_and_flat_end_do_not_stop_the_curve(curve: Callable[..., Curves]) -> None:
    piecewise = curve(CurveKind.PIECEWISE)

    assert carry_forward(piecewise, one(0.7), one(10.0))[0] == pytest.approx(0.7)
    assert carry_forward(piecewise, one(0.7), one(17.5))[0] == pytest.approx(0.5)
    assert carry_forward(piecewise, one(0.3), one(50.0))[0] == pytest.approx(0.3)


def test_a_third_is_left_at_the_weibull_scale_whatever_the_shape(curves: Callable[..., Curves]) -> None:
    weibull = curves(3, kind=CurveKind.WEIBULL, shape=[0.7, 1.0, 6.0], scale_years=40.0)

    np.testing.assert_allclose(condition_at_age(weibull, np.full(3, 40.0)), np.exp(-1))


def test_each_asset_follows_its_own_curve(curves: Callable[..., Curves]) -> None:
    mixed = curves(
        5, (FLAT_BOTH_ENDS, PointTable((0.0, 100.0), (1.0, 0.0))), kind=[1, 2, 3, 4, 4], point_table=[0, 0, 0, 0, 1]
    )

    expected = [1 - 0.0175 * 20, 1 - 0.4**2, np.exp(-((20 / 45) ** 2.5)), 0.7, 0.8]
    np.testing.assert_allclose(condition_at_age(mixed, np.full(5, 20.0)), expected)


def test_unknown_kind_of_curve_is_refused(curves: Callable[..., Curves]) -> None:
    with pytest.raises(CurveError, match="1 assets"):
        condition_at_age(curves(2, kind=[1, 9]), np.zeros(2))


def test_point_table_that_is_not_there_is_refused(curves: Callable[..., Curves]) -> None:
    with pytest.raises(CurveError, match="point table"):
        condition_at_age(curves(1, (FLAT_BOTH_ENDS,), kind=CurveKind.PIECEWISE, point_table=1), one(3.0))


@pytest.mark.parametrize(
    ("ages", "conditions"),
    [
        ((1.0, 2.0), (1.0, 0.5)),
        ((0.0, 2.0), (0.9, 0.5)),
        ((0.0, 2.0, 2.0), (1.0, 0.5, 0.4)),
        ((0.0, 2.0), (1.0, 1.1)),
        ((0.0, 2.0), (1.0, -0.1)),
        ((0.0,), (1.0, 0.5)),
        ((), ()),
    ],
    ids=["late start", "not as new", "age twice", "rising", "below 0", "uneven", "empty"],
)
def test_curve_by_points_that_makes_no_sense_is_refused(ages: tuple, conditions: tuple) -> None:
    with pytest.raises(CurveError):
        PointTable(ages, conditions)
