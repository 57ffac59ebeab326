"""Population between forecast years, and nothing beyond them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.population import (
    DoubledForecastError,
    Population,
    YearOutsideForecastError,
    population_from_rows,
    population_in_years,
    scaled_to_municipality,
)


@pytest.fixture
def forecast() -> Population:
    """Two areas; the second has its own forecast years."""
    rows = [(1, 2024, 7, 100.0), (1, 2024, 8, 90.0), (1, 2034, 7, 80.0), (1, 2034, 8, 95.0), (2, 2024, 7, 10.0)]
    rows += [(2, 2024, 8, 20.0), (2, 2030, 7, 16.0), (2, 2030, 8, 20.0)]
    area, year, age, persons = (np.array(column) for column in zip(*rows, strict=True))
    return population_from_rows(area, year, age, persons)


def test_rows_become_a_block_by_year_area_and_age(forecast: Population) -> None:
    assert forecast.years.tolist() == [2024, 2030, 2034]
    assert forecast.persons.shape == (3, 2, 2)
    assert forecast.persons[0].tolist() == [[100.0, 90.0], [10.0, 20.0]]
    assert np.isnan(forecast.persons[1, 0]).all()


def test_year_between_is_interpolated_per_age_from_the_years_of_the_area(forecast: Population) -> None:
    between = population_in_years(forecast, np.array([2029, 2027]))

    assert between.years.tolist() == [2027, 2029]
    assert between.persons[0].tolist() == [[94.0, 91.5], [13.0, 20.0]]
    assert between.persons[1].tolist() == [[90.0, 92.5], [15.0, 20.0]]


def test_forecast_year_itself_is_taken_as_it_is(forecast: Population) -> None:
    assert population_in_years(forecast, np.array([2024])).persons[0].tolist() == forecast.persons[0].tolist()


@pytest.mark.parametrize(("years", "area"), [([2023, 2025], "area 1"), ([2025, 2031], "area 2"), ([2035], "area 1")])
def test_year_outside_the_forecast_is_an_error_that_names_the_area(
    years: list[int], area: str, forecast: Population
) -> None:
    with pytest.raises(YearOutsideForecastError, match=area):
        population_in_years(forecast, np.array(years))


def test_repeated_row_is_refused() -> None:
    with pytest.raises(DoubledForecastError, match="1 rows"):
        population_from_rows(np.array([1, 1]), np.array([2024, 2024]), np.array([7, 7]), np.array([1.0, 2.0]))


def test_age_unknown_in_a_forecast_year_is_unknown_between() -> None:
    rows = population_from_rows(np.ones(3, int), np.array([2024, 2024, 2034]), np.array([7, 8, 7]), np.ones(3))

    assert np.isnan(population_in_years(rows, np.array([2030])).persons[0, 0]).tolist() == [False, True]


def test_age_unknown_earlier_is_known_in_a_year_that_has_it() -> None:
    rows = population_from_rows(np.ones(3, int), np.array([2024, 2034, 2034]), np.array([7, 7, 8]), np.ones(3))

    assert population_in_years(rows, np.array([2034])).persons[0, 0].tolist() == [1.0, 1.0]


def test_forecast_without_rows_has_no_persons() -> None:
    nothing = np.zeros(0, int)

    assert population_from_rows(nothing, nothing, nothing, np.zeros(0)).persons.shape == (0, 0, 0)


@given(first=st.floats(0, 1e6), last=st.floats(0, 1e6), year=st.integers(2024, 2040))
def test_interpolated_persons_lie_between_the_forecasts(first: float, last: float, year: int) -> None:
    rows = population_from_rows(np.ones(2, int), np.array([2024, 2040]), np.zeros(2, int), np.array([first, last]))
    persons = population_in_years(rows, np.array([year])).persons[0, 0, 0]

    assert min(first, last) * (1 - 1e-12) <= persons <= max(first, last) * (1 + 1e-12)


def test_areas_scaled_to_the_municipality_sum_to_it_per_age() -> None:
    scaled = scaled_to_municipality(np.array([[10.0, 5.0], [30.0, 15.0]]), np.array([44.0, 10.0]))

    assert scaled.sum(axis=0) == pytest.approx([44.0, 10.0])
    assert scaled_to_municipality(np.zeros((2, 1)), np.array([7.0])).tolist() == [[0.0], [0.0]]
