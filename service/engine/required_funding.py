"""The constant yearly budget at which the backlog holds, falls to an amount or is gone in so many years.

Found by halving on scenarios with divisible measures, whose backlog never rises with the budget, so that the least
budget is well defined. Money and backlog are at the valuation's prices: the budget grows with the prices of each year,
and the backlog of the last year is brought back to them.

With one asset of 1 M€ that loses 0.02 a year, found at its target of 0.75, and a measure that makes it as new at the
cost of the condition regained: a year of wear costs 20 000 €, so 20 000 € a year hold the backlog at 0.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from service.engine.errors import EngineError
from service.engine.money import cents
from service.engine.scenario import YearDone
from service.engine.scenario_block import blocks_of
from service.engine.scenario_divisible import DivisibleMeasures
from service.engine.scenario_inputs import Measures, ScenarioAssets, ScenarioSettings, check_scenario

TOLERANCE_SHARE = 1e-4
"""The budget found is at most this share of the largest useful budget above the least one, or a euro."""

_MOST_CENTS = 10**15


@dataclass(frozen=True, slots=True)
class RequiredBudget:
    """What reaches a goal, in cents at the valuation's prices.

    Attributes:
        yearly_budget: The least constant budget, within the tolerance, never below it; ``None`` where no budget does.
        goal_backlog: The backlog that was asked for.
        backlog_before: At the end of the valuation year.
        backlog_after: At the end of the last year, with the budget found, or with unlimited money where none does.
        tolerance: How far the budget may lie above the least one.
    """

    yearly_budget: int | None
    goal_backlog: int
    backlog_before: int
    backlog_after: int
    tolerance: int


def required_budget(
    assets: ScenarioAssets,
    measures: Measures,
    classes: Sequence[int],
    settings: ScenarioSettings,
    goal: Callable[[int], int],
    year_done: YearDone = lambda: None,
) -> RequiredBudget:
    """Return the least constant yearly budget of some classes together that reaches a goal in the last year.

    Args:
        assets: As the valuation left them; those of other classes are left out.
        measures: What can be done.
        classes: The classes that share the budget.
        settings: Policy and prices; measures are taken as divisible.
        goal: From today's backlog in cents to the one that is asked for.
        year_done: Called once for each year computed; what it raises ends the search.

    Raises:
        EngineError: As for ``run_scenario``.
    """
    search = _Search(assets, measures, tuple(classes), replace(settings, is_divisible=True), year_done)
    before = search.before
    unlimited, most = search.outcome(_MOST_CENTS)
    wanted = goal(before)
    tolerance = max(100, int(most * TOLERANCE_SHARE))
    if unlimited > wanted:
        return RequiredBudget(None, wanted, before, unlimited, tolerance)
    after = search.outcome(0)[0]
    if after <= wanted:
        return RequiredBudget(0, wanted, before, after, tolerance)
    low, high, after = 0, most, search.outcome(most)[0]
    while high - low > tolerance:
        middle = (low + high) // 2
        reached = search.outcome(middle)[0]
        if reached <= wanted:
            high, after = middle, reached
        else:
            low = middle
    return RequiredBudget(high, wanted, before, after, tolerance)


class _Search:
    """Scenarios of the same assets that differ in their budget only."""

    def __init__(
        self,
        assets: ScenarioAssets,
        measures: Measures,
        classes: tuple[int, ...],
        settings: ScenarioSettings,
        year_done: YearDone,
    ) -> None:
        check_scenario((), settings)
        self.blocks = blocks_of(assets, classes)
        if not self.blocks:
            raise EngineError("There are no assets of the classes whose funding is asked for.")
        self.settings, self.year_done = settings, year_done
        self.way = DivisibleMeasures(self.blocks, measures, settings)
        self._found = [(block.age.copy(), block.cap.copy(), block.condition.copy()) for block in self.blocks]
        self.before = sum(int(cents(block.owed_at(block.condition, 1.0)).sum()) for block in self.blocks)

    def outcome(self, yearly_budget: int) -> tuple[int, int]:
        """Return the backlog after the years, and the most spent in a year, at the valuation's prices."""
        for block, (age, cap, condition) in zip(self.blocks, self._found, strict=True):
            block.age, block.cap, block.condition = age.copy(), cap.copy(), condition.copy()
        most, after = 0.0, self.before
        for year, price in enumerate(self.settings.price_factor.tolist(), 1):
            for block in self.blocks:
                block.grow_older()
            done = self.way.carry_out(year, min(round(yearly_budget * price), _MOST_CENTS), price)
            most = max(most, sum(done.block_spending) / price)
            after = round(sum(int(owed.sum()) for owed in done.owed) / price)
            self.year_done()
        return after, math.ceil(most) + 1
