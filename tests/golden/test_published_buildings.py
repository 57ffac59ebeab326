"""Published results on buildings: B.1–B.6 and the one building under every method, A.14 (methods.md)."""

import numpy as np
import pytest

from service.engine.backlog import (
    builder_condition_index,
    facility_condition_index,
    two_threshold_backlog,
    value_backlog,
)
from service.engine.funding import clearing_cost, yearly_need
from service.engine.parametric import (
    condition_cost_factor,
    deferred_maintenance,
    infrastructure_debt_index,
    straight_line_depreciation,
    weighted_condition,
)
from service.engine.street_methods import step_backlog
from service.engine.value import annual_wear, consumption_ratio, repair_liability, technical_value


def one(value: float) -> np.ndarray:
    return np.array([value])


@pytest.mark.parametrize(
    ("backlog", "replacement_cost", "published"),
    [
        pytest.param(100_000, 1_000_000, 0.10, id="B.1 FUSION, cccfusion.org"),
        pytest.param(2e6, 20e6, 0.10, id="B.2 BC Housing, legalclarity.org"),
    ],
)
def test_facility_condition_index_is_as_published(backlog: float, replacement_cost: float, published: float) -> None:
    assert facility_condition_index(one(backlog), one(replacement_cost)) == published


def test_nasa_sample_backlog_is_as_published_with_its_rounded_factor() -> None:
    # B.3, NAP 10095 ch. 30: 100 facilities of 100 M$; the published chain rounds the factor to two decimals.
    condition = weighted_condition(np.array([40.0, 30.0, 30.0]), np.array([3.0, 4.0, 3.0]))
    factor = condition_cost_factor(condition)

    assert condition == pytest.approx(3.3)
    assert round(factor, 2) * 100e6 == pytest.approx(10e6)
    assert factor * 100e6 == pytest.approx(10_025_884, abs=1)


def test_nasa_deferred_maintenance_of_one_facility_is_as_published() -> None:
    # B.4, NAP 10095 ch. 28, last step: building and site.
    owed = deferred_maintenance(np.ones(2), np.array([0.2465, 0.2000]), np.array([4_500_000.0, 250_000.0]))

    np.testing.assert_allclose(owed, [1_109_250.0, 50_000.0])
    assert owed.sum() == pytest.approx(1_159_250.0)


# B.5, geniemove: replacement cost, accumulated deterioration, current value in M$.
DEBT_TABLE = {
    "Highway Surface": (8_999, 2_480, 6_519),
    "Highway Sub-surface": (10_300, 1_362, 8_938),
    "Bridge Deck": (1_741, 447, 1_294),
    "Bridge Structure": (2_663, 700, 1_963),
    "Land": (4_442, 71, 4_371),
    "Land Improvements": (13_326, 896, 12_430),
    "Furniture": (3_779, 652, 3_127),
    "Buildings": (93, 32, 61),
    "Auxiliary Pavement": (64, 25, 39),
    "Other": (363, 171, 192),
}


def test_infrastructure_debt_index_is_as_published() -> None:
    replacement, deterioration, current = np.array(list(DEBT_TABLE.values()), dtype=float).T

    assert (replacement.sum(), deterioration.sum(), current.sum()) == (45_770, 6_836, 38_934)
    assert infrastructure_debt_index(deterioration, replacement) == pytest.approx(0.149355, abs=5e-7)
    assert round(infrastructure_debt_index(deterioration, replacement), 2) == 0.15


def test_portfolio_condition_is_the_ratio_of_sums() -> None:
    replacement, deterioration, current = np.array(list(DEBT_TABLE.values()), dtype=float).T
    expected = 1 - infrastructure_debt_index(deterioration, replacement)

    assert consumption_ratio(current, replacement) == pytest.approx(expected)
    assert consumption_ratio(current, replacement) != pytest.approx((current / replacement).mean(), abs=0.01)


def test_bridge_depreciation_is_as_published_but_for_its_truncation() -> None:
    # B.6, Asset Valuation Guide 6-1: bridge of 1960, rebuilt 2010, valued 2021; the source truncates.
    written_off = straight_line_depreciation(one(5e6), one(1e6), one(2021.0 - 2010.0), one(70.0))[0]

    assert written_off == pytest.approx(628_571.43, abs=0.005)
    assert written_off // 10 * 10 == 628_570
    assert round((5e6 - written_off) / 1e6, 2) == 4.37


def test_yearly_depreciation_is_as_published() -> None:
    # B.6, Asset Valuation Guide 6-2.
    assert straight_line_depreciation(one(5_000.0), one(0.0), one(1.0), one(15.0))[0] == pytest.approx(
        333.33, abs=0.005
    )


COST, CONDITION = one(2_500_000.0), one(0.475)


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        pytest.param(value_backlog(COST, CONDITION, one(0.75))[0], 687_500, id="A.14 Kunkor backlog"),
        pytest.param(repair_liability(COST, CONDITION)[0], 1_312_500, id="A.14 Kunkor liability"),
        pytest.param(two_threshold_backlog(COST, CONDITION).improvement_eur[0], 1_812_500, id="A.14 improvement"),
        pytest.param(
            two_threshold_backlog(COST, CONDITION).basic_repair_eur[0], 0, id="A.14 no basic repair beside it"
        ),
        pytest.param(facility_condition_index(repair_liability(COST, CONDITION), COST), 0.525, id="A.14 FCI"),
        pytest.param(builder_condition_index(repair_liability(COST, CONDITION), COST), 47.5, id="A.14 BUILDER"),
        pytest.param(step_backlog(CONDITION, one(0.5), one(9e5))[0], 900_000, id="A.14 state rule, past the limit"),
        pytest.param(step_backlog(CONDITION, one(0.475), one(9e5))[0], 0, id="A.14 state rule, at the limit"),
    ],
)
def test_one_building_under_every_method(figure: float, expected: float) -> None:
    assert figure == pytest.approx(expected)


def test_methods_differ_by_a_factor_of_2_6_for_the_same_building() -> None:
    improvement = two_threshold_backlog(COST, CONDITION).improvement_eur[0]

    assert round(improvement / value_backlog(COST, CONDITION, one(0.75))[0], 1) == 2.6


def test_yearly_need_of_one_building_holds_and_clears() -> None:
    # A.14: wear 1.75 %, condition 0.60, cleared in ten years.
    hold = float(annual_wear(COST, one(0.0175))[0])
    backlog = float(value_backlog(COST, one(0.60), one(0.75))[0])

    assert hold == pytest.approx(43_750)
    assert clearing_cost(backlog, 10) == pytest.approx(37_500)
    assert yearly_need(hold, backlog, 10) == pytest.approx(81_250)
    assert technical_value(COST, one(0.60))[0] == pytest.approx(1_500_000)
