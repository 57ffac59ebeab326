"""The measure table: which measure lifts an asset from its condition class, how far, and what it costs.

A list of rules holds for the assets of one class, maintenance and functional class (KEHTO 2014 and domain.md §4: from
class → to class, € per unit). Costs are at the price level of the run, VAT 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import AnyIntArray, FloatArray, IntArray, unknown
from service.engine.condition_class import class_condition

NONE = -1
"""No rule: none starts from the asset's condition class and reaches the level asked for."""


@dataclass(frozen=True, slots=True)
class MeasureRules:
    """Lists of rules: one row per list, one column per rule; an unused place starts from class 0.

    Attributes:
        class_from: Condition class 1…5 that the measure starts from.
        class_to: Condition class that it leads to; the asset then has the index ``class / 5``.
        unit_cost_eur: Per unit of quantity, ``nan`` where the cost is
        cost_share: a share of the replacement cost.
    """

    class_from: IntArray
    class_to: IntArray
    unit_cost_eur: FloatArray
    cost_share: FloatArray

    @property
    def count(self) -> int:
        """Return how many rules the longest list has."""
        return int(self.class_from.shape[1])

    @classmethod
    def of(cls, lists: Sequence[Sequence[tuple[int, int, float, float]]]) -> "MeasureRules":
        """Return the lists given as rows ``(class from, class to, unit cost, cost share)``.

        >>> MeasureRules.of([[(1, 5, 75.0, np.nan)], []]).class_from
        array([[1],
               [0]])
        """
        size = (len(lists), max((len(rules) for rules in lists), default=0))
        table = np.zeros((*size, 4))
        table[..., 2:] = np.nan
        for number, rules in enumerate(lists):
            if rules:
                table[number, : len(rules)] = rules
        whole = table[..., :2].astype(np.int64)
        return cls(whole[..., 0], whole[..., 1], table[..., 2], table[..., 3])


@dataclass(frozen=True, slots=True)
class CheapestMeasures:
    """The cheapest measure of each asset: its column in the list (``NONE``), its cost and the condition after it."""

    rule: IntArray
    cost_eur: FloatArray
    condition_after: FloatArray


def cheapest_measures(
    rules: MeasureRules,
    list_number: AnyIntArray,
    class_now: IntArray,
    level: FloatArray,
    quantity: FloatArray,
    replacement_cost_eur: FloatArray,
) -> CheapestMeasures:
    """Return for each asset the cheapest rule that starts from its class and leads to the level at least.

    Args:
        rules: The lists.
        list_number: Row of each asset's list.
        class_now: Condition class of each asset.
        level: Condition index that the measure must reach.
        quantity: In the class's unit; a rule with a unit cost is no choice where it is ``nan``.
        replacement_cost_eur: In euros; a rule with a share is no choice where it is ``nan``.

    >>> table = MeasureRules.of([[(2, 4, 24.0, np.nan), (2, 5, 42.0, np.nan), (1, 5, np.nan, 1.0)]])
    >>> two = np.array([2, 2, 1]), np.array([0.6, 1.0, 0.6])
    >>> found = cheapest_measures(table, np.zeros(3, int), *two, np.full(3, 100.0), np.full(3, 7500.0))
    >>> found.rule, found.cost_eur, found.condition_after
    (array([0, 1, 2]), array([2400., 4200., 7500.]), array([0.8, 1. , 1. ]))
    """
    size = len(class_now)
    best, cost, after = np.full(size, NONE), unknown(size), unknown(size)
    for number in range(rules.count):
        leads_to = class_condition(rules.class_to[list_number, number])
        fits = (rules.class_from[list_number, number] == class_now) & (leads_to >= level - 1e-9)
        row = np.flatnonzero(fits)
        own = list_number[row]
        by_share = rules.cost_share[own, number] * replacement_cost_eur[row]
        by_unit = rules.unit_cost_eur[own, number] * quantity[row]
        amount = np.where(np.isnan(rules.unit_cost_eur[own, number]), by_share, by_unit)
        # At the same cost the better condition is taken.
        better = (amount < cost[row]) | (np.isnan(cost[row]) & ~np.isnan(amount))
        better |= (amount == cost[row]) & (leads_to[row] > after[row])
        row, amount = row[better], amount[better]
        best[row], cost[row], after[row] = number, amount, leads_to[row]
    return CheapestMeasures(best, cost, after)
