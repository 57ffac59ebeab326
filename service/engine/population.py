"""Population between the years of a forecast, by single year of age.

``P(t) = P(t0) + (P(t1) - P(t0))·(t - t0)/(t1 - t0)`` per area and age, t0 and t1 being the forecast years around t.
Outside the years of the forecast there is no answer: a trend is never drawn on.
"""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import AnyIntArray, FloatArray, IntArray
from service.engine.errors import EngineError


class YearOutsideForecastError(EngineError):
    """A year lies before the first or after the last year that the forecast knows."""


class DoubledForecastError(EngineError):
    """A forecast has two numbers for the same area, year and age."""


@dataclass(frozen=True, slots=True)
class Population:
    """A forecast (or a part of it interpolated) as a block of persons by year, area and age.

    Attributes:
        years: Ascending.
        areas: Ascending numbers of areas.
        ages: Ascending single years of age.
        persons: Years × areas × ages; ``nan`` is unknown.
    """

    years: IntArray
    areas: IntArray
    ages: IntArray
    persons: FloatArray


def population_from_rows(area: AnyIntArray, year: AnyIntArray, age: AnyIntArray, persons: FloatArray) -> Population:
    """Return the forecast rows as a block; a combination without a row is unknown.

    Raises:
        DoubledForecastError: Two rows have the same area, year and age.
    """
    years, at_year = np.unique(year, return_inverse=True)
    areas, at_area = np.unique(area, return_inverse=True)
    ages, at_age = np.unique(age, return_inverse=True)
    shape = (len(years), len(areas), len(ages))
    place = np.ravel_multi_index((at_year, at_area, at_age), shape) if len(persons) else np.zeros(0, np.int64)
    doubled = len(place) - len(np.unique(place))
    if doubled:
        raise DoubledForecastError(f"{doubled} rows of the forecast repeat an area, year and age.")
    block = np.full(shape, np.nan)
    block.reshape(-1)[place] = persons
    return Population(years.astype(np.int64), areas.astype(np.int64), ages.astype(np.int64), block)


def population_in_years(forecast: Population, years: AnyIntArray) -> Population:
    """Return the population in other years, each area interpolated between the years that it has a forecast for.

    An age that is unknown in a year around is unknown in between.

    Raises:
        YearOutsideForecastError: An area has no forecast around one of the years.
    """
    wanted = np.unique(years).astype(np.int64)
    persons = np.full((len(wanted), len(forecast.areas), len(forecast.ages)), np.nan)
    for position, area in enumerate(forecast.areas):
        block = forecast.persons[:, position]
        has = ~np.isnan(block).all(axis=1)
        persons[:, position] = persons_in_years(forecast.years[has], block[has], wanted, f"area {area}")
    return Population(wanted, forecast.areas, forecast.ages, persons)


def persons_in_years(known_years: AnyIntArray, persons: FloatArray, years: AnyIntArray, of: str) -> FloatArray:
    """Return persons (years × ages) in other years by linear interpolation per age; ``of`` names them in an error.

    Raises:
        YearOutsideForecastError: A year lies outside the known ones.

    >>> persons_in_years(np.array([2024, 2034]), np.array([[100.0], [80.0]]), np.array([2029]), "area 1")
    array([[90.]])
    """
    if not len(known_years) or years.min() < known_years[0] or years.max() > known_years[-1]:
        span = f"{known_years[0]}–{known_years[-1]}" if len(known_years) else "no year"
        raise YearOutsideForecastError(f"The forecast of {of} covers {span}, not {years.min()}–{years.max()}.")
    after = np.searchsorted(known_years, years, side="left")
    before = np.where(known_years[after] == years, after, after - 1)
    gap = np.maximum(known_years[after] - known_years[before], 1)
    part = ((years - known_years[before]) / gap)[:, np.newaxis]
    between: FloatArray = persons[before] + (persons[after] - persons[before]) * part
    return between


def scaled_to_municipality(areas_persons: FloatArray, municipality_persons: FloatArray) -> FloatArray:
    """Return the areas' persons (areas × ages) scaled so that each age sums to the municipality's.

    An age that no area has stays 0 in all of them: there is nothing to scale.

    >>> scaled_to_municipality(np.array([[10.0], [30.0]]), np.array([44.0]))
    array([[11.],
           [33.]])
    """
    total = areas_persons.sum(axis=0)
    factor: FloatArray = np.divide(municipality_persons, total, out=np.ones_like(total), where=total > 0)
    return areas_persons * factor
