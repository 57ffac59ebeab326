"""What a share of a measure costs and gives back, for scenarios in which measures are divisible."""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import FloatArray, exact_condition
from service.engine.deterioration import effective_age
from service.engine.scenario_block import MOST_AGE, Block
from service.engine.scenario_inputs import Measures, Policy
from service.engine.scenario_offers import Options, options_of

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
        price_eur: Of a year of age, at the valuation's prices; 0 where there is no measure.
        benefit_per_eur: Weighted backlog that the whole measure takes away for each euro.
    """

    end_age: FloatArray
    goal_age: FloatArray
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
    price, goal, benefit = np.full(size, np.inf), reference.sound_age, np.zeros(size)
    for number in range(len(options.measure)):
        each = _priced(block, options, number, reference)
        better = each.price_eur < price
        price = np.where(better, each.price_eur, price)
        goal = np.where(better, each.goal_age, goal)
        benefit = np.where(better, each.benefit_per_eur, benefit)
    return Shares(
        end_age=reference.end_age,
        goal_age=goal,
        price_eur=np.where(np.isfinite(price), price, 0.0),
        benefit_per_eur=benefit * retained_weight(block, policy),
    )


def retained_weight(block: Block, policy: Policy) -> FloatArray:
    """Return what a policy multiplies benefits with; an asset not set against the need counts in full."""
    share = block.assets.retained_share
    return np.where(np.isnan(share), 1.0, share) if policy is Policy.NEED_WEIGHTED else np.ones(len(share))


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


def _priced(block: Block, options: Options, number: int, at: _Reference) -> Shares:
    size = len(block.rows)
    after = options.condition_after(np.full(size, number), at.condition)
    young = np.minimum(effective_age(block.assets.parameters.curves, after), at.end_age)
    cost = options.cost_eur(number, np.arange(size), at.condition)
    fits = options.fits(number, at.condition) & np.isfinite(cost) & (at.age > young)
    removed = block.owed_at(at.condition, 1.0) - block.owed_at(after, 1.0)
    return Shares(
        end_age=at.end_age,
        goal_age=np.maximum(at.sound_age, young),
        price_eur=np.divide(cost, at.age - young, out=np.full(size, np.inf), where=fits),
        benefit_per_eur=np.divide(removed, cost, out=np.zeros(size), where=fits & (cost > 0)),
    )
