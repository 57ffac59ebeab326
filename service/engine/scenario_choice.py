"""Which steps a budget buys when measures are whole.

Steps are bought in their order; one that does not fit in what is left is passed over, and the next ones are tried, so
that little money is left. A dearer step of an asset is bought only together with the steps before it. Amounts are
whole cents, so the choice does not depend on the order in which the steps come.
"""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import BoolArray, CentsArray, IntArray
from service.engine.scenario_offers import Steps

_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Choice:
    """What was bought.

    Attributes:
        taken: Mask of the steps bought.
        spent: Cents.
        bound_eur: The most benefit that the money could have bought were measures divisible (linear relaxation).
    """

    taken: BoolArray
    spent: int
    bound_eur: float


def choose_whole(steps: Steps, budget: int) -> Choice:
    """Return the steps that the budget (cents) buys.

    The bound holds for keys that are benefit/cost ratios.

    >>> one = np.ones(3)
    >>> whole = np.zeros(3, np.int64)
    >>> steps = Steps(whole, np.arange(3), whole, whole, np.array([3.0, 2.0, 1.0]), one, np.arange(3),
    ...               np.array([600, 600, 300]), np.array([18.0, 12.0, 3.0]))
    >>> choose_whole(steps, 1000)
    Choice(taken=array([ True, False,  True]), spent=900, bound_eur=26.0)
    """
    total = int(steps.cost.sum())
    if total <= budget:
        return Choice(np.ones(len(steps.cost), np.bool_), total, float(steps.benefit_eur.sum()))
    purse = _Purse(steps, budget)
    head = _head(steps, budget, total)
    bound = purse.buy(_ordered(steps, np.flatnonzero(head)))
    purse.buy(_ordered(steps, purse.affordable(np.flatnonzero(~head))))
    return Choice(purse.taken, budget - purse.left, bound)


def _head(steps: Steps, budget: int, total: int) -> BoolArray:
    """Return the steps with the highest keys, enough of them to use the budget up."""
    size, count = len(steps.key), _HEAD + int(len(steps.key) * min(1.0, 1.2 * budget / total))
    while count < size:
        limit = -np.partition(-steps.key, count)[count]
        head: BoolArray = steps.key >= limit
        if int(steps.cost[head].sum()) > budget:
            return head
        count *= 2
    return np.ones(size, np.bool_)


def _ordered(steps: Steps, rows: IntArray) -> IntArray:
    by = (steps.level[rows], steps.asset_id[rows], -steps.criticality[rows], -steps.key[rows])
    return rows[np.lexsort(by)]


class _Purse:
    """Money that buys steps in the order in which they are shown."""

    def __init__(self, steps: Steps, budget: int) -> None:
        self.steps, self.left = steps, budget
        self.taken = np.zeros(len(steps.cost), np.bool_)
        self._owner = steps.block * (int(steps.row.max()) + 1) + steps.row
        self._blocked = np.full(int(self._owner.max()) + 1, np.iinfo(np.int64).max)

    def affordable(self, rows: IntArray) -> IntArray:
        """Return the steps that fit in what is left; the others are passed over for good."""
        fits = self.steps.cost[rows] <= self.left
        self._block(rows[~fits])
        return self._unblocked(rows[fits])

    def buy(self, live: IntArray) -> float:
        """Buy what fits and return the relaxation's bound on the benefit of these steps."""
        live, bound = self._unblocked(live), -1.0
        while len(live):
            spent = np.cumsum(self.steps.cost[live])
            fitting = int(np.searchsorted(spent, self.left, side="right"))
            if bound < 0:
                bound = self._bound(live, spent, fitting)
            self.taken[live[:fitting]] = True
            self.left -= int(spent[fitting - 1]) if fitting else 0
            live = self.affordable(live[fitting:])
        return max(bound, 0.0)

    def _bound(self, live: IntArray, spent: CentsArray, fitting: int) -> float:
        benefit = float(self.steps.benefit_eur[live[:fitting]].sum())
        if fitting == len(live):
            return benefit
        before = int(spent[fitting - 1]) if fitting else 0
        part = (self.left - before) / int(self.steps.cost[live[fitting]])
        return benefit + part * float(self.steps.benefit_eur[live[fitting]])

    def _block(self, rows: IntArray) -> None:
        np.minimum.at(self._blocked, self._owner[rows], self.steps.level[rows])

    def _unblocked(self, rows: IntArray) -> IntArray:
        free: BoolArray = self.steps.level[rows] <= self._blocked[self._owner[rows]]
        return rows[free]
