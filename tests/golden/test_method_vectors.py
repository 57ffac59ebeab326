"""Vectors of the Finnish methods: B.15 and 5.20 (field.md), age bands A.4 and the tax age reduction A.13."""

import numpy as np
import pytest

from service.engine.age_bands import age_band_backlog, age_band_score
from service.engine.backlog import two_threshold_backlog
from service.engine.deterioration import linear, quadratic
from service.engine.tax_age import age_reduction, tax_value


def one(value: float) -> np.ndarray:
    return np.array([value])


@pytest.mark.parametrize(
    ("age", "life", "wearing_share", "left"),
    [
        pytest.param(25, 50, 1.0, 0.75, id="B.15 KARVO 25/50 ws 1"),
        pytest.param(25, 50, 0.6, 0.85, id="B.15 KARVO 25/50 ws 0.6"),
        pytest.param(60, 50, 0.6, 0.40, id="B.15 KARVO 60/50 ws 0.6"),
        pytest.param(20, 40, 0.6, 0.85, id="field.md 5.20 KARVO 20/40 ws 0.6"),
        pytest.param(60, 50, 0.0, 1.00, id="A.3 load-bearing parts do not wear"),
    ],
)
def test_karvo_component_value(age: float, life: float, wearing_share: float, left: float) -> None:
    assert quadratic(one(age), one(life), one(wearing_share))[0] == pytest.approx(left)


@pytest.mark.parametrize(
    ("area", "unit_cost", "age", "condition", "basic_repair", "improvement"),
    [
        pytest.param(1000, 2500, 2025 - 2015, 0.825, 0, 0, id="B.15 built 2015"),
        pytest.param(1000, 2500, 2025 - 2005, 0.65, 250_000, 0, id="B.15 built 2005"),
        pytest.param(1000, 2500, 2025 - 1995, 0.475, 0, 1_812_500, id="B.15 built 1995"),
        pytest.param(1000, 2500, 2025 - 1960, 0.0, 0, 3_000_000, id="B.15 built 1960"),
        pytest.param(1500, 2000, 2024 - 1994, 0.475, 0, 2_175_000, id="field.md 5.20 FinnVesta ladder"),
    ],
)
def test_two_threshold_ladder(
    area: float, unit_cost: float, age: float, condition: float, basic_repair: float, improvement: float
) -> None:
    index = linear(one(age), one(0.0175))
    owed = two_threshold_backlog(one(area * unit_cost), index)

    assert index[0] == pytest.approx(condition)
    assert owed.basic_repair_eur[0] == pytest.approx(basic_repair)
    assert owed.improvement_eur[0] == pytest.approx(improvement)


@pytest.mark.parametrize(
    ("built", "life", "unit_cost", "score", "owed"),
    [
        pytest.param(1985, 45, 50, 1, 50_000, id="B.15 RT bands 1985"),
        pytest.param(2015, 25, 40, 4, 4_000, id="B.15 RT bands 2015"),
        pytest.param(2000, 50, 150, 3, 45_000, id="B.15 RT bands 2000"),
        pytest.param(1995, 40, 400, 2, 240_000, id="B.15 RT bands 1995"),
        pytest.param(2022, 30, 25, 5, 0, id="B.15 RT bands 2022"),
    ],
)
def test_age_bands_at_2025(built: float, life: float, unit_cost: float, score: int, owed: float) -> None:
    assert age_band_score(one(2025.0 - built), one(life))[0] == score
    assert age_band_backlog(one(2025.0 - built), one(life), one(1000.0), one(unit_cost))[0] == pytest.approx(owed)


def test_component_of_unknown_age_has_no_band_and_no_backlog_figure() -> None:
    assert age_band_score(one(np.nan), one(40.0))[0] == 0
    assert np.isnan(age_band_backlog(one(np.nan), one(40.0), one(1000.0), one(50.0))[0])


def test_detached_stone_house_of_1965_with_new_windows_and_heating_loses_49_percent() -> None:
    # B.15, A.13 group 1 stone.
    assert age_reduction(one(60.0), one(0.01), one(0.70), one(0.06 + 0.05))[0] == pytest.approx(0.49)


def test_stone_office_of_1992_is_taxed_at_234_500() -> None:
    # B.15, A.13 group 1 stone.
    reduction = age_reduction(one(2025.0 - 1992.0), one(0.01), one(0.70), one(0.0))

    assert reduction[0] == pytest.approx(0.33)
    assert tax_value(one(350_000.0), reduction)[0] == pytest.approx(234_500)


@pytest.mark.parametrize(
    ("age", "rate", "cap", "relief", "reduction"),
    [(90, 0.01, 0.70, 0.0, 0.70), (5, 0.01, 0.70, 0.11, 0.0), (30, 0.05, 0.80, 0.0, 0.80)],
    ids=["A.13 cap of group 1", "A.13 relief never below 0", "A.13 cap of group 2"],
)
def test_tax_reduction_stays_between_0_and_its_cap(
    age: float, rate: float, cap: float, relief: float, reduction: float
) -> None:
    assert age_reduction(one(age), one(rate), one(cap), one(relief))[0] == pytest.approx(reduction)


def test_tax_value_never_falls_below_a_fifth() -> None:
    assert tax_value(one(100_000.0), one(0.95))[0] == pytest.approx(20_000)
