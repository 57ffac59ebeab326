"""A finished valuation as it was computed: its inputs, parameters and figures, from what it stored."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from service.engine.asset_inputs import AssetInputs
from service.engine.components import ComponentInputs
from service.operations.parameter_sets import ParameterSet
from service.queries.report_rows import load_run_sets
from service.queries.stored_valuations import load_stored_valuations
from service.queries.valuation_inputs import load_components

_INPUTS = (
    "asset_id",
    "asset_class",
    "quantity",
    "recorded_replacement_cost_eur",
    "built_year",
    "renewed_year",
    "assessed_condition",
    "assessed_year",
)
_YEARS = 10_000


@dataclass(frozen=True)
class StoredRun:
    """A finished valuation, one value per asset, ascending by asset id.

    Attributes:
        valuation_year: Its year.
        assets: Columns as `load_stored_valuations` returns them.
        price_level_year: Of its prices; 0 where the run did not say.
        sets: Parameter sets by number.
        components: Columns as `load_components` returns them, assessed as the run knew them.
    """

    valuation_year: int
    price_level_year: int
    assets: dict[str, NDArray[Any]]
    sets: list[ParameterSet]
    components: dict[str, NDArray[Any]]

    @property
    def set_number(self) -> NDArray[np.int64]:
        """Return the number of each asset's parameter set."""
        return self.assets["parameter_set"].astype(np.int64)

    def inputs(self, rows: NDArray[np.int64]) -> AssetInputs:
        """Return what the run knew of some of its assets."""
        columns = {name: self.assets[name][rows] for name in _INPUTS}
        # Protection decides the rank only, which the run has stored as retained shares.
        return AssetInputs(**columns, is_protected=np.zeros(len(rows), np.bool_))

    def factors(self, set_number: int) -> dict[int, float]:
        """Return what brings costs recorded for the assets of a set to the run's price level, by their own level.

        A cost without a level (0) is taken to be of the run's.
        """
        kept = self.sets[set_number].resolved.get("price_factors") or {}
        return {0: 1.0, self.price_level_year: 1.0} | {int(year): factor for year, factor in kept.items()}

    def component_inputs(self, asset_id: NDArray[np.int64]) -> ComponentInputs:
        """Return the components of some assets, whose ids ascend."""
        return component_inputs(self.components, asset_id)


def load_stored_run(connection: Connection, municipality_code: str, run: Mapping[str, Any]) -> StoredRun:
    """Return a run; components stand as they are recorded today, with the assessments that the run could know."""
    sets = load_run_sets(connection, municipality_code, run["run_id"])
    day = datetime.date(run["valuation_year"], 12, 31)
    return StoredRun(
        valuation_year=run["valuation_year"],
        price_level_year=run["settings"].get("price_level_year") or 0,
        assets=load_stored_valuations(connection, municipality_code, run["run_id"]),
        sets=[ParameterSet(row["asset_class"], row["material"], row["resolved"], row["value_ids"]) for row in sets],
        components=load_components(connection, municipality_code, day, run["started_at"]),
    )


def component_inputs(components: Mapping[str, NDArray[Any]], asset_id: NDArray[np.int64]) -> ComponentInputs:
    """Return the components of the assets whose ids are given, ascending."""
    row = np.minimum(np.searchsorted(asset_id, components["asset_id"]), max(len(asset_id) - 1, 0))
    own = asset_id[row] == components["asset_id"] if len(asset_id) else np.zeros(len(row), np.bool_)
    columns = {name: column[own] for name, column in components.items() if name != "asset_id"}
    return ComponentInputs(asset_row=row[own], **columns)


def stored_price_factors(run: StoredRun, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what a run multiplied the recorded costs of some assets by: their sets' factors for their price levels."""
    code = run.set_number[rows] * _YEARS + run.assets["price_level_year"][rows]
    pairs, place = np.unique(code, return_inverse=True)
    of_pair = [run.factors(number).get(year, 1.0) for number, year in (divmod(pair, _YEARS) for pair in pairs.tolist())]
    factors: NDArray[np.float64] = np.array(of_pair, np.float64)[place]
    return factors


def later_price_factors(
    earlier: StoredRun, later: StoredRun, rows: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Return what brings the costs that an earlier run knew of some assets to the price level of a later one.

    Where no cost of a price level is left in the later run, the index's movement between the two runs, which is the
    same for all levels, is taken from another level.
    """
    count = max(len(later.sets), 1)
    pair = earlier.set_number[rows[0]] * count + later.set_number[rows[1]]
    codes, place = np.unique(pair * _YEARS + earlier.assets["price_level_year"][rows[0]], return_inverse=True)
    of_code = []
    for sets, year in (divmod(code, _YEARS) for code in codes.tolist()):
        old, new = divmod(sets, count)
        of_code.append(_moved(earlier.factors(old), later.factors(new), year))
    factors: NDArray[np.float64] = np.array(of_code, np.float64)[place]
    return factors


def _moved(earlier: Mapping[int, float], later: Mapping[int, float], year: int) -> float:
    if year in later:
        return later[year]
    common = sorted(earlier.keys() & later.keys())
    movement = later[common[-1]] / earlier[common[-1]] if common else 1.0
    return movement * earlier.get(year, 1.0)
