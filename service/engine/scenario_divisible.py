"""A year of a budget when shares of measures may be bought: the whole stock, not a programme.

An asset has one measure, the one that gives back a year of age at the lowest price: cost / (age now - age after), where
"now" is the age found by the valuation, or the age at which the asset begins to owe, if that comes later. A share of
the measure gives back the same share of those years at the same share of the cost; nothing is bought beyond the age
at which the asset owes nothing. Where backlog jumps with the condition, a share takes away the same share of it, and
the whole measure is needed for all of it (``scenario_parts``). Holding a stock thus costs its measures spread over
their cycle.

Why more money never means more backlog, in any year: let every asset of one scenario be as young as in another, or
younger, and its budget as large, or larger. Ageing keeps that order. What an asset asks for grows with its age. With a
fixed order of the assets, those before it ask for no more in the richer scenario, so at least as much reaches it: it
stays as young. Worst first lifts the worst conditions to one level; the level that the money reaches is at least as
high in the richer scenario, so every asset stays as young there too. Backlog never falls with age, so no asset owes
more. Arithmetic keeps the argument: sums, comparisons and roundings are monotone.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from service.engine.arrays import BoolArray, CentsArray, CodeArray, FloatArray, exact_condition
from service.engine.deterioration import condition_at_age, effective_age
from service.engine.money import euros
from service.engine.scenario_block import Block
from service.engine.scenario_inputs import Measures, Policy, Reason, ScenarioSettings
from service.engine.scenario_offers import KEY_DECIMALS, retained_weight
from service.engine.scenario_parts import Found, Untreated, owed_in_parts, owes_in_parts, untreated
from service.engine.scenario_shares import shares_of
from service.engine.scenario_whole import PoolYear, join_treatments

_LEVEL_STEPS = 40

Value = TypeVar("Value", bound=np.generic)


class DivisibleMeasures:
    """The blocks of one budget, treated by shares of measures; arrays run through all blocks."""

    def __init__(self, blocks: Sequence[Block], measures: Measures, settings: ScenarioSettings) -> None:
        self.blocks, self.settings = blocks, settings
        self.shares = [shares_of(block, measures, settings.policy) for block in blocks]
        self.price_eur = _joined([each.price_eur for each in self.shares])
        self.end_age = _joined([each.end_age for each in self.shares])
        self.weight = _joined([retained_weight(block, settings.policy) for block in blocks])
        self.served: BoolArray = (self.price_eur > 0) & (self.weight > 0)
        self._found = [Found(block.age.copy(), block.condition.copy()) for block in blocks]
        self._order = np.lexsort(
            (
                _joined([block.assets.asset_id for block in blocks]),
                -np.nan_to_num(_joined([block.assets.criticality for block in blocks]), nan=-np.inf),
                -np.round(_joined([each.benefit_per_eur for each in self.shares]), KEY_DECIMALS),
            )
        )

    def carry_out(self, year: int, budget: int, price: float) -> PoolYear:
        """Spend a year's budget (cents); the assets have grown a year older before."""
        paths = [self._path(number, year, price) for number in range(len(self.blocks))]
        age = np.minimum(_joined([block.age for block in self.blocks]), self.end_age)
        before = _joined(self._owed(age, paths, price))
        rate = np.where(self.served, self.price_eur * price, 0.0)
        goal = _joined([self._goal(number, path) for number, path in enumerate(paths)])
        bought = self._lifted if self.settings.policy is Policy.WORST_FIRST else self._in_order
        after = bought(age, goal, rate, budget / 100.0)
        self._settle(after)
        owed = self._owed(after, paths, price)
        paid, asked = (age - after) * rate, np.maximum(age - goal, 0.0) * rate
        return PoolYear(
            owed=owed,
            reasons=self._split(self._reasons(paid, before)),
            # Rounded down, so that no budget is overdrawn by a cent.
            block_spending=[int(np.floor(each.sum() * 100.0 + 1e-3)) for each in self._split(paid)],
            unfitted=0,
            open_cost=int(np.rint((asked - paid).sum() * 100.0)),
            benefit_eur=float((euros(before - _joined(owed)) * self.weight).sum()),
            bound_eur=np.nan,
            treatments=join_treatments([]),
        )

    def _path(self, number: int, year: int, price: float) -> Untreated | None:
        """Return how a block would stand untreated, where its backlog jumps with the condition."""
        block = self.blocks[number]
        if not owes_in_parts(block):
            return None
        return untreated(block, self._found[number], self.shares[number], year, price)

    def _owed(self, age: FloatArray, paths: Sequence[Untreated | None], price: float) -> list[CentsArray]:
        return [
            block.owed(price) if path is None else owed_in_parts(own, shares, path)
            for block, path, own, shares in zip(self.blocks, paths, self._split(age), self.shares, strict=True)
        ]

    def _goal(self, number: int, path: Untreated | None) -> FloatArray:
        """Return the ages beyond which nothing is bought."""
        shares = self.shares[number]
        if path is None:
            return shares.goal_age
        return np.where(path.owed_eur > path.left_eur, shares.young_age, shares.end_age)

    def _in_order(self, age: FloatArray, goal: FloatArray, rate: FloatArray, budget: float) -> FloatArray:
        """Return the ages after the money has gone to one asset after the other."""
        cost = np.maximum(age - goal, 0.0) * rate
        before = np.concatenate([[0.0], np.cumsum(cost[self._order])[:-1]])
        reaches = np.empty_like(cost)
        reaches[self._order] = np.maximum(budget - before, 0.0)
        years = np.divide(reaches, rate, out=np.zeros_like(rate), where=rate > 0)
        younger = np.where(reaches >= cost, goal, np.maximum(age - years, goal))
        return np.where(rate > 0, np.minimum(age, younger), age)

    def _lifted(self, age: FloatArray, goal: FloatArray, rate: FloatArray, budget: float) -> FloatArray:
        """Return the ages after the worst conditions have been lifted to the level that the money reaches."""
        if self._cost_to(1.0, age, goal, rate) <= budget:
            return self._at_level(1.0, age, goal, rate)
        low, high = 0.0, 1.0
        for _ in range(_LEVEL_STEPS):
            middle = (low + high) / 2
            affordable = self._cost_to(middle, age, goal, rate) <= budget
            low, high = (middle, high) if affordable else (low, middle)
        return self._at_level(low, age, goal, rate)

    def _at_level(self, level: float, age: FloatArray, goal: FloatArray, rate: FloatArray) -> FloatArray:
        aim = _joined([effective_age(b.assets.parameters.curves, np.full(len(b.rows), level)) for b in self.blocks])
        return np.where(rate > 0, np.minimum(age, np.maximum(aim, goal)), age)

    def _cost_to(self, level: float, age: FloatArray, goal: FloatArray, rate: FloatArray) -> float:
        return float(((age - self._at_level(level, age, goal, rate)) * rate).sum())

    def _settle(self, age: FloatArray) -> None:
        """Set conditions by ages; an asset at the end of its curve is no better than it was found."""
        for number, (block, own) in enumerate(zip(self.blocks, self._split(age), strict=True)):
            block.age = own.copy()
            block.cap = np.where(own >= self.shares[number].end_age, self._found[number].condition, 1.0)
            along = condition_at_age(block.assets.parameters.curves, own)
            block.condition = exact_condition(np.minimum(block.cap, along))

    def _reasons(self, paid: FloatArray, owed_before: CentsArray) -> CodeArray:
        valued = _joined([block.valued for block in self.blocks])
        return np.select(
            [paid > 0, valued & (owed_before == 0), self.price_eur == 0, ~self.served],
            [Reason.CHOSEN, Reason.NOT_NEEDED, Reason.NOT_FEASIBLE, Reason.SUPERSEDED],
            Reason.NO_MONEY,
        ).astype(np.int8)

    def _split(self, whole: NDArray[Value]) -> list[NDArray[Value]]:
        return np.split(whole, np.cumsum([len(block.rows) for block in self.blocks])[:-1])


def _joined(parts: Sequence[NDArray[Value]]) -> NDArray[Value]:
    return np.concatenate(list(parts))
