"""Condition, backlog and spending of assets through years of budgets.

Each year: every asset wears along its own curve; measures are chosen within each budget; they are carried out; the year
is recorded as it stands on 31 December. Budgets share no class, so each is a scenario of its own: they run beside each
other, and the outcome depends neither on how many threads there are nor on the order of the assets.

With two assets of 1 M€ that lose 0.02 a year, target 0.75, found at 0.77 and 0.60 in the valuation year, a measure that
makes them as new at the cost of the condition regained, and 450 000 € a year:

- year 1: 0.75 and 0.58; the second owes 170 000 € and costs 420 000 €: bought, 30 000 € are left;
- year 2: 0.73 and 0.98; the first owes 20 000 € and costs 270 000 €: bought; nothing is owed.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.engine.arrays import CodeArray, FloatArray
from service.engine.scenario_block import Block, blocks_of
from service.engine.scenario_divisible import DivisibleMeasures
from service.engine.scenario_inputs import (
    BudgetPool,
    Measures,
    Reason,
    ScenarioAssets,
    ScenarioSettings,
    check_scenario,
)
from service.engine.scenario_whole import PoolYear, WholeMeasures, join_treatments
from service.engine.scenario_years import MONEY, ClassYears, PoolYears, Treatments, YearBook

YearDone = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """The outcome of a scenario.

    Attributes:
        classes: Figures by year and class.
        pools: Figures by budget and year, in the order of the budgets; classes without one come last, each by itself.
        reasons: A ``Reason`` per asset (in the order of the assets) and year.
        treatments: Whole measures carried out; empty when measures are divisible.
    """

    classes: ClassYears
    pools: tuple[PoolYears, ...]
    reasons: CodeArray
    treatments: Treatments


def run_scenario(
    assets: ScenarioAssets,
    measures: Measures,
    pools: Sequence[BudgetPool],
    settings: ScenarioSettings,
    year_done: YearDone = lambda: None,
    workers: int = 1,
) -> Scenario:
    """Return the assets' years under the budgets.

    Args:
        assets: As the valuation left them, in any order.
        measures: What can be done; a class without any wears on.
        pools: The budgets; a class in none of them has no money.
        settings: Policy, prices and whether measures are divisible.
        year_done: Called once for each budget and year; what it raises ends the scenario.
        workers: How many budgets are worked on at a time.

    Raises:
        ScenarioError: The budgets do not fit the years, or a class draws on two of them.
        CurveError, UnknownMethodError: As for ``value_assets``.
    """
    check_scenario(tuple(pools), settings)
    # A year's reasons lie side by side, as they are written.
    reasons = np.zeros((settings.years, len(assets.asset_id)), np.int8).T
    every = [*pools, *unfunded(assets, pools, settings)]

    def run(pool: BudgetPool) -> "_PoolResult":
        return _run_pool(assets, measures, pool, settings, reasons, year_done)

    if workers > 1:
        with ThreadPoolExecutor(workers) as threads:
            results = list(threads.map(run, every))
    else:
        results = [run(pool) for pool in every]
    treatments = join_treatments([each.treatments for each in results])
    order = np.lexsort((treatments.asset_id, treatments.year))
    return Scenario(
        classes=_joined([each.classes for each in results]),
        pools=tuple(each.pool for each in results),
        reasons=reasons,
        treatments=Treatments(*(getattr(treatments, name)[order] for name in Treatments.__slots__)),
    )


def unfunded(assets: ScenarioAssets, pools: Sequence[BudgetPool], settings: ScenarioSettings) -> list[BudgetPool]:
    """Return a budget of nothing for each class that is in none of the budgets."""
    funded = {number for pool in pools for number in pool.classes}
    nothing = np.zeros(settings.years, np.int64)
    return [BudgetPool((int(number),), nothing) for number in np.unique(assets.asset_class) if number not in funded]


@dataclass(frozen=True, slots=True)
class _PoolResult:
    classes: ClassYears
    pool: PoolYears
    treatments: Treatments


def _run_pool(
    assets: ScenarioAssets,
    measures: Measures,
    pool: BudgetPool,
    settings: ScenarioSettings,
    reasons: CodeArray,
    year_done: YearDone,
) -> _PoolResult:
    blocks = blocks_of(assets, pool.classes)
    book = YearBook(blocks, settings.years)
    if not blocks:
        return _PoolResult(book.result(), _pool_years(pool, []), join_treatments([]))
    for block in blocks:
        book.record(0, block, block.owed(1.0), 1.0)
    kind = DivisibleMeasures if settings.is_divisible else WholeMeasures
    way = kind(blocks, measures, settings)
    years = []
    for year, price in enumerate(settings.price_factor.tolist(), 1):
        for block in blocks:
            block.grow_older()
        done = way.carry_out(year, int(pool.amounts[year - 1]), price)
        _record(book, year, blocks, done, price, reasons)
        years.append(done)
        year_done()
    treatments = join_treatments([each.treatments for each in years])
    return _PoolResult(book.result(), _pool_years(pool, years), treatments)


def _record(
    book: YearBook, year: int, blocks: Sequence[Block], done: PoolYear, price: float, reasons: CodeArray
) -> None:
    for number, block in enumerate(blocks):
        book.record(year, block, done.owed[number], price)
        book.explain(year, block, done.reasons[number], done.block_spending[number])
        reasons[block.rows, year - 1] = done.reasons[number]


def _pool_years(pool: BudgetPool, years: Sequence[PoolYear]) -> PoolYears:
    nothing = np.zeros(len(pool.amounts) - len(years))

    def by_year(values: Sequence[float]) -> FloatArray:
        return np.concatenate([np.array(values, np.float64), nothing])

    return PoolYears(
        classes=pool.classes,
        budget=pool.amounts,
        spending=by_year([sum(each.block_spending) for each in years]).astype(np.int64),
        unfitted=by_year([each.unfitted for each in years]).astype(np.int64),
        open_cost=by_year([each.open_cost for each in years]).astype(np.int64),
        benefit_eur=by_year([each.benefit_eur for each in years]),
        bound_eur=by_year([each.bound_eur for each in years]),
    )


def _joined(parts: Sequence[ClassYears]) -> ClassYears:
    """Return the classes of all budgets, ascending."""
    classes = np.concatenate([part.classes for part in parts])
    order = np.argsort(classes, kind="stable")

    def beside(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        return np.concatenate(list(columns), axis=1)[:, order]

    return ClassYears(
        classes=classes[order],
        asset_count=np.concatenate([part.asset_count for part in parts])[order],
        money={name: beside([part.money[name] for part in parts]) for name in MONEY},
        reasons=beside([part.reasons for part in parts]),
    )


__all__ = ["MONEY", "Reason", "Scenario", "run_scenario", "unfunded"]
