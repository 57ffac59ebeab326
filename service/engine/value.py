"""Replacement cost, technical value, liability and wear of an asset, in euros.

Terms and formulas: methods.md A (JHA, TA, R, w) and A.12.
"""

from enum import IntEnum

import numpy as np

from service.engine.arrays import CodeArray, FloatArray


class ReplacementCostBasis(IntEnum):
    """Where a replacement cost comes from, as it is stored."""

    UNKNOWN = 0
    RECORDED = 1
    DERIVED = 2


def replacement_cost(
    recorded_eur: FloatArray, quantity: FloatArray, unit_cost_eur: FloatArray, regional_factor: FloatArray
) -> FloatArray:
    """Return the cost of building the asset new today: as recorded, else quantity × unit cost × regional factor.

    ``nan`` where neither is known. A recorded cost already belongs to its place, so no regional factor applies to it.

    >>> known, one = np.array([1e6, np.nan, np.nan]), np.ones(3)
    >>> replacement_cost(known, np.array([100.0, 100.0, np.nan]), 2500 * one, 1.1 * one).round(2)
    array([1000000.,  275000.,      nan])
    """
    derived = quantity * unit_cost_eur * regional_factor
    return np.where(np.isnan(recorded_eur), derived, recorded_eur)


def replacement_cost_basis(recorded_eur: FloatArray, cost_eur: FloatArray) -> CodeArray:
    """Return the ``ReplacementCostBasis`` of each replacement cost.

    >>> replacement_cost_basis(np.array([1e6, np.nan, np.nan]), np.array([1e6, 275000.0, np.nan]))
    array([1, 2, 0], dtype=int8)
    """
    known = np.where(np.isnan(recorded_eur), ReplacementCostBasis.DERIVED, ReplacementCostBasis.RECORDED)
    return np.where(np.isnan(cost_eur), ReplacementCostBasis.UNKNOWN, known).astype(np.int8)


def technical_value(replacement_cost_eur: FloatArray, condition: FloatArray) -> FloatArray:
    """Return what is left of the replacement cost, ``TA = V·c``.

    >>> technical_value(np.array([2500000.0]), np.array([0.475]))
    array([1187500.])
    """
    return replacement_cost_eur * condition


def repair_liability(replacement_cost_eur: FloatArray, condition: FloatArray) -> FloatArray:
    """Return the money that makes the asset as new, ``R = V·(1 - c)`` (Kunkor 2006, methods.md A.1).

    >>> repair_liability(np.array([2500000.0]), np.array([0.475]))
    array([1312500.])
    """
    return replacement_cost_eur * (1.0 - condition)


def annual_wear(replacement_cost_eur: FloatArray, annual_wear_share: FloatArray) -> FloatArray:
    """Return the money lost to wear in a year, ``W = V·w``; it holds the condition when it is spent.

    >>> annual_wear(np.array([2500000.0]), np.array([0.0175]))
    array([43750.])
    """
    return replacement_cost_eur * annual_wear_share


def consumption_ratio(technical_value_eur: FloatArray, replacement_cost_eur: FloatArray) -> float:
    """Return a portfolio's condition, ``Σ TA / Σ V``: weighted by value, not the mean of conditions.

    ``nan`` where there is no replacement cost.

    >>> consumption_ratio(np.array([90.0, 600.0]), np.array([100.0, 900.0]))
    0.69
    """
    total = float(replacement_cost_eur.sum())
    return float(technical_value_eur.sum()) / total if total else float("nan")


def price_level_factor(index_at_level: FloatArray, index_at_target: FloatArray) -> FloatArray:
    """Return the factor that lifts a price from one year's level to another's, by a price index.

    ``nan`` where an index is unknown or the old one is not above 0.

    >>> price_level_factor(np.array([100.0, np.nan]), np.array([112.5, 112.5]))
    array([1.125,   nan])
    """
    known = np.where(index_at_level > 0, index_at_level, np.nan)
    return index_at_target / known
