"""Backlog and value from condition scores and ages of whole systems, as public bodies abroad publish them.

NASA deferred maintenance and BMAR (NAP 10095 ch. 28, 30), Infrastructure Debt Index, Asset Valuation Guide 6-1:
methods.md A.11 and B.3–B.6. Money in the currency that goes in.
"""

import math

import numpy as np

from service.engine.arrays import FloatArray


def weighted_condition(weight: FloatArray, condition: FloatArray) -> float:
    """Return the mean condition (NCC) of systems, by weights of whatever sum.

    >>> weighted_condition(np.array([40.0, 30.0, 30.0]), np.array([3.0, 4.0, 3.0]))
    3.3
    """
    return float((weight * condition).sum() / weight.sum())


def condition_cost_factor(mean_condition: float, k1: float = 1.0, k2: float = 1.0) -> float:
    """Return NASA's share of the replacement value owed at a mean condition of 1…5, ``k1·exp(k2·(1 - NCC))``.

    >>> round(condition_cost_factor(3.3), 7)
    0.1002588
    """
    return k1 * math.exp(k2 * (1.0 - mean_condition))


def deferred_maintenance(
    system_share: FloatArray, condition_share: FloatArray, replacement_value: FloatArray
) -> FloatArray:
    """Return what each system owes: its share of the replacement value × the share owed in its condition × the value.

    >>> deferred_maintenance(np.array([1.0]), np.array([0.2465]), np.array([4500000.0]))
    array([1109250.])
    """
    return system_share * condition_share * replacement_value


def infrastructure_debt_index(accumulated_deterioration: FloatArray, replacement_cost: FloatArray) -> float:
    """Return ``Σ deterioration / Σ replacement cost``; ``nan`` without a replacement cost.

    >>> infrastructure_debt_index(np.array([6836.0]), np.array([45770.0])).__round__(6)
    0.149355
    """
    total = float(replacement_cost.sum())
    return float(accumulated_deterioration.sum()) / total if total else float("nan")


def straight_line_depreciation(
    value: FloatArray,
    residual_value: FloatArray,
    age_years: FloatArray,
    useful_life_years: FloatArray,
    age_at_start_years: float = 0.0,
) -> FloatArray:
    """Return what is written off, ``(V0 - RV)·(A - A0)/(UL - A0)``, at most down to the residual value.

    >>> straight_line_depreciation(np.array([5e6]), np.array([1e6]), np.array([11.0]), np.array([70.0])).round(2)
    array([628571.43])
    """
    used: FloatArray = np.clip((age_years - age_at_start_years) / (useful_life_years - age_at_start_years), 0.0, 1.0)
    return (value - residual_value) * used
