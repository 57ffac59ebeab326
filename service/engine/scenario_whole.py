"""A year of a budget when measures are whole: choose, carry out, and say why for every asset."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from service.engine.arrays import CentsArray, CodeArray, IntArray
from service.engine.money import cents
from service.engine.scenario_block import Block
from service.engine.scenario_choice import Choice, choose_whole
from service.engine.scenario_inputs import Measures, Policy, Reason, ScenarioSettings
from service.engine.scenario_offers import Offers, Steps, join_steps, offers_of
from service.engine.scenario_options import options_of
from service.engine.scenario_years import Treatments


@dataclass(frozen=True, slots=True)
class PoolYear:
    """What happened with a budget in a year; one entry per block where there is a list.

    Attributes:
        owed: Backlog of each asset in cents after the measures.
        reasons: A ``Reason`` per asset.
        block_spending: Cents.
        unfitted: Cents left although assets were in need.
        open_cost: Cents of the measures that there was no money for.
        benefit_eur: Weighted backlog that the measures took away.
        bound_eur: What the money could have taken away at most; ``nan`` where not known.
        treatments: Measures carried out.
    """

    owed: list[CentsArray]
    reasons: list[CodeArray]
    block_spending: list[int]
    unfitted: int
    open_cost: int
    benefit_eur: float
    bound_eur: float
    treatments: Treatments


class WholeMeasures:
    """The blocks of one budget, treated by whole measures."""

    def __init__(self, blocks: Sequence[Block], measures: Measures, settings: ScenarioSettings) -> None:
        self.blocks, self.settings = blocks, settings
        self.options = [options_of(block, measures) for block in blocks]

    def carry_out(self, year: int, budget: int, price: float) -> PoolYear:
        """Spend a year's budget (cents); the assets have grown a year older before."""
        owed = [block.owed(price) for block in self.blocks]
        offers = [
            offers_of(block, number, self.options[number], owed[number], self.settings.policy, price)
            for number, block in enumerate(self.blocks)
        ]
        steps = join_steps([each.steps for each in offers])
        choice = choose_whole(steps, budget)
        bought = _bought(steps, choice)
        treatments = [self._renew(year, number, bought, price, owed[number]) for number in range(len(self.blocks))]
        open_cost = int(steps.cost[~choice.taken & (steps.level == 0)].sum())
        return PoolYear(
            owed=owed,
            reasons=[
                _reasons(block, own, each, steps.row[steps.block == number], bought.row[bought.block == number])
                for number, (block, own, each) in enumerate(zip(self.blocks, owed, offers, strict=True))
            ],
            block_spending=[int(each.cost.sum()) for each in treatments],
            unfitted=budget - choice.spent if open_cost else 0,
            open_cost=open_cost,
            benefit_eur=float(steps.benefit_eur[choice.taken].sum()),
            bound_eur=np.nan if self.settings.policy is Policy.WORST_FIRST else choice.bound_eur,
            treatments=join_treatments(treatments),
        )

    def _renew(self, year: int, number: int, bought: "_Bought", price: float, owed: CentsArray) -> Treatments:
        block, options = self.blocks[number], self.options[number]
        own = bought.block == number
        rows, measure = bought.row[own], bought.measure[own]
        before = block.condition[rows]
        after = options.condition_after(measure, before)
        treatments = Treatments(
            year=np.full(len(rows), year),
            asset_id=block.assets.asset_id[rows],
            asset_class=np.full(len(rows), block.asset_class),
            measure=options.measures.number[measure].astype(np.int64),
            cost=bought.cost[own],
            condition_before=before,
            condition_after=after,
        )
        block.renew(rows, after)
        owed[rows] = cents(block.owed_at(block.condition[rows], price, rows), "repair backlog")
        return treatments


@dataclass(frozen=True, slots=True)
class _Bought:
    block: IntArray
    row: IntArray
    measure: IntArray
    cost: CentsArray


def _bought(steps: Steps, choice: Choice) -> _Bought:
    """Return the last measure that was bought of each asset, with the cost of all its steps."""
    taken = np.flatnonzero(choice.taken)
    order = taken[np.lexsort((steps.level[taken], steps.row[taken], steps.block[taken]))]
    block, row, level = steps.block[order], steps.row[order], steps.level[order]
    first = np.flatnonzero(level == 0)
    last = np.append(first[1:], len(order)) - 1 if len(first) else first
    cost = np.add.reduceat(steps.cost[order], first) if len(first) else steps.cost[order]
    return _Bought(block[last], row[last], steps.measure[order][last], cost)


def _reasons(block: Block, owed: CentsArray, offers: Offers, offered: IntArray, treated: IntArray) -> CodeArray:
    reasons = np.where(block.valued & (owed == 0), Reason.NOT_NEEDED, Reason.NOT_FEASIBLE).astype(np.int8)
    reasons[offers.feasible] = Reason.SUPERSEDED
    reasons[offered] = Reason.NO_MONEY
    reasons[treated] = Reason.CHOSEN
    return reasons


def join_treatments(parts: Sequence[Treatments]) -> Treatments:
    """Return treatments one after the other."""
    whole, real = np.zeros(0, np.int64), np.zeros(0)
    none = Treatments(whole, whole, whole, whole, whole, real, real)
    names = [each.name for each in fields(Treatments)]
    return Treatments(*(np.concatenate([getattr(part, name) for part in (none, *parts)]) for name in names))
