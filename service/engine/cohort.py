"""Pupils by grade from the cohorts that move up (cohort survival; methods.md B.11, E).

``g(s, t + 1) = g(s - 1, t)·mean_u(g(s, u + 1) / g(s - 1, u))``; the first grade comes from births or a forecast.
"""

import numpy as np

from service.engine.arrays import FloatArray


def progression(pupils: FloatArray) -> FloatArray:
    """Return the mean share that moves from each grade to the next, from observed years × grades.

    Years whose lower grade was empty are left out; ``nan`` where no year is left.

    >>> progression(np.array([[100.0, 90.0], [110.0, 95.0], [120.0, 99.0]]))
    array([0.925])
    """
    lower, upper = pupils[:-1, :-1], pupils[1:, 1:]
    known = lower > 0
    ratio: FloatArray = np.divide(upper, lower, out=np.zeros_like(upper), where=known)
    years = known.sum(axis=0)
    mean: FloatArray = ratio.sum(axis=0) / np.where(years > 0, years, np.nan)
    return mean


def cohort_forecast(pupils_now: FloatArray, shares: FloatArray, entrants: FloatArray) -> FloatArray:
    """Return the pupils of the coming years × grades; one year per number of entrants to the lowest grade.

    >>> cohort_forecast(np.array([120.0, 99.0]), np.array([0.925]), np.array([125.0, 130.0]))
    array([[125.   , 111.   ],
           [130.   , 115.625]])
    """
    years: list[FloatArray] = []
    grades = pupils_now
    for newcomers in entrants:
        grades = np.concatenate(([newcomers], grades[:-1] * shares))
        years.append(grades)
    return np.array(years)
