"""The kinds of a municipality's assets, by what decides their parameters, and the price level of recorded costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.operations.parameter_sets import Kind
from service.operations.parameter_table import ParameterTable
from service.queries.valuation_inputs import Snapshot

_YEARS = 10_000


def asset_kinds(snapshot: Snapshot) -> tuple[list[Kind], NDArray[np.int64]]:
    """Return the kinds of assets that are there, and the number of each asset's kind."""
    assets, texts = snapshot.assets, snapshot.text_codes
    columns = {name: _dense(assets[name]) for name in ("asset_class", "material", "maintenance_class")}
    columns["functional_class"] = _dense(assets["functional_class"])
    code = np.zeros(len(assets["asset_id"]), np.int64)
    for known, number in columns.values():
        code = code * max(len(known), 1) + number
    kinds, first, number = np.unique(code, return_index=True, return_inverse=True)
    needs_cost = np.zeros(len(kinds), bool)
    needs_cost[number[np.isnan(assets["recorded_replacement_cost_eur"]) & ~np.isnan(assets["quantity"])]] = True
    found = [
        Kind(
            int(assets["asset_class"][row]),
            texts["material"][int(assets["material"][row])],
            texts["maintenance_class"][int(assets["maintenance_class"][row])],
            int(assets["functional_class"][row]) or None,
            bool(needs_cost[place]),
        )
        for place, row in enumerate(first.tolist())
    ]
    return found, number


def _dense(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    known, number = np.unique(values, return_inverse=True)
    return known, number.astype(np.int64)


@dataclass(frozen=True)
class RecordedCosts:
    """What brings recorded costs to the run's price level: by asset, None where all are there; by kind and year."""

    factor: NDArray[np.float64] | None
    by_kind: list[dict[str, float]]


def recorded_cost_factors(
    snapshot: Snapshot, table: ParameterTable, kinds: list[Kind], number: NDArray[np.int64]
) -> RecordedCosts:
    """Return the factors of the recorded costs.

    A recorded cost without a price level is taken to be of the run's level.
    """
    year, by_kind = snapshot.assets["price_level_year"], [dict[str, float]() for _ in kinds]
    rows = np.flatnonzero(~np.isnan(year) & ~np.isnan(snapshot.assets["recorded_replacement_cost_eur"]))
    if table.prices is None or not (year[rows] != table.prices.year).any():
        return RecordedCosts(None, by_kind)
    pairs, place = np.unique(number[rows] * _YEARS + year[rows].astype(np.int64), return_inverse=True)
    of_pair = []
    for kind, at in (divmod(pair, _YEARS) for pair in pairs.tolist()):
        by_kind[kind][str(at)] = table.price_factor(at, kinds[kind].asset_class, kinds[kind].material)
        of_pair.append(by_kind[kind][str(at)])
    factor = np.ones(len(number))
    factor[rows] = np.array(of_pair)[place]
    return RecordedCosts(factor, by_kind)
