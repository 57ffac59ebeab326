"""Service need from population, needs given directly, and need against capacity."""

import numpy as np
import pytest

from service.engine.need import (
    ServiceUse,
    deficit,
    first_year_above_zero,
    given_need_in_years,
    need_with_given_first,
    participation_by_age,
    service_need,
    sizing_need,
    surplus,
    utilisation,
)
from service.engine.population import Population

AGES = np.arange(0, 20)
YEARS = np.array([2025, 2030, 2035, 2040])


def population(per_age: float = 100.0) -> Population:
    return Population(np.array([2025]), np.array([1]), AGES, np.full((1, 1, len(AGES)), per_age))


def use(ages: tuple[int, int], share: float, coefficient: float = 1.0, reserve: float = 0.0) -> ServiceUse:
    by_age = participation_by_age(AGES, np.array([ages[0]]), np.array([ages[1]]), np.array([share]))
    return ServiceUse(by_age[np.newaxis], np.full((1, len(AGES)), coefficient), np.array([reserve]))


def test_pupils_are_counted_from_7_to_15_both_included() -> None:
    assert service_need(population(), use((7, 15), 1.0)).tolist() == [[[900.0]]]


def test_child_under_three_takes_more_than_one_place() -> None:
    assert service_need(population(), use((1, 2), 0.42, coefficient=1.75))[0, 0, 0] == pytest.approx(147.0)


def test_reserve_is_added_on_top_without_a_stray_last_digit() -> None:
    assert service_need(population(), use((7, 7), 1.0, reserve=0.1))[0, 0, 0] == 110.0


def test_age_ranges_of_one_service_add_up() -> None:
    shares = participation_by_age(AGES, np.array([1, 3]), np.array([2, 5]), np.array([0.42, 0.90]))

    assert shares[:7].tolist() == [0.0, 0.42, 0.42, 0.90, 0.90, 0.90, 0.0]


def test_unknown_age_matters_only_to_the_services_that_it_uses() -> None:
    persons = np.full((1, 1, len(AGES)), 10.0)
    persons[0, 0, 16] = np.nan
    known = Population(np.array([2025]), np.array([1]), AGES, persons)

    assert service_need(known, use((7, 15), 1.0))[0, 0, 0] == 90.0
    assert np.isnan(service_need(known, use((16, 18), 1.0))[0, 0, 0])


def test_given_need_takes_precedence_in_the_years_it_covers() -> None:
    given = given_need_in_years(np.array([2035, 2030]), np.array([50.0, 60.0]), YEARS)

    assert need_with_given_first(np.array([1.0, 2.0, 3.0, 4.0]), given).tolist() == [1.0, 60.0, 50.0, 4.0]
    assert np.isnan(given_need_in_years(np.zeros(0, int), np.zeros(0), YEARS)).all()


def test_sizing_need_is_the_highest_within_the_horizon() -> None:
    need = np.array([[300.0], [310.0], [320.0], [999.0]])

    assert sizing_need(YEARS, need, 2025, 10).tolist() == [320.0]
    assert sizing_need(YEARS, need, 2025, 0).tolist() == [300.0]


def test_sizing_need_leaves_unknown_years_out_and_is_unknown_without_any() -> None:
    need = np.array([[np.nan, np.nan], [310.0, np.nan], [np.nan, np.nan], [999.0, 999.0]])

    np.testing.assert_array_equal(sizing_need(YEARS, need, 2025, 10), [310.0, np.nan])
    assert np.isnan(sizing_need(YEARS, need, 2041, 5)).all()


@pytest.mark.parametrize("capacity", [0.0, np.nan])
def test_utilisation_without_capacity_is_unknown(capacity: float) -> None:
    assert np.isnan(utilisation(np.array([50.0]), np.array([capacity]))[0])


def test_surplus_and_deficit_are_never_netted() -> None:
    need, capacity = np.array([80.0, 130.0]), np.array([100.0, 100.0])

    assert surplus(need, capacity).sum() == 20.0
    assert deficit(need, capacity).sum() == 30.0


def test_first_years_of_deficit_and_surplus() -> None:
    need, capacity = np.array([[90.0, 90.0], [110.0, 90.0], [120.0, 80.0], [60.0, 80.0]]), np.array([100.0, 90.0])

    np.testing.assert_array_equal(first_year_above_zero(YEARS, deficit(need, capacity)), [2030.0, np.nan])
    np.testing.assert_array_equal(first_year_above_zero(YEARS, surplus(need, capacity)), [2025.0, 2035.0])
