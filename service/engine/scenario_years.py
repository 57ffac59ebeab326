"""What a scenario records: one row per year, the valuation's year first, and one column per class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import CentsArray, CodeArray, FloatArray, IntArray
from service.engine.retention import split_backlog
from service.engine.scenario_block import Block
from service.engine.scenario_inputs import Reason

MONEY = (
    "replacement_cost",
    "technical_value",
    "repair_backlog",
    "needed_backlog",
    "avoidable_backlog",
    "not_assessed_backlog",
    "repair_liability",
    "annual_wear",
    "spending",
)


@dataclass(frozen=True, slots=True)
class ClassYears:
    """Money in cents by year and class; row 0 is the end of the valuation year, before the scenario.

    ``needed + avoidable`` is the backlog to the cent; ``not_assessed`` is the part of ``needed`` that was never set
    against a need. The condition of a class is ``technical_value / replacement_cost``.

    Attributes:
        classes: Numbers of the classes, ascending.
        asset_count: Assets per class.
        money: Array of years + 1 by classes for each name of ``MONEY``.
        reasons: Assets by year, class and ``Reason``; row 0 is empty.
    """

    classes: IntArray
    asset_count: IntArray
    money: dict[str, CentsArray]
    reasons: IntArray


@dataclass(frozen=True, slots=True)
class PoolYears:
    """A budget by year, in cents, without the valuation's year.

    Attributes:
        classes: Numbers of the classes that share the money.
        budget: What was there.
        spending: What was spent.
        unfitted: What was left although assets were still in need: no measure fitted into it.
        open_cost: Cost of the measures that there was no money for.
        benefit_eur: Backlog that the measures took away, weighted as the policy has it.
        bound_eur: The most that the same money could have taken away (linear relaxation); ``nan`` where not known.
    """

    classes: tuple[int, ...]
    budget: CentsArray
    spending: CentsArray
    unfitted: CentsArray
    open_cost: CentsArray
    benefit_eur: FloatArray
    bound_eur: FloatArray


@dataclass(frozen=True, slots=True)
class Treatments:
    """Measures carried out, one row each, ascending by year and asset.

    Attributes:
        year: 1 is the first year of the scenario.
        asset_id: Within the municipality.
        asset_class: The class's number.
        measure: The measure's number.
        cost: Cents, in the money of the year.
        condition_before: Condition index in that year, before the measure.
        condition_after: Condition index after it.
    """

    year: IntArray
    asset_id: IntArray
    asset_class: IntArray
    measure: IntArray
    cost: CentsArray
    condition_before: FloatArray
    condition_after: FloatArray


class YearBook:
    """The figures of the blocks of one budget, filled in year by year."""

    def __init__(self, blocks: Sequence[Block], years: int) -> None:
        self.classes = sorted({block.asset_class for block in blocks})
        shape = (years + 1, len(self.classes))
        self.money = {name: np.zeros(shape, np.int64) for name in MONEY}
        self.reasons = np.zeros((*shape, len(Reason)), np.int64)
        self.counts = np.zeros(len(self.classes), np.int64)
        for block in blocks:
            self.counts[self.classes.index(block.asset_class)] += len(block.rows)

    def record(self, year: int, block: Block, owed: CentsArray, price: float) -> None:
        """Add a block's figures at the end of a year."""
        replacement, wear = block.standing(price)
        liability = int(block.liability(price).sum())
        avoidable, assessed = _split(block, owed)
        total = int(owed.sum())
        figures = {
            "replacement_cost": replacement,
            "technical_value": replacement - liability,
            "repair_backlog": total,
            "needed_backlog": total - avoidable,
            "avoidable_backlog": avoidable,
            "not_assessed_backlog": total - assessed,
            "repair_liability": liability,
            "annual_wear": wear,
        }
        place = self.classes.index(block.asset_class)
        for name, amount in figures.items():
            self.money[name][year, place] += amount

    def explain(self, year: int, block: Block, reasons: CodeArray, spending: int) -> None:
        """Add what was spent on a block and why its assets were treated or not."""
        place = self.classes.index(block.asset_class)
        self.money["spending"][year, place] += spending
        self.reasons[year, place] += np.bincount(reasons, minlength=len(Reason))

    def result(self) -> ClassYears:
        """Return the figures of all years."""
        return ClassYears(np.array(self.classes, np.int64), self.counts, self.money, self.reasons)


def _split(block: Block, owed: CentsArray) -> tuple[int, int]:
    """Return the avoidable backlog and the backlog of the assets that were set against the need."""
    share, own = block.assets.retained_share[block.retained], owed[block.retained]
    _, avoidable = split_backlog(own, share)
    return int(avoidable.sum()), int(own.sum())
