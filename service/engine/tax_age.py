"""Age reduction of a building's property-tax value (Valuation Act § 30, decree 1073/2025; methods.md A.13).

A documented default for wear where nothing better is known; not a technical value.
"""

import numpy as np

from service.engine.arrays import FloatArray

LOWEST_SHARE = 0.20
"""The tax value never falls below this share of the replacement cost."""


def age_reduction(
    age_years: FloatArray, yearly_reduction: FloatArray, highest_reduction: FloatArray, renovation_relief: FloatArray
) -> FloatArray:
    """Return the share taken off, ``max(0, min(cap, age·r - Σ relief))``; all as shares, relief for renovations done.

    >>> age_reduction(np.array([60.0]), np.array([0.01]), np.array([0.70]), np.array([0.11])).round(9)
    array([0.49])
    """
    reduction: FloatArray = np.clip(age_years * yearly_reduction - renovation_relief, 0.0, highest_reduction)
    return reduction


def tax_value(replacement_cost_eur: FloatArray, reduction: FloatArray) -> FloatArray:
    """Return the tax value in euros, at least 20 % of the replacement cost.

    >>> tax_value(np.array([350000.0]), np.array([0.33]))
    array([234500.])
    """
    return np.maximum(replacement_cost_eur * (1.0 - reduction), LOWEST_SHARE * replacement_cost_eur)
