"""Service need from population, and need against capacity.

``N(s, z, t) = Σ_ages P(z, t, age)·participation(s, age)·coefficient(s, age)·(1 + reserve(s))``   (methods.md E)

A need given directly takes precedence over a computed one. Needs are rounded to a millionth of a user, so that the
arithmetic's last bit never opens or closes a building. Surplus and deficit are never netted.
"""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import AnyIntArray, FloatArray
from service.engine.population import Population

NEED_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """How many of each age use a service.

    Attributes:
        participation: Services × ages, the share of an age that uses the service, 0…1; the ages of the population.
        coefficient: Services × ages, the places one user takes (1.75 for a child under three in day-care).
        reserve: Per service, the share kept free on top.
    """

    participation: FloatArray
    coefficient: FloatArray
    reserve: FloatArray


def participation_by_age(
    ages: AnyIntArray, from_age: AnyIntArray, to_age: AnyIntArray, share: FloatArray
) -> FloatArray:
    """Return the share of each single age from age ranges, both ends included; 0 outside of all ranges.

    >>> participation_by_age(np.array([6, 7, 15, 16]), np.array([7]), np.array([15]), np.array([1.0]))
    array([0., 1., 1., 0.])
    """
    inside = (ages[:, np.newaxis] >= from_age) & (ages[:, np.newaxis] <= to_age)
    by_age: FloatArray = np.where(inside, share, 0.0).sum(axis=1)
    return by_age


def service_need(population: Population, use: ServiceUse) -> FloatArray:
    """Return the need as years × services × areas; ``nan`` where an age that uses the service is unknown.

    >>> pupils = Population(np.array([2030]), np.array([1]), np.array([7, 70]), np.array([[[100.0, np.nan]]]))
    >>> one = np.ones((1, 2))
    >>> service_need(pupils, ServiceUse(np.array([[1.0, 0.0]]), one, np.array([0.05])))
    array([[[105.]]])
    """
    weight = use.participation * use.coefficient
    need = np.stack([_users(population.persons, weight[service]) for service in range(len(weight))], axis=1)
    return exact_need(need * (1.0 + use.reserve)[np.newaxis, :, np.newaxis])


def need_by_year(persons: FloatArray, weight: FloatArray, reserve: FloatArray) -> FloatArray:
    """Return the need of one service and area by year, its parameters being those of each year.

    Args:
        persons: Years × ages; an age that does not use the service may be unknown (``nan``).
        weight: Years × ages, participation × coefficient.
        reserve: Per year.

    >>> weight = np.array([[1.0, 0.0], [1.0, 0.5]])
    >>> need_by_year(np.array([[100.0, np.nan], [90.0, 40.0]]), weight, np.array([0.0, 0.1]))
    array([100., 121.])
    """
    users = np.where(weight > 0, persons, 0.0) * weight
    return exact_need(users.sum(axis=1) * (1.0 + reserve))


def exact_need(need: FloatArray) -> FloatArray:
    """Return the need rounded to a millionth of a user, as it is compared with capacity.

    >>> exact_need(np.array([100 * 1.1]))
    array([110.])
    """
    return np.round(need, NEED_DECIMALS)


def given_need_in_years(given_years: AnyIntArray, given_need: FloatArray, years: AnyIntArray) -> FloatArray:
    """Return a directly given need in other years, linear between the given ones; ``nan`` outside of them.

    >>> given_need_in_years(np.array([2025, 2035]), np.array([200.0, 100.0]), np.array([2024, 2030, 2035]))
    array([ nan, 150., 100.])
    """
    order = np.argsort(given_years)
    if not len(order):
        return np.full(len(years), np.nan)
    return np.interp(years, given_years[order], given_need[order], left=np.nan, right=np.nan)


def need_with_given_first(computed: FloatArray, given: FloatArray) -> FloatArray:
    """Return the given need where there is one, else the computed one.

    >>> need_with_given_first(np.array([90.0, 80.0]), np.array([np.nan, 120.0]))
    array([ 90., 120.])
    """
    return exact_need(np.where(np.isnan(given), computed, given))


def sizing_need(years: AnyIntArray, need: FloatArray, valuation_year: int, horizon_years: int) -> FloatArray:
    """Return the highest need from the valuation year to the end of the horizon; years run along the first axis.

    Years whose need is unknown are left out; ``nan`` where none in the horizon is known.

    >>> sizing_need(np.array([2025, 2030, 2040]), np.array([300.0, 320.0, 999.0]), 2025, 10).tolist()
    320.0
    """
    inside = (years >= valuation_year) & (years <= valuation_year + horizon_years)
    if not inside.any():
        return np.full(need.shape[1:], np.nan)
    highest: FloatArray = np.fmax.reduce(need[inside], axis=0)
    return highest


def utilisation(need: FloatArray, capacity: FloatArray) -> FloatArray:
    """Return need / capacity; ``nan`` where the capacity is 0 or unknown.

    >>> utilisation(np.array([90.0, 90.0]), np.array([100.0, 0.0]))
    array([0.9, nan])
    """
    return need / np.where(capacity > 0, capacity, np.nan)


def surplus(need: FloatArray, capacity: FloatArray) -> FloatArray:
    """Return the capacity that is not needed, never below 0.

    >>> surplus(np.array([90.0, 120.0]), np.array([100.0, 100.0]))
    array([10.,  0.])
    """
    return np.maximum(capacity - need, 0.0)


def deficit(need: FloatArray, capacity: FloatArray) -> FloatArray:
    """Return the need that capacity does not meet, never below 0.

    >>> deficit(np.array([90.0, 120.0]), np.array([100.0, 100.0]))
    array([ 0., 20.])
    """
    return np.maximum(need - capacity, 0.0)


def peak_utilisation(need: FloatArray, peak_factor: FloatArray, capacity: FloatArray) -> FloatArray:
    """Return peak demand / capacity: the need of the busiest time, as a multiple of the mean, against what is there.

    >>> peak_utilisation(np.array([800.0, 800.0]), np.array([1.5, np.nan]), np.array([1000.0, 1000.0]))
    array([1.2, nan])
    """
    return utilisation(need * peak_factor, capacity)


def first_year_above_zero(years: AnyIntArray, amounts: FloatArray) -> FloatArray:
    """Return the first year with a surplus (or a deficit), ``nan`` without one; ascending years along the first axis.

    >>> first_year_above_zero(np.array([2025, 2030]), np.array([[0.0, 0.0], [12.0, 0.0]]))
    array([2030.,   nan])
    """
    above = amounts > 0
    return np.where(above.any(axis=0), years[np.argmax(above, axis=0)], np.nan)


def _users(persons: FloatArray, weight: FloatArray) -> FloatArray:
    used = np.flatnonzero(weight > 0)
    users: FloatArray = (persons[:, :, used] * weight[used]).sum(axis=2)
    return users
