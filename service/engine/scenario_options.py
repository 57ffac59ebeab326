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
        share: Cost share of each row of the table that is in the list, 0 of others and where it has none.
        gain_share: Likewise, the share of what the measure gives back.
        unit_eur: Likewise, the cost per unit.
        has_gains: Whether a measure adds to the condition, so that what it leads to depends on it.
    """

    measures: Measures
    slots: tuple[IntArray, ...]
    share: FloatArray
    gain_share: FloatArray
    unit_eur: FloatArray
    has_gains: bool

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
        fixed = self.measures.condition_after[measure]
        if not self.has_gains:
            return fixed
        gained = np.minimum(condition + self.measures.condition_gain[measure], 1.0)
        after: FloatArray = np.where(np.isnan(fixed), gained, fixed)
        return after

    def cost_eur(self, block: Block, measure: IntArray, rows: IntArray, gain: FloatArray) -> FloatArray:
        """Return what measures of assets cost at the valuation's prices; ``nan`` where the quantity is not known."""
        cost = self.share[measure] * block.cost_eur[rows]
        if self.gain_share.any():
            cost += self.gain_share[measure] * gain * block.cost_eur[rows]
        if self.unit_eur.any():
            unit = self.unit_eur[measure]
            cost += np.where(unit > 0, unit * block.assets.quantity[rows], 0.0)
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
    mask = np.isin(np.arange(len(measures.number)), own)
    return Options(
        measures=measures,
        slots=tuple(np.array(slot, np.int64) for slot in slots),
        share=np.where(mask, np.nan_to_num(measures.cost_share), 0.0),
        gain_share=np.where(mask, np.nan_to_num(measures.gain_cost_share), 0.0),
        unit_eur=np.where(mask, np.nan_to_num(measures.unit_cost_eur), 0.0),
        has_gains=bool((~np.isnan(measures.condition_gain[own])).any()),
    )
