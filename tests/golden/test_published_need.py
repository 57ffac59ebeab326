"""Published results on service need: day-care occupancy B.10, cohort survival B.11 (methods.md)."""

import numpy as np
import pytest

from service.engine.cohort import cohort_forecast, progression
from service.engine.daycare import daycare_occupancy_percent


@pytest.mark.parametrize(
    ("coefficients", "caretakers", "percent"),
    [
        pytest.param(1.75, 6.0, 4.2, id="B.10 child under three"),
        pytest.param(1.0, 6.0, 2.4, id="B.10 child of three"),
        pytest.param(0.54, 6.0, 1.3, id="B.10 part-time"),
        pytest.param(1.0, 1.5, 9.5, id="B.10 one and a half caretakers"),
        pytest.param(1.0, 2.0, 7.1, id="B.10 two caretakers"),
        pytest.param(1.75, 1.0, 25.0, id="field.md 5.10 one caretaker"),
    ],
)
def test_daycare_occupancy_is_as_in_evaka(coefficients: float, caretakers: float, percent: float) -> None:
    assert daycare_occupancy_percent(np.array([coefficients]), np.array([caretakers]))[0] == percent


@pytest.mark.parametrize("caretakers", [0.0, np.nan], ids=["B.10 none", "B.10 missing"])
def test_daycare_occupancy_without_caretakers_is_unknown(caretakers: float) -> None:
    assert np.isnan(daycare_occupancy_percent(np.array([1.0]), np.array([caretakers]))[0])


# B.11, rorylawless enrollcast vignette: grades K, 1, 2 in 2021–2023.
PUPILS = np.array([[100.0, 90.0, 80.0], [110.0, 95.0, 88.0], [120.0, 99.0, 91.0]])


def test_progression_between_grades_is_as_published() -> None:
    np.testing.assert_allclose(progression(PUPILS), [0.925, 0.9678363], atol=5e-8)


def test_cohort_forecast_is_as_published() -> None:
    forecast = cohort_forecast(PUPILS[-1], progression(PUPILS), np.array([125.0, 130.0, 128.0]))

    published = [[125, 111, 95.81579], [130, 115.625, 107.42982], [128, 120.25, 111.90607]]
    np.testing.assert_allclose(forecast, published, atol=5e-6)


def test_year_without_pupils_in_a_grade_does_not_count_in_the_progression() -> None:
    pupils = np.array([[0.0, 5.0], [10.0, 4.0], [10.0, 8.0]])

    np.testing.assert_allclose(progression(pupils), [0.8])
    assert np.isnan(progression(np.array([[0.0, 5.0], [0.0, 4.0]]))[0])
