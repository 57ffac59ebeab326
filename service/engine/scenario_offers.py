"""What could be done for the assets of a block in a year, in the order in which the policy would buy it.

An asset's measures are bought in steps: first the one with the most benefit for each euro, then, for the extra cost
alone, the next dearer one while it still adds benefit (the efficient frontier of incremental benefit/cost, as dTIMS
has it). Worst first has one step: the measure that takes away most, the cheapest of equals.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from service.engine.arrays import CentsArray, FloatArray, IntArray
from service.engine.scenario_block import Block
from service.engine.scenario_inputs import Policy
from service.engine.scenario_options import Options

_LEAST_EUR = 0.01
"""A measure that takes away less than a cent of backlog is none."""

KEY_DECIMALS = 12
"""Ratios that differ by less are equal: criticality decides, not the last bit of a quotient."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What can be bought, one row per step; an asset's first step is on level 0.

    Attributes:
        block: Number of the block.
        row: The asset's row in the block.
        measure: The row of the measure that the asset has after the step.
        level: How many steps of the same asset come before.
        key: The higher one is bought first.
        criticality: Decides between equal keys.
        asset_id: Decides between equal criticalities, the lower one first.
        cost: Cents, beyond the cost of the steps before.
        benefit_eur: Backlog taken away, weighted as the policy has it, beyond the steps before.
    """

    block: IntArray
    row: IntArray
    measure: IntArray
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
    table = _table(block, options, rows, price)
    possible = table.removed_eur >= _LEAST_EUR
    feasible = rows[possible.any(axis=0)] if len(possible) else rows[:0]
    benefit = np.where(possible, table.removed_eur, 0.0) * retained_weight(block, policy)[rows]
    if policy is Policy.WORST_FIRST:
        found = _most(table.cost_eur, benefit, block.condition[rows])
    else:
        found = _frontier(table.cost_eur, benefit)
    steps = [_steps(block, number, rows, each, table.measure[each.slot, each.column]) for each in found]
    return Offers(join_steps(steps), feasible)


def retained_weight(block: Block, policy: Policy) -> FloatArray:
    """Return what a policy multiplies benefits with; an asset not set against the need counts in full."""
    share = block.assets.retained_share
    return np.where(np.isnan(share), 1.0, share) if policy is Policy.NEED_WEIGHTED else np.ones(len(share))


@dataclass(frozen=True, slots=True)
class _Table:
    """One row per slot of measures, one column per asset: the measure, its cost and the backlog that it removes."""

    measure: IntArray
    cost_eur: FloatArray
    removed_eur: FloatArray


def _table(block: Block, options: Options, rows: IntArray, price: float) -> _Table:
    shape = (len(options.slots), len(rows))
    measure, cost, removed = np.zeros(shape, np.int64), np.full(shape, np.inf), np.zeros(shape)
    condition = block.condition[rows]
    owed = block.owed_eur[rows]
    for slot in range(shape[0]):
        fits, found, after = options.fitting(slot, condition)
        own = rows[fits]
        measure[slot, fits] = found
        cost[slot, fits] = options.cost_eur(block, found, own, after - condition[fits]) * price
        removed[slot, fits] = owed[fits] - block.owed_at(after, price, own)
    removed[np.isnan(cost)] = 0.0
    return _Table(measure, cost, removed)


@dataclass(frozen=True, slots=True)
class _Found:
    level: int
    column: IntArray
    slot: IntArray
    key: FloatArray
    cost_eur: FloatArray
    benefit_eur: FloatArray


def _most(cost: FloatArray, benefit: FloatArray, condition: FloatArray) -> list[_Found]:
    if not len(cost):
        return []
    cheapest = np.where(benefit == benefit.max(axis=0), cost, np.inf)
    column = np.flatnonzero(benefit.max(axis=0) > 0)
    chosen = np.argmin(cheapest, axis=0)[column]
    worst_first = -condition[column]
    return [_Found(0, column, chosen, worst_first, cost[chosen, column], benefit[chosen, column])]


def _frontier(cost: FloatArray, benefit: FloatArray) -> list[_Found]:
    found: list[_Found] = []
    column, key = np.arange(cost.shape[1]), np.full(cost.shape[1], np.inf)
    extra, more = cost, benefit
    while len(column) and len(found) < len(cost):
        slot, step_cost, step_benefit, ratio = _best_step(extra, more)
        live = np.flatnonzero(ratio > 0)
        column, slot = column[live], slot[live]
        # Rounding must not put an asset's second step before its first.
        key = np.minimum(np.round(ratio[live], KEY_DECIMALS), key[live])
        found.append(_Found(len(found), column, slot, key, step_cost[live], step_benefit[live]))
        if len(found) < len(cost):
            extra = cost[:, column] - cost[slot, column]
            more = benefit[:, column] - benefit[slot, column]
    return found


def _best_step(extra: FloatArray, more: FloatArray) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Return for each column the row with the most benefit for its cost, both, and their ratio; 0 where none pays."""
    better = (more > 0) & (extra > 0)
    ratio = np.divide(more, extra, out=np.zeros_like(more), where=better)
    if len(ratio) == 1:
        return np.zeros(ratio.shape[1], np.int64), extra[0], more[0], ratio[0]
    slot, at = np.argmax(ratio, axis=0), np.arange(ratio.shape[1])
    return slot, extra[slot, at], more[slot, at], ratio[slot, at]


def _steps(block: Block, number: int, rows: IntArray, found: _Found, measure: IntArray) -> Steps:
    own = rows[found.column]
    return Steps(
        block=np.full(len(own), number),
        row=own,
        measure=measure,
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
