"""Repair backlog of an asset by its replacement cost and condition, in euros.

Value method     ``B = V·max(0, c* - c)``: Kunkor, Association of Finnish Municipalities 2006 (methods.md A.1)
Two thresholds   basic repair and improvement (methods.md A.2)

The other methods stand in ``methods``.

Every asset is clamped at 0 before anything is summed: one in good condition never pays for another. Conditions are
rounded to 12 decimals before they meet a threshold (``arrays.exact_condition``).
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from service.engine.arrays import FloatArray, exact_condition


class Method(IntEnum):
    """How an asset's backlog is computed, as it is stored."""

    VALUE = 1
    TWO_THRESHOLD = 2
    CONDITION_CLASS = 3
    COMPONENT = 4
    GRADE_COST = 5
    STEP = 6
    AMBITION = 7
    REMAINING_LIFE = 8
    NPV = 9
    AGE_BAND = 10


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of the two-threshold method, for all assets or one value per asset.

    Attributes:
        basic: From this condition up nothing is owed; a basic repair brings the asset back to it.
        improvement: Below this condition the asset owes an improvement; exactly at it a basic repair.
        improved: The level an improvement lifts the asset to; above 1, since it also modernises.
    """

    basic: float | FloatArray = 0.75
    improvement: float | FloatArray = 0.60
    improved: float | FloatArray = 1.20


PUBLISHED_LADDER = Ladder()


@dataclass(frozen=True, slots=True)
class TwoThresholdBacklog:
    """Basic repair and improvement, side by side, in euros per asset."""

    basic_repair_eur: FloatArray
    improvement_eur: FloatArray


def value_backlog(replacement_cost_eur: FloatArray, condition: FloatArray, target_condition: FloatArray) -> FloatArray:
    """Return the money that lifts each asset to its target condition, 0 for one that is there.

    >>> value_backlog(np.array([1e6, 1e6]), np.array([0.90, 0.60]), np.array([0.75, 0.75])).round(2)
    array([     0., 150000.])
    """
    return replacement_cost_eur * np.maximum(target_condition - exact_condition(condition), 0.0)


def two_threshold_backlog(
    replacement_cost_eur: FloatArray, condition: FloatArray, ladder: Ladder = PUBLISHED_LADDER
) -> TwoThresholdBacklog:
    """Return basic repair and improvement of each asset; it owes one of them or neither.

    >>> owed = two_threshold_backlog(np.array([1e6, 1e6, 1e6]), np.array([0.75, 0.60, 0.599]))
    >>> owed.basic_repair_eur.round(2), owed.improvement_eur.round(2)
    (array([     0., 150000.,      0.]), array([     0.,      0., 601000.]))
    """
    exact = exact_condition(condition)
    improve = exact < ladder.improvement
    repair = ~improve & (exact < ladder.basic)
    return TwoThresholdBacklog(
        basic_repair_eur=np.where(repair, replacement_cost_eur * (ladder.basic - exact), 0.0),
        improvement_eur=np.where(improve, replacement_cost_eur * (ladder.improved - exact), 0.0),
    )


def facility_condition_index(backlog_eur: FloatArray, replacement_cost_eur: FloatArray) -> float:
    """Return a portfolio's FCI, the ratio of sums ``Σ B / Σ V``; ``nan`` without a replacement cost.

    >>> facility_condition_index(np.array([100000.0]), np.array([1000000.0]))
    0.1
    """
    total = float(replacement_cost_eur.sum())
    return float(backlog_eur.sum()) / total if total else float("nan")


def builder_condition_index(needs_eur: FloatArray, replacement_cost_eur: FloatArray) -> float:
    """Return the index that runs the other way, ``(1 - needs / value)·100``; higher is better (methods.md A.11).

    >>> builder_condition_index(np.array([1312500.0]), np.array([2500000.0]))
    47.5
    """
    return (1.0 - facility_condition_index(needs_eur, replacement_cost_eur)) * 100.0
