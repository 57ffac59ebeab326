"""Condition of an asset or component in the valuation year, and what that knowledge rests on.

1. Assessed: the newest assessment, carried forward along the curve.
2. Age: the curve from the year it was built or last renewed. A renewal after the assessment wins over it.
3. Default: neither is known.

What happens after the valuation year is left out of account; a whole year counts as soon as it has begun. An asset
that is still to be built is as new.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from service.engine.arrays import BoolArray, CodeArray, FloatArray, exact_condition
from service.engine.curves import Curves
from service.engine.deterioration import carry_forward, condition_at_age
from service.engine.errors import EngineError


class ConditionBasis(IntEnum):
    """What a condition rests on, as it is stored; a higher code is weaker evidence."""

    ASSESSED = 1
    AGE = 2
    DEFAULT = 3


class UnknownConditionError(EngineError):
    """A condition cannot be computed because a curve's parameter or a default condition is missing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is recorded about the condition; years may be fractions, ``nan`` is unknown."""

    built_year: FloatArray
    renewed_year: FloatArray
    assessed_condition: FloatArray
    assessed_year: FloatArray


@dataclass(frozen=True, slots=True)
class Condition:
    """Condition index (0…1), its ``ConditionBasis``, the year of the evidence and the age in years."""

    index: FloatArray
    basis: CodeArray
    evidence_year: FloatArray
    age_years: FloatArray


def has_begun(year: FloatArray, valuation_year: float) -> BoolArray:
    """Return which years lie in or before the calendar year of the valuation; an unknown year does not.

    >>> has_begun(np.array([2025.9, 2026.0, np.nan]), 2025.0)
    array([ True, False, False])
    """
    begun: BoolArray = np.floor(year) <= np.floor(valuation_year)
    return begun


def is_planned(built_year: FloatArray, valuation_year: float) -> BoolArray:
    """Return which assets are still to be built in the valuation year.

    >>> is_planned(np.array([2025.0, 2026.0, np.nan]), 2025.0)
    array([False,  True, False])
    """
    planned: BoolArray = np.floor(built_year) > np.floor(valuation_year)
    return planned


def origin_year(built_year: FloatArray, renewed_year: FloatArray, valuation_year: float) -> FloatArray:
    """Return the year an asset's age counts from: built, or renewed if that is later and has happened.

    >>> origin_year(np.array([1960.0, 1960.0, np.nan]), np.array([2010.0, 2030.0, np.nan]), 2025.0)
    array([2010., 1960.,   nan])
    """
    built = np.where(has_begun(built_year, valuation_year), built_year, np.nan)
    renewed = np.where(has_begun(renewed_year, valuation_year), renewed_year, np.nan)
    return np.fmax(built, renewed)


def condition_today(
    evidence: Evidence, curves: Curves, default_condition: FloatArray, valuation_year: float
) -> Condition:
    """Return the condition in the valuation year with its basis, evidence year and age.

    Age and evidence year are ``nan`` where unknown. An assessment without a year does not count, because it cannot
    be carried forward.

    Raises:
        CurveError: An asset has a curve of an unknown kind.
        UnknownConditionError: A needed parameter is ``nan``.
    """
    planned = is_planned(evidence.built_year, valuation_year)
    origin = np.where(
        planned, evidence.built_year, origin_year(evidence.built_year, evidence.renewed_year, valuation_year)
    )
    age = np.maximum(valuation_year - origin, 0.0)
    assessed = _assessment_counts(evidence, origin, valuation_year)
    basis = _basis(assessed, ~np.isnan(origin))
    carried = carry_forward(
        curves, np.where(assessed, evidence.assessed_condition, np.nan), valuation_year - evidence.assessed_year
    )
    aged = np.where(planned, 1.0, condition_at_age(curves, age))
    index = np.select(
        [basis == ConditionBasis.ASSESSED, basis == ConditionBasis.AGE], [carried, aged], default_condition
    )
    return Condition(
        index=known_condition(index),
        basis=basis,
        evidence_year=np.where(assessed, evidence.assessed_year, origin),
        age_years=age,
    )


def known_condition(index: FloatArray) -> FloatArray:
    """Return the conditions ready to be compared with thresholds.

    Raises:
        UnknownConditionError: One is ``nan``.
    """
    missing = int(np.isnan(index).sum())
    if missing:
        raise UnknownConditionError(
            f"The condition of {missing} of {index.size} assets cannot be computed: a parameter of "
            "their curve or their default condition is missing."
        )
    return exact_condition(index)


def _assessment_counts(evidence: Evidence, origin: FloatArray, valuation_year: float) -> BoolArray:
    known = ~np.isnan(evidence.assessed_condition) & has_begun(evidence.assessed_year, valuation_year)
    return known & ~(origin > evidence.assessed_year)


def _basis(assessed: BoolArray, has_age: BoolArray) -> CodeArray:
    weaker = np.where(has_age, ConditionBasis.AGE, ConditionBasis.DEFAULT)
    return np.where(assessed, ConditionBasis.ASSESSED, weaker).astype(np.int8)
