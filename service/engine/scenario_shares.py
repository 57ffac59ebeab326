"""What a share of a measure costs and gives back, for scenarios in which measures are divisible."""

from dataclasses import dataclass, replace

import numpy as np

from service.engine.arrays import FloatArray, exact_condition
from service.engine.deterioration import effective_age
from service.engine.rows import take_rows
from service.engine.scenario_block import MOST_AGE, Block
from service.engine.scenario_inputs import Measures, Policy
from service.engine.scenario_offers import retained_weight
from service.engine.scenario_options import Options, options_of

_SOUND_STEPS = 40
_DEAR = 1000.0
"""Prices at which it is tested whether an asset owes nothing, so that the cent hides no part of it."""
_HALF_A_CENT = 0.005
_JUST_BELOW = 1e-9


@dataclass(frozen=True, slots=True)
class Shares:
    """What shares of a measure cost and bring, one value per asset of a block, fixed for the whole scenario.

    Attributes:
        end_age: Where the curve ends; nothing gets older than that.
        goal_age: The age at which the asset owes nothing, or the youngest that its measure makes it.
        young_age: The age after the whole measure.
        price_eur: Of a year of age, at the valuation's prices; 0 where there is no measure.
        benefit_per_eur: Weighted backlog that the whole measure takes away for each euro.
    """

    end_age: FloatArray
    goal_age: FloatArray
    young_age: FloatArray
    price_eur: FloatArray
    benefit_per_eur: FloatArray


@dataclass(frozen=True, slots=True)
class _Reference:
    """Where an asset's measure is priced: as it was found, or, if it owes nothing yet, where it begins to owe."""

    condition: FloatArray
    age: FloatArray
    end_age: FloatArray
    sound_age: FloatArray


def shares_of(block: Block, measures: Measures, policy: Policy) -> Shares:
    """Return the price of a year of age of each asset, by the measure that gives it back most cheaply."""
    reference = _reference(block)
    options = options_of(block, measures)
    size = len(block.rows)
    sound = reference.sound_age
    best = Shares(reference.end_age, sound, sound, np.full(size, np.inf), np.zeros(size))
    for slot in range(len(options.slots)):
        best = _cheaper(best, _priced(block, options, slot, reference))
    return replace(
        best,
        price_eur=np.where(np.isfinite(best.price_eur), best.price_eur, 0.0),
        benefit_per_eur=best.benefit_per_eur * retained_weight(block, policy),
    )


def _cheaper(one: Shares, other: Shares) -> Shares:
    better = other.price_eur < one.price_eur
    return replace(
        one,
        goal_age=np.where(better, other.goal_age, one.goal_age),
        young_age=np.where(better, other.young_age, one.young_age),
        price_eur=np.where(better, other.price_eur, one.price_eur),
        benefit_per_eur=np.where(better, other.benefit_per_eur, one.benefit_per_eur),
    )


def sound_condition(block: Block) -> FloatArray:
    """Return the lowest condition in which each asset owes nothing, by its own method; found by halving."""
    low, high = np.zeros(len(block.rows)), np.ones(len(block.rows))
    for _ in range(_SOUND_STEPS):
        middle = (low + high) / 2
        sound = block.owed_at(exact_condition(middle), _DEAR) < _HALF_A_CENT
        low, high = np.where(sound, low, middle), np.where(sound, middle, high)
    return exact_condition(high)


def _reference(block: Block) -> _Reference:
    curves, sound = block.assets.parameters.curves, sound_condition(block)
    end = np.minimum(effective_age(curves, np.zeros(len(sound))), MOST_AGE)
    sound_age = np.minimum(effective_age(curves, sound), end)
    owes = block.condition < sound
    return _Reference(
        condition=np.where(owes, block.condition, np.maximum(sound - _JUST_BELOW, 0.0)),
        age=np.maximum(np.minimum(block.age, end), sound_age),
        end_age=end,
        sound_age=sound_age,
    )


def _priced(block: Block, options: Options, slot: int, at: _Reference) -> Shares:
    """Return the shares of the measures of a slot; a price of ``inf`` where none fits."""
    rows, measure, after = options.fitting(slot, at.condition)
    before, curves = at.condition[rows], take_rows(block.assets.parameters.curves, rows)
    young = np.minimum(effective_age(curves, after), at.end_age[rows])
    cost = options.cost_eur(block, measure, rows, after - before)
    fits = (cost > 0) & (at.age[rows] > young) & block.valued[rows]
    removed = block.owed_at(before, 1.0, rows) - block.owed_at(after, 1.0, rows)
    price, benefit = np.full(len(at.age), np.inf), np.zeros(len(at.age))
    goal, after_all = at.sound_age.copy(), at.sound_age.copy()
    price[rows] = np.divide(cost, at.age[rows] - young, out=np.full(len(rows), np.inf), where=fits)
    benefit[rows] = np.divide(removed, cost, out=np.zeros(len(rows)), where=fits)
    goal[rows], after_all[rows] = np.maximum(at.sound_age[rows], young), young
    return Shares(at.end_age, goal, after_all, price, benefit)
