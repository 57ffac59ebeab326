"""The measures of one list, in slots: a slot has at most one measure for any condition."""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import FloatArray, IntArray
from service.engine.scenario_block import Block
from service.engine.scenario_inputs import Measures


@dataclass(frozen=True, slots=True)
class Options:
    """The measures that may be chosen for the assets of a block.

    Attributes:
        measures: The whole table.
        slots: Rows of the table; those of one slot ascend by condition and do not overlap.
    """

    measures: Measures
    slots: tuple[IntArray, ...]

    def fitting(self, slot: int, condition: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Return which conditions a measure of the slot fits and improves, that measure's row, and what it leads to."""
        rows, table = self.slots[slot], self.measures
        place = np.searchsorted(table.condition_from[rows], condition, side="right") - 1
        fits = np.flatnonzero((place >= 0) & (condition < table.condition_below[rows][place]))
        measure, now = rows[place[fits]], condition[fits]
        after = self.condition_after(measure, now)
        better = after > now
        return fits[better], measure[better], after[better]

    def condition_after(self, measure: IntArray, condition: FloatArray) -> FloatArray:
        """Return the condition after each measure."""
        gained = np.minimum(condition + self.measures.condition_gain[measure], 1.0)
        fixed = self.measures.condition_after[measure]
        after: FloatArray = np.where(np.isnan(fixed), gained, fixed)
        return after

    def cost_eur(self, block: Block, measure: IntArray, rows: IntArray, gain: FloatArray) -> FloatArray:
        """Return what measures of assets cost at the valuation's prices; ``nan`` where the cost is not known."""
        table = self.measures
        share = np.nan_to_num(table.cost_share[measure]) + np.nan_to_num(table.gain_cost_share[measure]) * gain
        unit = np.nan_to_num(table.unit_cost_eur[measure])
        by_unit = np.where(unit > 0, unit * block.assets.quantity[rows], 0.0)
        cost: FloatArray = np.where(block.valued[rows], share * block.cost_eur[rows] + by_unit, np.nan)
        return cost


def options_of(block: Block, measures: Measures) -> Options:
    """Return the measures of the block's list in as few slots as there are measures for one condition."""
    own = np.flatnonzero(measures.measure_list == block.assets.measure_list[0])
    order = own[np.lexsort((own, measures.condition_below[own], measures.condition_from[own]))]
    slots: list[list[int]] = []
    for row in order.tolist():
        start = measures.condition_from[row]
        free = next((slot for slot in slots if measures.condition_below[slot[-1]] <= start), None)
        if free is None:
            slots.append([row])
        else:
            free.append(row)
    return Options(measures, tuple(np.array(slot, np.int64) for slot in slots))
