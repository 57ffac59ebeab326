"""Condition by age along a curve, the age that a condition stands for, and an assessment carried forward.

Linear           ``c = 1 - w·age``
Quadratic        ``c = (1 - min(age/L, 1)²)·s + (1 - s)``   Schroeder 1989 as used in KARVO (methods.md A.3)
Weibull          ``c = exp(-(age/η)^β)``
Piecewise linear through the points of a table, level after the last one
Markov           expected condition of a chain of grades by whole years (``grades.markov_points``), as such a table

All curves start at 1, never rise, and give an age below 0 (not built yet) the condition of a new asset.
"""

from collections.abc import Callable

import numpy as np

from service.engine.arrays import FloatArray, IntArray, unknown
from service.engine.curves import CurveError, CurveKind, Curves, PointTable


def linear(age: FloatArray, annual_wear_share: FloatArray) -> FloatArray:
    """Return the condition after straight-line wear, 0 once all is worn.

    >>> linear(np.array([10.0, 80.0, -1.0]), np.array([0.0175, 0.0175, 0.0175]))
    array([0.825, 0.   , 1.   ])
    """
    left: FloatArray = np.clip(1.0 - annual_wear_share * age, 0.0, 1.0)
    return left


def linear_age(condition: FloatArray, annual_wear_share: FloatArray) -> FloatArray:
    """Return the age in years at which straight-line wear has reached the condition; 0 where nothing wears.

    >>> linear_age(np.array([0.8, 0.8]), np.array([0.02, 0.0])).round(9)
    array([10.,  0.])
    """
    age: FloatArray = np.divide(1.0 - condition, annual_wear_share, out=0.0 * condition, where=annual_wear_share > 0)
    return age


def quadratic(age: FloatArray, service_life_years: FloatArray, wearing_share: FloatArray) -> FloatArray:
    """Return the condition along Schroeder's curve; after the service life the share that does not wear is left.

    >>> quadratic(np.array([25.0, 25.0, 60.0]), np.array([50.0, 50.0, 50.0]), np.array([1.0, 0.6, 0.6]))
    array([0.75, 0.85, 0.4 ])
    """
    used = np.clip(age / service_life_years, 0.0, 1.0)
    return (1.0 - used * used) * wearing_share + (1.0 - wearing_share)


def quadratic_age(condition: FloatArray, service_life_years: FloatArray, wearing_share: FloatArray) -> FloatArray:
    """Return the age in years at which Schroeder's curve has reached the condition.

    The service life for a condition at or below the floor ``1 - s``; 0 where nothing wears.

    >>> quadratic_age(np.array([0.85, 0.1, 0.9]), np.array([50.0, 50.0, 50.0]), np.array([0.6, 0.6, 0.0])).round(9)
    array([25., 50.,  0.])
    """
    lost = np.divide(1.0 - condition, wearing_share, out=0.0 * condition, where=wearing_share > 0)
    age: FloatArray = np.sqrt(np.clip(lost, 0.0, 1.0)) * service_life_years
    return age


def weibull(age: FloatArray, shape: FloatArray, scale_years: FloatArray) -> FloatArray:
    """Return the condition along a Weibull curve; ``1/e`` at the scale age, whatever the shape.

    >>> weibull(np.array([0.0, 40.0]), np.array([3.0, 3.0]), np.array([40.0, 40.0])).round(4)
    array([1.    , 0.3679])
    """
    with np.errstate(over="ignore"):
        return np.exp(-((np.maximum(age, 0.0) / scale_years) ** shape))


def weibull_age(condition: FloatArray, shape: FloatArray, scale_years: FloatArray) -> FloatArray:
    """Return the age in years at which a Weibull curve has reached the condition; ``inf`` for condition 0.

    >>> weibull_age(np.array([1.0, np.exp(-1), 0.0]), np.array([3.0, 3.0, 3.0]), np.array([40.0, 40.0, 40.0]))
    array([ 0., 40., inf])
    """
    with np.errstate(divide="ignore"):
        hazard = -np.log(np.clip(condition, 0.0, 1.0))
    return scale_years * np.abs(hazard) ** (1.0 / shape)


def piecewise(age: FloatArray, table: PointTable) -> FloatArray:
    """Return the condition on the line between the points of a table, level after the last one.

    >>> piecewise(np.array([5.0, 99.0]), PointTable((0.0, 10.0, 30.0), (1.0, 0.9, 0.2)))
    array([0.95, 0.2 ])
    """
    return np.interp(age, table.ages, table.conditions)


def piecewise_age(condition: FloatArray, table: PointTable) -> FloatArray:
    """Return the youngest age in years at which the line has fallen to the condition.

    The last age of the table for a condition below its end.

    >>> piecewise_age(np.array([1.0, 0.8, 0.1]), PointTable((0.0, 5.0, 10.0, 20.0), (1.0, 1.0, 0.6, 0.6)))
    array([ 0. ,  7.5, 20. ])
    """
    ages, conditions = np.array(table.ages), np.array(table.conditions)
    after = np.searchsorted(-conditions, -condition, side="left")
    reached = np.clip(after, 1, len(ages) - 1)
    above, below = conditions[reached - 1], conditions[reached]
    part = np.divide(above - condition, above - below, out=np.zeros_like(condition), where=above > below)
    age = ages[reached - 1] + part * (ages[reached] - ages[reached - 1])
    age = np.where(after == 0, 0.0, np.where(after == len(ages), ages[-1], age))
    return np.where(np.isnan(condition), np.nan, age)


def condition_at_age(curves: Curves, age: FloatArray) -> FloatArray:
    """Return each asset's condition (0…1) at its age in years along its own curve; ``nan`` where the age is unknown.

    Raises:
        CurveError: An asset has a curve of an unknown kind or a point table that is not there.
    """
    return _along_own_curve(curves, age, _CONDITION)


def effective_age(curves: Curves, condition: FloatArray) -> FloatArray:
    """Return the age in years that each asset's condition stands for on its own curve; ``nan`` where it is unknown.

    Raises:
        CurveError: As for ``condition_at_age``.
    """
    return _along_own_curve(curves, condition, _AGE)


def carry_forward(curves: Curves, assessed_condition: FloatArray, years: FloatArray) -> FloatArray:
    """Return the condition ``years`` after an assessment, along the curve from the age that the assessment stands for.

    Never above what was assessed: a condition below the floor of its curve, or on a curve that does not wear, stays
    as it was found. With no years gone by it is the assessed condition itself.
    """
    gone_by = np.maximum(years, 0.0)
    advanced = condition_at_age(curves, effective_age(curves, assessed_condition) + gone_by)
    return np.where(gone_by == 0.0, assessed_condition, np.minimum(assessed_condition, advanced))


_Step = Callable[[Curves, IntArray, FloatArray], FloatArray]


def _piecewise_per_table(along: Callable[[FloatArray, PointTable], FloatArray]) -> _Step:
    def step(curves: Curves, rows: IntArray, values: FloatArray) -> FloatArray:
        result = unknown(len(rows))
        chosen = curves.point_table[rows]
        if len(rows) and not 0 <= int(chosen.min()) <= int(chosen.max()) < len(curves.point_tables):
            raise CurveError(f"A piecewise curve names a point table outside 0…{len(curves.point_tables) - 1}.")
        for number, table in enumerate(curves.point_tables):
            own = chosen == number
            result[own] = along(values[own], table)
        return result

    return step


_CONDITION: dict[CurveKind, _Step] = {
    CurveKind.LINEAR: lambda c, rows, age: linear(age, c.annual_wear_share[rows]),
    CurveKind.QUADRATIC: lambda c, rows, age: quadratic(age, c.service_life_years[rows], c.wearing_share[rows]),
    CurveKind.WEIBULL: lambda c, rows, age: weibull(age, c.shape[rows], c.scale_years[rows]),
    CurveKind.PIECEWISE: _piecewise_per_table(piecewise),
    CurveKind.MARKOV: _piecewise_per_table(piecewise),
}
_AGE: dict[CurveKind, _Step] = {
    CurveKind.LINEAR: lambda c, rows, left: linear_age(left, c.annual_wear_share[rows]),
    CurveKind.QUADRATIC: lambda c, rows, left: quadratic_age(left, c.service_life_years[rows], c.wearing_share[rows]),
    CurveKind.WEIBULL: lambda c, rows, left: weibull_age(left, c.shape[rows], c.scale_years[rows]),
    CurveKind.PIECEWISE: _piecewise_per_table(piecewise_age),
    CurveKind.MARKOV: _piecewise_per_table(piecewise_age),
}


def _along_own_curve(curves: Curves, values: FloatArray, steps: dict[CurveKind, _Step]) -> FloatArray:
    result = unknown(len(values))
    handled = 0
    for kind, step in steps.items():
        rows = np.flatnonzero(curves.kind == kind)
        result[rows] = step(curves, rows, values[rows])
        handled += len(rows)
    if handled != len(values):
        raise CurveError(f"{len(values) - handled} assets have a curve of an unknown kind.")
    return result
