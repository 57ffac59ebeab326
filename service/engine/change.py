"""Why a backlog changed between two valuations: one input is changed at a time, in a fixed order (domain.md §6).

``B₁ − B₀ = Σ causes`` per asset and to the cent: each cause is the difference between the valuation before and after
its input was changed, so the parts add up by construction and the order is part of the definition.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import numpy as np

from service.engine.arrays import CentsArray
from service.engine.components import ComponentInputs
from service.engine.measure_prices import at_later_measure_prices
from service.engine.valuation import AssetInputs, AssetParameters

PRICE_PARAMETERS = ("unit_cost_eur", "regional_factor", "price_factor")
"""Beside them the unit costs of the measures carry prices."""


class Cause(StrEnum):
    """What made a backlog change, in the order in which the inputs are changed."""

    PRICES = "prices"
    WEAR = "wear"
    REPAIRS = "repairs"
    ASSESSMENTS = "new_assessments"
    CORRECTIONS = "corrected_data"
    PARAMETERS = "changed_parameters"
    ADDITIONS = "additions"
    DISPOSALS = "disposals"
    NEED = "changed_need"
    """Changes which of the backlog is needed, never its total."""


@dataclass(frozen=True, slots=True)
class ValuationInputs:
    """All that a valuation computes from: the register, the parameters and the year.

    Two of them are compared row by row: the same assets and the same components in the same order.
    """

    assets: AssetInputs
    components: ComponentInputs
    parameters: AssetParameters
    valuation_year: float


Backlog = Callable[[ValuationInputs], CentsArray]


def at_later_prices(earlier: AssetParameters, later: AssetParameters) -> AssetParameters:
    """Return the earlier parameters with every price of the later ones, the unit costs of measures among them."""
    prices = {name: getattr(later, name) for name in PRICE_PARAMETERS}
    if earlier.methods is not None and later.methods is not None:
        prices["methods"] = at_later_measure_prices(earlier.methods, later.methods)
    return replace(earlier, **prices)


def change_by_cause(
    before: ValuationInputs,
    after: ValuationInputs,
    backlog: Backlog,
    stored: tuple[CentsArray, CentsArray],
    repriced: AssetParameters | None = None,
) -> dict[Cause, CentsArray]:
    """Return the change of each asset's backlog by cause, in cents; the causes add up to ``stored[1] - stored[0]``.

    Additions, disposals and changed need are not among them: the two valuations are of the same assets.

    Args:
        before: The earlier valuation's inputs.
        after: The later one's, of the same assets and components.
        backlog: Values inputs, as the two valuations did.
        stored: The backlogs that the two valuations found. Where their inputs no longer give them, because a record
            was overwritten since, the difference is counted as corrected data.
        repriced: The earlier parameters at the later prices, where a cost was recorded anew since and its price factor
            is therefore another than ``at_later_prices`` takes.
    """
    start = then = backlog(before)
    causes: dict[Cause, CentsArray] = {}
    prices = at_later_prices(before.parameters, after.parameters) if repriced is None else repriced
    for cause, inputs in _one_at_a_time(before, after, prices):
        now = backlog(inputs)
        causes[cause], then = now - then, now
    causes[Cause.CORRECTIONS] = causes[Cause.CORRECTIONS] + (start - stored[0]) + (stored[1] - then)
    return causes


def _one_at_a_time(
    before: ValuationInputs, after: ValuationInputs, repriced: AssetParameters
) -> Iterator[tuple[Cause, ValuationInputs]]:
    """Give the inputs on the way from before to after, each with what was changed last."""
    now = replace(before, parameters=repriced)
    yield Cause.PRICES, now
    now = replace(now, valuation_year=after.valuation_year)
    yield Cause.WEAR, now
    since = before.valuation_year
    renewed = _renewals(now.assets, after.assets, since), _renewals(now.components, after.components, since)
    now = replace(now, assets=renewed[0], components=renewed[1])
    yield Cause.REPAIRS, now
    assessed = _assessments(now.assets, after.assets), _assessments(now.components, after.components)
    now = replace(now, assets=assessed[0], components=assessed[1])
    yield Cause.ASSESSMENTS, now
    recorded = replace(now.parameters, price_factor=after.parameters.price_factor)
    now = replace(now, assets=after.assets, components=after.components, parameters=recorded)
    yield Cause.CORRECTIONS, now
    yield Cause.PARAMETERS, after


Records = TypeVar("Records", AssetInputs, ComponentInputs)


def _renewals(now: Records, after: Records, since: float) -> Records:
    """Take the renewals of the time between; one of earlier years that was recorded late is a correction."""
    renewed = np.where(after.renewed_year >= np.floor(since), after.renewed_year, now.renewed_year)
    return replace(now, renewed_year=renewed)


def _assessments(now: Records, after: Records) -> Records:
    """Take the assessments that are not older than the one before."""
    newer = ~np.isnan(after.assessed_year) & ~(after.assessed_year < now.assessed_year)
    return replace(
        now,
        assessed_condition=np.where(newer, after.assessed_condition, now.assessed_condition),
        assessed_year=np.where(newer, after.assessed_year, now.assessed_year),
    )
