"""The same assets in two runs, as the explanation of a change values them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from service.engine.asset_inputs import AssetInputs, AssetParameters
from service.engine.change import ValuationInputs, at_later_prices
from service.engine.components import ComponentInputs
from service.operations.parameter_sets import ParameterSet, asset_parameters
from service.operations.stored_runs import StoredRun, later_price_factors, stored_price_factors


@dataclass(frozen=True)
class Pair:
    """Assets as two runs knew them.

    Attributes:
        before: What the earlier run valued.
        after: What the later one valued, but with the earlier parameters where the kind changed.
        repriced: The earlier parameters at the later prices.
        stored: What the two runs found, in cents.
        is_other_kind: Whether an asset's material or service class changed, which makes its parameters others.
    """

    before: ValuationInputs
    after: ValuationInputs
    repriced: AssetParameters
    stored: tuple[NDArray[np.int64], NDArray[np.int64]]
    is_other_kind: NDArray[np.bool_]


def pair_inputs(earlier: StoredRun, later: StoredRun, rows: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Pair:
    """Return the assets in these rows of the two runs, whose ids are the same and ascend."""
    sets = [*earlier.sets, *later.sets]
    kinds = _kinds(sets)
    numbers = earlier.set_number[rows[0]], later.set_number[rows[1]] + len(earlier.sets)
    is_other = kinds[numbers[0]] != kinds[numbers[1]]
    old_factor, new_factor = stored_price_factors(earlier, rows[0]), stored_price_factors(later, rows[1])
    old = asset_parameters(sets, numbers[0], old_factor)
    new = asset_parameters(sets, np.where(is_other, numbers[0], numbers[1]), new_factor)
    moved = np.where(is_other, old_factor, later_price_factors(earlier, later, rows))
    asset_id = earlier.assets["asset_id"][rows[0]]
    year = earlier.valuation_year
    known = _without_later_renewals(earlier.inputs(rows[0]), year)
    parts = _without_later_renewals(earlier.component_inputs(asset_id), year)
    return Pair(
        before=ValuationInputs(known, parts, old, float(year)),
        after=ValuationInputs(
            later.inputs(rows[1]), later.component_inputs(asset_id), new, float(later.valuation_year)
        ),
        repriced=replace(at_later_prices(old, new), price_factor=moved),
        stored=(earlier.assets["repair_backlog"][rows[0]], later.assets["repair_backlog"][rows[1]]),
        is_other_kind=is_other,
    )


def _kinds(sets: list[ParameterSet]) -> NDArray[np.int64]:
    """Return the same number for sets of the same class, material, maintenance and functional class."""
    kinds = [
        (each.asset_class, each.material, each.resolved.get("maintenance_class"), each.resolved.get("functional_class"))
        for each in sets
    ]
    known = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    return np.array([known[kind] for kind in kinds], np.int64)


Records = TypeVar("Records", AssetInputs, ComponentInputs)


def _without_later_renewals(records: Records, year: int) -> Records:
    """Leave out renewals after a year: they were plans, or were recorded since, and count as repairs once done."""
    return replace(records, renewed_year=np.where(records.renewed_year > year, np.nan, records.renewed_year))
