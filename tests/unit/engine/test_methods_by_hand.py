"""One more example of every method and curve, worked by hand from domain.md §3–4, independent of the published ones."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service.engine.asset_inputs import AssetInputs, AssetParameters
from service.engine.backlog import Method, facility_condition_index
from service.engine.components import ComponentInputs
from service.engine.curves import CurveKind, Curves, PointTable
from service.engine.grades import GradeChain, markov_points
from service.engine.method_parameters import Ambition
from service.engine.valuation import AssetValuations, value_assets

YEAR = 2026.0
UNKNOWN = float("nan")


@pytest.fixture(scope="session")
def value(
    assets: Callable[..., AssetInputs], parameters: Callable[..., AssetParameters]
) -> Callable[..., AssetValuations]:
    """Value assets by a method; `of_method` are its parameters, `held` the others."""

    def of(
        known: dict[str, Any],
        method: Method,
        of_method: dict[str, Any] | None = None,
        parts: ComponentInputs | None = None,
        **held: Any,
    ) -> AssetValuations:
        size = max(np.size(each) for each in known.values())
        own = parameters(size, method=method, **held)
        assert own.methods is not None
        changed = replace(own.methods.sets[0], **(of_method or {}))
        own = replace(own, methods=replace(own.methods, sets=(changed,)))
        return value_assets(assets(size, **known), parts or ComponentInputs.none(), own, YEAR)

    return of


def found(condition: Any, cost: float, **more: Any) -> dict[str, Any]:
    """Assets assessed this year."""
    return {
        "assessed_condition": condition,
        "assessed_year": YEAR,
        "recorded_replacement_cost_eur": cost,
        **more,
    }


def test_value_method_by_hand(value: Callable[..., AssetValuations], curves: Callable[..., Curves]) -> None:
    """3 200 m² × 1 850 €/m² × 1.04 = 6 156 800 €; 25 years at 1.2 % leave 0.70, target 0.80.

    Backlog 0.10 × 6 156 800 = 615 680; liability 0.30 × 6 156 800 = 1 847 040; wear 0.012 × 6 156 800 = 73 881.60.
    """
    known = {"built_year": 2001.0, "quantity": 3200.0}
    wear = {"curve": curves(annual_wear_share=0.012), "annual_wear_share": 0.012}
    valued = value(known, Method.VALUE, unit_cost_eur=1850.0, regional_factor=1.04, target_condition=0.80, **wear)
    assert valued.repair_backlog.tolist() == [61_568_000]
    assert valued.repair_liability.tolist() == [184_704_000]
    assert valued.annual_wear.tolist() == [7_388_160]


def test_two_thresholds_by_hand(value: Callable[..., AssetValuations]) -> None:
    """840 000 €: at 0.62 a basic repair of (0.75 − 0.62) × 840 000 = 109 200; at 0.55 (1.20 − 0.55) × = 546 000."""
    valued = value(found([0.62, 0.55, 0.76], 840_000), Method.TWO_THRESHOLD)
    assert valued.basic_repair.tolist() == [10_920_000, 0, 0]
    assert valued.improvement.tolist() == [0, 54_600_000, 0]


def test_condition_class_by_hand(value: Callable[..., AssetValuations]) -> None:
    """2 400 m² at 0.47 lie in class 3 (0.4 … 0.6). Optimum 4: resurfacing to 4 at 9.50 €/m² = 22 800.

    The liability repairs to class 5: 22 €/m² × 2 400 = 52 800, cheaper than 70 % of 100 000.
    """
    rules = ((3, 4, 9.5, UNKNOWN), (3, 5, 22.0, UNKNOWN), (3, 5, UNKNOWN, 0.7), (2, 5, 5.0, UNKNOWN))
    of = {"optimum_class": 4.0, "rules": rules}
    valued = value(found(0.47, 100_000, quantity=2400.0), Method.CONDITION_CLASS, of)
    assert valued.repair_backlog.tolist() == [2_280_000]
    assert valued.repair_liability.tolist() == [5_280_000]


def test_components_by_hand(value: Callable[..., AssetValuations], components: Callable[..., ComponentInputs]) -> None:
    """Shares 0.25, 0.35, 0.50 sum to 1.10; lives 15, 30, 60. After 26 years the first is used up.

    0.25 / 1.10 × 1 100 000 = 250 000. Renewed in 2020 it has 9 years left: 0.
    """
    known = {"built_year": [2000.0, 2000.0], "recorded_replacement_cost_eur": 1_100_000}
    parts = components(
        [0, 0, 0, 1, 1, 1],
        cost_share=[0.25, 0.35, 0.50] * 2,
        service_life_years=[15.0, 30.0, 60.0] * 2,
        renewed_year=[UNKNOWN] * 3 + [2020.0, UNKNOWN, UNKNOWN],
    )
    assert value(known, Method.COMPONENT, parts=parts).repair_backlog.tolist() == [25_000_000, 0]


def test_grade_cost_by_hand(value: Callable[..., AssetValuations]) -> None:
    """Rates 0.2, 0.1; conditions 1, 0.6, 0; costs 0, 25 %, 100 %. 400 000 €.

    Year 1: A .8, B .2: condition .92, cost .05. Year 2: A .64, B .16 + .18 = .34, C .02: condition .844,
    cost .34 × .25 + .02 = .105 → 42 000. Halfway, at .882: (.05 + .105) / 2 = .0775 → 31 000.
    """
    of = {"grades": GradeChain((0.2, 0.1), (1.0, 0.6, 0.0), (0.0, 0.25, 1.0))}
    valued = value(found([0.844, 0.882, 1.0], 400_000), Method.GRADE_COST, of)
    assert valued.repair_backlog.tolist() == [4_200_000, 3_100_000, 0]


def test_step_rule_by_hand(value: Callable[..., AssetValuations]) -> None:
    """Limit 0.55: at 0.54 (class 3) the whole treatment, 45 % of 90 000 = 40 500; at 0.55 nothing."""
    of = {"limit_condition": 0.55, "rules": ((3, 4, UNKNOWN, 0.45),)}
    assert value(found([0.54, 0.55], 90_000), Method.STEP, of).repair_backlog.tolist() == [4_050_000, 0]


def test_ambition_by_hand(value: Callable[..., AssetValuations]) -> None:
    """At 0.40 the grade is 3 × 0.6 = 1.8, nearest 2, class 2; 35 % of 200 000 = 70 000 to class 4 (0.8 > 2/3).

    Acceptable counts it on a collector road, not elsewhere; at 0.15 grade 3 × 0.85 = 2.55 counts everywhere: 100 %.
    """
    of = {"ambition": Ambition.ACCEPTABLE, "rules": ((2, 3, UNKNOWN, 0.1), (2, 4, UNKNOWN, 0.35), (1, 4, UNKNOWN, 1.0))}
    collector, access = (
        value(found([0.40, 0.15], 200_000), Method.AMBITION, {**of, "is_collector": street}) for street in (True, False)
    )
    assert collector.repair_backlog.tolist() == [7_000_000, 20_000_000]
    assert access.repair_backlog.tolist() == [0, 20_000_000]


def test_remaining_life_by_hand(value: Callable[..., AssetValuations]) -> None:
    """14 of 20 years are used, 30 % are left: (0.50 − 0.30) × 60 000 = 12 000; at 10 years exactly 50 %, nothing."""
    known = {"built_year": [2012.0, 2016.0], "recorded_replacement_cost_eur": 60_000}
    valued = value(known, Method.REMAINING_LIFE, {"service_life_years": 20.0})
    assert valued.repair_backlog.tolist() == [1_200_000, 0]


def test_present_value_by_hand(
    value: Callable[..., AssetValuations], components: Callable[..., ComponentInputs]
) -> None:
    """Built 2010, lives 20 and 50: renewals in 4 and in 34 years, the second beyond the outlook of 30.

    0.4 × 1 000 000 / 1.04⁴ = 400 000 / 1.16985856 = 341 921.68.
    """
    parts = components([0, 0], cost_share=[0.4, 0.6], service_life_years=[20.0, 50.0])
    known = {"built_year": 2010.0, "recorded_replacement_cost_eur": 1e6}
    valued = value(known, Method.NPV, {"discount_rate": 0.04, "outlook_years": 30.0}, parts)
    assert valued.repair_backlog.tolist() == [34_192_168]


def test_age_bands_by_hand(value: Callable[..., AssetValuations]) -> None:
    """Of 55 years 33 are exactly 60 %: score 3, 30 % of 500 000 = 150 000. 34 are 61.8 %: score 2, 60 % = 300 000."""
    known = {"built_year": [1993.0, 1992.0], "recorded_replacement_cost_eur": 500_000}
    valued = value(known, Method.AGE_BAND, {"service_life_years": 55.0})
    assert valued.repair_backlog.tolist() == [15_000_000, 30_000_000]


def test_facility_condition_index_by_hand(value: Callable[..., AssetValuations]) -> None:
    """Liabilities 0.1 × 800 000 + 0.5 × 200 000 = 180 000 of 1 000 000: FCI 18 %, not the mean (10 + 50) / 2 = 30 %."""
    valued = value(found([0.9, 0.5], [800_000, 200_000]), Method.VALUE)  # type: ignore[arg-type]
    assert facility_condition_index(valued.repair_liability, valued.replacement_cost) == 0.18


@pytest.mark.parametrize(
    ("kind", "shape", "assessed", "years", "expected"),
    [
        # 0.90 less 10 × 1.5 %.
        pytest.param(CurveKind.LINEAR, {"annual_wear_share": 0.015}, 0.90, 10, 0.75, id="linear"),
        # L 40, s 0.8: √(0.05 / 0.8) = 0.25 of the life, 10 years; at 20 years 1 − 0.8 × 0.5² = 0.80.
        pytest.param(
            CurveKind.QUADRATIC, {"service_life_years": 40, "wearing_share": 0.8}, 0.95, 10, 0.80, id="quadratic"
        ),
        # β 2, η 50: e^−0.04 at 10 years; at 25 years e^−(25/50)² = e^−0.25 = 0.778 801.
        pytest.param(CurveKind.WEIBULL, {"shape": 2, "scale_years": 50}, 0.960_789_439, 15, 0.778_801, id="weibull"),
        # 0:1, 10:0.9, 20:0.5, 50:0.1: 0.7 at 15 years; at 35 years 0.5 − 0.4 × 15/30 = 0.3.
        pytest.param(CurveKind.PIECEWISE, {"point_table": 0}, 0.70, 20, 0.30, id="piecewise"),
        # Rates 0.5, 0.5; conditions 1, 0.5, 0. Year 1: .5 + .25 = .75; year 2: .25 + .25 = .5; year 3: .125 + .1875.
        pytest.param(CurveKind.MARKOV, {"point_table": 1}, 0.75, 2, 0.3125, id="markov"),
    ],
)
def test_assessment_is_carried_forward_by_hand(
    kind: CurveKind,
    shape: dict[str, float],
    assessed: float,
    years: int,
    expected: float,
    value: Callable[..., AssetValuations],
    curves: Callable[..., Curves],
) -> None:
    points = PointTable((0.0, 10.0, 20.0, 50.0), (1.0, 0.9, 0.5, 0.1))
    chain = markov_points(GradeChain((0.5, 0.5), (1.0, 0.5, 0.0), (0.0, 0.5, 1.0)))
    known = {**found(assessed, 1_000_000), "assessed_year": YEAR - years, "built_year": 1950.0}
    valued = value(known, Method.VALUE, curve=curves(1, (points, chain), kind=kind, **shape), target_condition=1.0)
    assert valued.condition_index[0] == pytest.approx(expected, abs=5e-7)
    assert valued.repair_backlog[0] / 100 == pytest.approx((1 - expected) * 1e6, abs=1)
