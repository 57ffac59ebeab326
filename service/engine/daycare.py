"""Occupancy of day-care units: the sum of the children's coefficients against the staff (eVaka; methods.md B.10)."""

import numpy as np

from service.engine.arrays import FloatArray

PLACES_PER_CARETAKER = 7.0


def daycare_capacity(
    caretakers: FloatArray, places_per_caretaker: FloatArray | float = PLACES_PER_CARETAKER
) -> FloatArray:
    """Return the places that so many caretakers can fill, 7 each unless told otherwise.

    >>> daycare_capacity(np.array([6.0]))
    array([42.])
    """
    return caretakers * places_per_caretaker


def daycare_occupancy_percent(coefficient_sum: FloatArray, caretakers: FloatArray) -> FloatArray:
    """Return the occupancy in per cent with one decimal; ``nan`` (not 0, not infinity) without caretakers.

    Rounded as published: the ratio to four decimals half to even, then the per cent to one.

    >>> daycare_occupancy_percent(np.array([1.75, 1.0]), np.array([6.0, 0.0]))
    array([4.2, nan])
    """
    places = np.where(caretakers > 0, daycare_capacity(caretakers), np.nan)
    return np.round(np.round(coefficient_sum / places, 4) * 100.0, 1)
