"""What could be done for the assets of a block in a year, in the order in which the policy would buy it.

An asset's measures are bought in steps: first the one with the most benefit for each euro, then, for the extra cost
alone, the next dearer one while it still adds benefit (the efficient frontier of incremental benefit/cost, as dTIMS
has it). Worst first has one step: the measure that takes away most, the cheapest of equals.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from service.engine.arrays import AnyIntArray, BoolArray, CentsArray, FloatArray, IntArray
from service.engine.scenario_block import Block
from service.engine.scenario_inputs import Measures, Policy

_LEAST_EUR = 0.01
"""A measure that takes away less than a cent of backlog is none."""

KEY_DECIMALS = 12
"""Ratios that differ by less are equal: criticality decides, not the last bit of a quotient."""


@dataclass(frozen=True, slots=True)
class Options:
    """The measures of a block's class: one row per measure, one column per asset.

    Attributes:
        measure: Row in ``Measures``.
        fixed_cost_eur: What does not depend on the condition, at the valuation's prices; ``inf`` where it does not fit.
        gain_cost_eur: Cost of each whole of condition regained.
        measures: The table itself.
    """

    measure: IntArray
    fixed_cost_eur: FloatArray
    gain_cost_eur: FloatArray
    measures: Measures

    def condition_after(self, option: AnyIntArray, condition: FloatArray) -> FloatArray:
        """Return the condition after an option of each asset."""
        row = self.measure[option]
        gained = np.minimum(condition + self.measures.condition_gain[row], 1.0)
        fixed = self.measures.condition_after[row]
        after: FloatArray = np.where(np.isnan(fixed), gained, fixed)
        return after

    def fits(self, number: int, condition: FloatArray) -> BoolArray:
        """Return which conditions option ``number`` may be applied to, and improves."""
        row = self.measure[number]
        after = self.condition_after(np.full(len(condition), number), condition)
        low, high = self.measures.condition_from[row], self.measures.condition_below[row]
        fits: BoolArray = (condition >= low) & (condition < high) & (after > condition)
        return fits

    def cost_eur(self, number: int, rows: IntArray, condition: FloatArray) -> FloatArray:
        """Return what option ``number`` costs at the valuation's prices; ``inf`` where it is not for the asset."""
        after = self.condition_after(np.full(len(condition), number), condition)
        cost: FloatArray = self.fixed_cost_eur[number, rows] + self.gain_cost_eur[number, rows] * (after - condition)
        return cost


def options_of(block: Block, measures: Measures) -> Options:
    """Return the measures of the block's class with their costs."""
    number = np.flatnonzero(measures.asset_class == block.asset_class)
    share = np.nan_to_num(measures.cost_share[number])[:, None] * block.cost_eur
    by_unit = np.nan_to_num(measures.unit_cost_eur[number])[:, None]
    quantity = np.where(by_unit > 0, block.assets.quantity, 0.0)
    material = measures.material[number][:, None]
    fits = ((material == -1) | (material == block.assets.material)) & ~np.isnan(quantity) & block.valued
    return Options(
        measure=number,
        fixed_cost_eur=np.where(fits, share + by_unit * np.nan_to_num(quantity), np.inf),
        gain_cost_eur=np.nan_to_num(measures.gain_cost_share[number])[:, None] * block.cost_eur,
        measures=measures,
    )


@dataclass(frozen=True, slots=True)
class Steps:
    """What can be bought, one row per step; an asset's first step is on level 0.

    Attributes:
        block: Number of the block.
        row: The asset's row in the block.
        option: The option that the asset has after the step.
        level: How many steps of the same asset come before.
        key: The higher one is bought first.
        criticality: Decides between equal keys.
        asset_id: Decides between equal criticalities, the lower one first.
        cost: Cents, beyond the cost of the steps before.
        benefit_eur: Backlog taken away, weighted as the policy has it, beyond the steps before.
    """

    block: IntArray
    row: IntArray
    option: IntArray
    level: IntArray
    key: FloatArray
    criticality: FloatArray
    asset_id: IntArray
    cost: CentsArray
    benefit_eur: FloatArray


@dataclass(frozen=True, slots=True)
class Offers:
    """The steps of a block in a year, and which of its assets have a measure that fits at all."""

    steps: Steps
    feasible: IntArray


def offers_of(block: Block, number: int, options: Options, owed: CentsArray, policy: Policy, price: float) -> Offers:
    """Return what could be bought for the assets of a block that owe something."""
    rows = np.flatnonzero(owed > 0)
    cost, removed = _costs_and_removals(block, options, rows, price)
    possible = removed >= _LEAST_EUR
    feasible = rows[possible.any(axis=0)] if len(options.measure) else rows[:0]
    benefit = np.where(possible, removed, 0.0) * _weight(block, rows, policy)
    found = _most(cost, benefit, block.condition[rows]) if policy is Policy.WORST_FIRST else _frontier(cost, benefit)
    return Offers(join_steps([_steps(block, number, rows, each) for each in found]), feasible)


def _costs_and_removals(block: Block, options: Options, rows: IntArray, price: float) -> tuple[FloatArray, FloatArray]:
    shape = (len(options.measure), len(rows))
    cost, removed = np.full(shape, np.inf), np.zeros(shape)
    owed = block.owed_at(block.condition[rows], price, rows)
    for number in range(len(options.measure)):
        fits = np.flatnonzero(options.fits(number, block.condition[rows]))
        fits = fits[np.isfinite(options.fixed_cost_eur[number, rows[fits]])]
        own, condition = rows[fits], block.condition[rows[fits]]
        after = options.condition_after(np.full(len(own), number), condition)
        cost[number, fits] = options.cost_eur(number, own, condition) * price
        removed[number, fits] = owed[fits] - block.owed_at(after, price, own)
    return cost, removed


def _weight(block: Block, rows: IntArray, policy: Policy) -> FloatArray:
    if policy is not Policy.NEED_WEIGHTED:
        return np.ones(len(rows))
    share = block.assets.retained_share[rows]
    return np.where(np.isnan(share), 1.0, share)


@dataclass(frozen=True, slots=True)
class _Found:
    level: int
    column: IntArray
    option: IntArray
    key: FloatArray
    cost_eur: FloatArray
    benefit_eur: FloatArray


def _most(cost: FloatArray, benefit: FloatArray, condition: FloatArray) -> list[_Found]:
    if not len(cost):
        return []
    cheapest = np.where(benefit == benefit.max(axis=0), cost, np.inf)
    option = np.argmin(cheapest, axis=0)
    column = np.flatnonzero(benefit.max(axis=0) > 0)
    chosen = option[column]
    worst_first = -condition[column]
    return [_Found(0, column, chosen, worst_first, cost[chosen, column], benefit[chosen, column])]


def _frontier(cost: FloatArray, benefit: FloatArray) -> list[_Found]:
    found: list[_Found] = []
    column = np.arange(cost.shape[1])
    spent, had, key = np.zeros(len(column)), np.zeros(len(column)), np.full(len(column), np.inf)
    for level in range(len(cost)):
        more, extra = benefit[:, column] - had, cost[:, column] - spent
        better = (more > 0) & (extra > 0) & np.isfinite(extra)
        ratio = np.divide(more, extra, out=np.zeros_like(more), where=better)
        option = np.argmax(ratio, axis=0)
        at = np.arange(len(column))
        live = ratio[option, at] > 0
        at, option, column = at[live], option[live], column[live]
        if not len(column):
            break
        # Rounding must not put an asset's second step before its first.
        key = np.minimum(np.round(ratio[option, at], KEY_DECIMALS), key[at])
        found.append(_Found(level, column, option, key, extra[option, at], more[option, at]))
        spent, had = cost[option, column], benefit[option, column]
    return found


def _steps(block: Block, number: int, rows: IntArray, found: _Found) -> Steps:
    own = rows[found.column]
    return Steps(
        block=np.full(len(own), number),
        row=own,
        option=found.option,
        level=np.full(len(own), found.level),
        key=found.key,
        criticality=np.nan_to_num(block.assets.criticality[own], nan=-np.inf),
        asset_id=block.assets.asset_id[own],
        cost=np.rint(found.cost_eur * 100.0).astype(np.int64),
        benefit_eur=found.benefit_eur,
    )


def join_steps(parts: Sequence[Steps]) -> Steps:
    """Return steps one after the other."""
    if len(parts) == 1:
        return parts[0]
    whole, real = np.zeros(0, np.int64), np.zeros(0)
    none = Steps(whole, whole, whole, whole, real, real, whole, whole, real)
    names = [each.name for each in fields(Steps)]
    return Steps(*(np.concatenate([getattr(part, name) for part in (none, *parts)]) for name in names))
