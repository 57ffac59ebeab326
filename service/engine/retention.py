"""Which capacity is retained when there is more of it than the sizing need, and the backlog that falls on the rest.

Within one service and area capacity is retained in the order of a rank until the sizing need is met:

1. protected assets,
2. the lowest cost per place over the horizon, ``(backlog + wear·h + running·h) / capacity``,
3. the better condition,
4. the lower asset id, so that the order is always the same.

Capacity and need are counted in millionths, as whole numbers: sums are exact whatever the order.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from service.engine.arrays import BoolArray, CentsArray, FloatArray, IntArray
from service.engine.group import Groups, sum_by_group

_MILLIONTHS = 1.0e6


class RetentionMode(IntEnum):
    """What happens to the asset at the margin of the need."""

    WHOLE_ASSET = 1
    """It is retained whole, since half a school cannot be closed."""
    PROPORTIONAL = 2
    """It is retained in the share that is needed."""


@dataclass(frozen=True, slots=True)
class RankCriteria:
    """What the rank of each capacity row goes by."""

    is_protected: BoolArray
    cost_per_place_eur: FloatArray
    condition_index: FloatArray
    asset_id: IntArray


@dataclass(frozen=True, slots=True)
class Retention:
    """The outcome per capacity row.

    Attributes:
        rank: 1 is retained first within the service and area; 0 where the row takes no part.
        capacity_before: Capacity retained before this row.
        retained_share: 0…1; ``nan`` where the row takes no part.
    """

    rank: IntArray
    capacity_before: FloatArray
    retained_share: FloatArray


def cost_per_place(
    backlog_eur: FloatArray,
    annual_wear_eur: FloatArray,
    running_cost_eur: FloatArray,
    capacity: FloatArray,
    horizon_years: float,
) -> FloatArray:
    """Return what a place costs over the horizon: backlog, wear and running cost; ``nan`` without capacity.

    An unknown running cost counts as 0: missing data must not give a building up.

    >>> cost_per_place(np.array([1e6]), np.array([5e4]), np.array([1e5]), np.array([250.0]), 10)
    array([10000.])
    """
    yearly = annual_wear_eur + np.where(np.isnan(running_cost_eur), 0.0, running_cost_eur)
    return (backlog_eur + yearly * horizon_years) / np.where(capacity > 0, capacity, np.nan)


def retain(
    groups: Groups, capacity: FloatArray, sizing_need: FloatArray, criteria: RankCriteria, mode: RetentionMode
) -> Retention:
    """Return rank and retained share of each capacity row; the groups are the services and areas.

    A row takes no part where its capacity is 0 or unknown or the sizing need (one per group) is unknown.
    """
    takes_part = (capacity > 0) & ~np.isnan(sizing_need)[groups.number]
    order = _order(groups, criteria, takes_part)
    places = np.rint(capacity[order] * _MILLIONTHS).astype(np.int64)
    starts = np.flatnonzero(np.diff(groups.number[order], prepend=-1))
    before = _running_total(places, starts)
    needed = np.rint(sizing_need[groups.number[order]] * _MILLIONTHS).astype(np.int64)
    share = np.clip((needed - before) / np.maximum(places, 1), 0.0, 1.0)
    if mode is RetentionMode.WHOLE_ASSET:
        share = np.where(before < needed, 1.0, 0.0)
    return _scattered(
        len(capacity), order, _running_total(np.ones_like(places), starts) + 1, before / _MILLIONTHS, share
    )


def capacity_by_group(groups: Groups, capacity: FloatArray) -> FloatArray:
    """Return the capacity of each group, exact to a millionth; an unknown capacity counts as none."""
    known = np.where(capacity > 0, capacity, 0.0)
    return sum_by_group(groups, np.rint(known * _MILLIONTHS).astype(np.int64)) / _MILLIONTHS


def highest_share(asset_count: int, asset_row: IntArray, retained_share: FloatArray) -> FloatArray:
    """Return each asset's retained share, the highest over the services it serves; ``nan`` where none is known.

    >>> highest_share(3, np.array([0, 0, 1]), np.array([0.2, 0.7, np.nan]))
    array([0.7, nan, nan])
    """
    share = np.full(asset_count, np.nan)
    np.fmax.at(share, asset_row, retained_share)
    return share


def split_backlog(backlog: CentsArray, retained_share: FloatArray) -> tuple[CentsArray, CentsArray]:
    """Return needed and avoidable backlog in cents; their sum is the backlog to the cent.

    An asset that is not assessed against need (``nan``) needs all of it.

    >>> split_backlog(np.array([101, 101, 101]), np.array([0.5, 0.0, np.nan]))
    (array([ 50,   0, 101]), array([ 51, 101,   0]))
    """
    share = np.where(np.isnan(retained_share), 1.0, retained_share)
    needed = np.where(share >= 1.0, backlog, np.rint(backlog * share).astype(np.int64))
    return needed, backlog - needed


def capacity_investment(deficit: FloatArray, new_place_cost_eur: FloatArray) -> FloatArray:
    """Return the euros that new places for the deficit cost; ``nan`` where there is a deficit at an unknown price.

    >>> capacity_investment(np.array([20.0, 0.0]), np.array([30000.0, np.nan]))
    array([600000.,      0.])
    """
    return np.where(deficit == 0.0, 0.0, deficit * new_place_cost_eur)


def _order(groups: Groups, criteria: RankCriteria, takes_part: BoolArray) -> IntArray:
    rows = np.flatnonzero(takes_part)
    by = (
        criteria.asset_id,
        -criteria.condition_index,
        criteria.cost_per_place_eur,
        ~criteria.is_protected,
        groups.number,
    )
    return rows[np.lexsort(tuple(key[rows] for key in by))]


def _running_total(amounts: IntArray, starts: IntArray) -> IntArray:
    before = np.cumsum(amounts) - amounts
    lengths = np.diff(starts, append=len(amounts))
    return before - np.repeat(before[starts], lengths)


def _scattered(size: int, order: IntArray, rank: IntArray, before: FloatArray, share: FloatArray) -> Retention:
    ranks, befores, shares = np.zeros(size, np.int64), np.full(size, np.nan), np.full(size, np.nan)
    ranks[order], befores[order], shares[order] = rank, before, share
    return Retention(ranks, befores, shares)
