"""Backlog of streets, green areas and state roads by the methods in use in the Nordic countries, in euros.

KEHTO           Association of Finnish Municipalities 2014 (methods.md A.5)
Step rule       Finnish Transport Infrastructure Agency (A.6)
Ambition level  Norwegian municipal roads, KS ASSS 2018, NS 3424 grades (A.11)
Remaining life  Denmark, SAMKOM (A.11)
"""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import AnyIntArray, BoolArray, FloatArray, exact_condition


def kehto_backlog(
    quantity: FloatArray, renewal_price_eur: FloatArray, condition: FloatArray, optimum: FloatArray
) -> FloatArray:
    """Return ``V = max(0, k* - k)·q·p``: the way back to the optimum condition of the street's class.

    >>> kehto_backlog(np.array([1000.0]), np.array([80.0]), np.array([0.5]), np.array([0.75]))
    array([20000.])
    """
    return np.maximum(optimum - exact_condition(condition), 0.0) * quantity * renewal_price_eur


def kehto_liability(
    quantity: FloatArray,
    renewal_price_eur: FloatArray,
    condition: FloatArray,
    optimum: FloatArray,
    repaired: FloatArray,
) -> FloatArray:
    """Return ``R = (k_rep - k)·q·p`` of a street below its optimum, 0 for one at it: the repair bill.

    This is not the buildings' liability, which counts every asset down from new. A street is usually repaired to
    more than its optimum.

    >>> one = np.ones(2)
    >>> kehto_liability(1000 * one, 80 * one, np.array([0.5, 0.75]), 0.75 * one, one)
    array([40000.,     0.])
    """
    exact = exact_condition(condition)
    return np.where(exact < optimum, (repaired - exact) * quantity * renewal_price_eur, 0.0)


def step_backlog(condition: FloatArray, limit: FloatArray, treatment_cost_eur: FloatArray) -> FloatArray:
    """Return the whole treatment cost of an asset worse than its limit, nothing for one at it or better.

    >>> step_backlog(np.array([0.49, 0.5]), np.array([0.5, 0.5]), np.array([7e4, 7e4]))
    array([70000.,     0.])
    """
    return np.where(exact_condition(condition) < limit, treatment_cost_eur, 0.0)


def remaining_life_backlog(
    remaining_life_share: FloatArray, replacement_cost_eur: FloatArray, balance: float | FloatArray = 0.5
) -> FloatArray:
    """Return what lifts a road surface to the balance level of its remaining life, ``max(0, 0.50 - rest)·V``.

    >>> remaining_life_backlog(np.array([0.42, 0.6]), np.array([1e6, 1e6])).round(2)
    array([80000.,     0.])
    """
    return np.maximum(balance - exact_condition(remaining_life_share), 0.0) * replacement_cost_eur


@dataclass(frozen=True, slots=True)
class AmbitionBacklog:
    """The Norwegian backlog at its three levels, in the money of the costs given."""

    low: float
    acceptable: float
    high: float


def ambition_backlog(grade: AnyIntArray, is_collector_or_street: BoolArray, cost: FloatArray) -> AmbitionBacklog:
    """Return the cost of road elements by NS 3424 grade (0 very good … 3 very poor) at three levels of ambition.

    Low: grade 3. Acceptable: grade 3, and grade 2 on collector roads and streets. High: grades 2 and 3.

    >>> ambition_backlog(np.array([2, 2, 3]), np.array([True, False, False]), np.array([100.0, 50.0, 200.0]))
    AmbitionBacklog(low=200.0, acceptable=300.0, high=350.0)
    """
    worst, poor = grade == 3, grade == 2
    return AmbitionBacklog(
        low=float(cost[worst].sum()),
        acceptable=float(cost[worst | (poor & is_collector_or_street)].sum()),
        high=float(cost[worst | poor].sum()),
    )


def mean_grade(grade: FloatArray, price_eur: FloatArray, quantity: FloatArray) -> float:
    """Return the mean NS 3424 grade weighted by price and extent; ``nan`` without any.

    >>> mean_grade(np.array([1.0, 3.0]), np.array([100.0, 100.0]), np.array([30.0, 10.0]))
    1.5
    """
    weight = price_eur * quantity
    total = float(weight.sum())
    return float((grade * weight).sum()) / total if total else float("nan")
