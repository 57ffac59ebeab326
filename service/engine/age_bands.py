"""Condition score 5…1 and renewal owed by the share of the service life used (methods.md A.4).

Bands by age / service life: up to 20 % score 5, 40 % 4, 60 % 3, 80 % 2, above that 1; owed is a share of the
component's cost that rises as the score falls. Exactly on a limit belongs to the better band.
"""

import numpy as np

from service.engine.arrays import FloatArray, IntArray

_BAND_LIMITS = np.array([0.2, 0.4, 0.6, 0.8])
_SHARE_OWED_BY_SCORE = np.array([np.nan, 1.0, 0.6, 0.3, 0.1, 0.0])
_LIFE_DECIMALS = 12


def age_band_score(age_years: FloatArray, service_life_years: FloatArray) -> IntArray:
    """Return the score, 5 as new … 1 at the end of the service life; 0 where the age is unknown.

    >>> age_band_score(np.array([10.0, 40.0, np.nan]), np.array([25.0, 45.0, 25.0]))
    array([4, 1, 0])
    """
    used = np.round(age_years / service_life_years, _LIFE_DECIMALS)
    score = 5 - np.searchsorted(_BAND_LIMITS, used, side="left")
    return np.where(np.isnan(used), 0, score)


def age_band_owed(age_years: FloatArray, service_life_years: FloatArray) -> FloatArray:
    """Return the share of its cost that each component owes by its band; ``nan`` where its age is unknown.

    >>> age_band_owed(np.array([5.0, 25.0, 60.0]), np.array([50.0, 50.0, 50.0]))
    array([0. , 0.3, 1. ])
    """
    owed: FloatArray = _SHARE_OWED_BY_SCORE[age_band_score(age_years, service_life_years)]
    return owed


def age_band_backlog(
    age_years: FloatArray, service_life_years: FloatArray, area_m2: FloatArray, unit_cost_eur: FloatArray
) -> FloatArray:
    """Return the euros that each component owes by its band; ``nan`` where its age is unknown.

    >>> age_band_backlog(np.array([25.0]), np.array([50.0]), np.array([1000.0]), np.array([150.0]))
    array([45000.])
    """
    return area_m2 * unit_cost_eur * age_band_owed(age_years, service_life_years)
