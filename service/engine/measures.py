"""The measure table: which measure lifts an asset from its condition class, how far, and what it costs.

A list of rules holds for the assets of one class, maintenance and functional class (KEHTO 2014 and domain.md §4: from
class → to class, € per unit). Costs are at the price level of the run, VAT 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import AnyIntArray, FloatArray, IntArray, unknown
from service.engine.condition_class import BEST, class_condition

_ROUNDING = 1e-9
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

    At the same cost the better condition is taken.

    Args:
        rules: The lists.
        list_number: Row of each asset's list.
        class_now: Condition class of each asset.
        level: Condition index that a measure of each list must reach.
        quantity: In the class's unit; a rule with a unit cost is no choice where it is ``nan``.
        replacement_cost_eur: In euros; a rule with a share is no choice where it is ``nan``.

    >>> table = MeasureRules.of([[(2, 4, 24.0, np.nan), (2, 5, 42.0, np.nan), (1, 5, np.nan, 1.0)]] * 2)
    >>> now, level = np.array([2, 2, 1]), np.array([0.6, 1.0])
    >>> found = cheapest_measures(table, np.array([0, 1, 0]), now, level, np.full(3, 100.0), np.full(3, 7500.0))
    >>> found.rule, found.cost_eur, found.condition_after
    (array([0, 1, 2]), array([2400., 4200., 7500.]), array([0.8, 1. , 1. ]))
    """
    if not rules.count:
        return CheapestMeasures(np.full(len(class_now), NONE), unknown(len(class_now)), unknown(len(class_now)))
    # The cheapest of the rules with a unit cost is so whatever the asset's quantity, and that of those with a share.
    by_unit, by_share = (
        _cheapest_by_class(rules, level, cost)[list_number, class_now]
        for cost in (rules.unit_cost_eur, rules.cost_share)
    )
    unit_cost = np.where(by_unit == NONE, np.nan, rules.unit_cost_eur[list_number, by_unit]) * quantity
    share = np.where(by_share == NONE, np.nan, rules.cost_share[list_number, by_share]) * replacement_cost_eur
    leads_further = rules.class_to[list_number, by_unit] >= rules.class_to[list_number, by_share]
    takes_unit = (unit_cost < share) | np.isnan(share) | ((unit_cost == share) & leads_further)
    cost = np.where(takes_unit, unit_cost, share)
    rule = np.where(np.isnan(cost), NONE, np.where(takes_unit, by_unit, by_share))
    after = np.where(rule == NONE, np.nan, class_condition(rules.class_to[list_number, rule]))
    return CheapestMeasures(rule, cost, after)


def _cheapest_by_class(rules: MeasureRules, level: FloatArray, cost: FloatArray) -> IntArray:
    """Return the column of the cheapest rule by list and condition class 0 … 5, ``NONE`` where there is none."""
    reaches = (class_condition(rules.class_to) >= level[:, None] - _ROUNDING) & ~np.isnan(cost)
    best = np.full((len(level), BEST + 1), NONE)
    for start in range(1, BEST + 1):
        own = np.where(reaches & (rules.class_from == start), cost, np.inf)
        least = own.min(axis=1)
        equal = np.where(own == least[:, None], rules.class_to, -1)
        best[:, start] = np.where(np.isfinite(least), equal.argmax(axis=1), NONE)
    return best
