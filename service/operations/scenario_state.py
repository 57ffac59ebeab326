"""A finished valuation as the engine's scenario needs it: assets with their parameters, and the measures for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection, RowMapping

from service.engine.scenario_inputs import Measures, ScenarioAssets
from service.operations.measure_rules import rules_that_hold
from service.operations.parameter_sets import ParameterSet, asset_parameters
from service.queries.report_rows import load_run_sets
from service.queries.scenario_inputs import load_valued_assets

CLASSES = 5
_AFTER_ROUNDING = 5e-13
"""Conditions are rounded to twelve decimals: one that equals a class's limit belongs to the class below."""


def load_scenario_state(
    connection: Connection, base: RowMapping, rules: Sequence[RowMapping]
) -> tuple[ScenarioAssets, Measures]:
    """Return the assets of a finished valuation and the measures that hold for them."""
    sets = load_run_sets(connection, base["municipality_code"], base["run_id"])
    columns = load_valued_assets(connection, base["municipality_code"], base["run_id"], base["valuation_year"])
    number = columns["parameter_set"].astype(np.int64)
    # Sets of one class differ in material, measures in class, maintenance and functional class: lists are few.
    lists = {_measure_key(row): place for place, row in reversed(list(enumerate(sets)))}
    list_of_set = np.array([lists[_measure_key(row)] for row in sets], np.int64)
    resolved = [ParameterSet(row["asset_class"], row["material"], row["resolved"]) for row in sets]
    assets = ScenarioAssets(
        asset_id=columns["asset_id"],
        asset_class=columns["asset_class"],
        replacement_cost_eur=columns["replacement_cost_eur"],
        quantity=columns["quantity"],
        condition=columns["condition_index"],
        retained_share=columns["retained_share"],
        criticality=columns["criticality"],
        measure_list=list_of_set[number],
        years_until_built=columns["years_until_built"],
        parameters=asset_parameters(resolved, number),
    )
    return assets, measures_of({place: rules_that_hold(rules, *key) for key, place in lists.items()})


def _measure_key(row: RowMapping) -> tuple[int, str | None, int | None]:
    resolved = row["resolved"]
    return row["asset_class"], resolved.get("maintenance_class"), resolved.get("functional_class")


def measures_of(lists: Mapping[int, Sequence[RowMapping]]) -> Measures:
    """Return the engine's measures of lists of rules; class *k* is the conditions above (k-1)/5 up to k/5."""
    rows = [(place, row) for place, rules in lists.items() for row in rules]
    start = np.array([row["condition_class_from"] for _, row in rows], np.float64)
    end = np.array([row["condition_class_to"] for _, row in rows], np.float64)
    nothing = np.full(len(rows), np.nan)
    return Measures(
        number=np.array([row["measure_rule_id"] for _, row in rows], np.int64),
        measure_list=np.array([place for place, _ in rows], np.int64),
        condition_from=np.where(start == 1, 0.0, (start - 1) / CLASSES + _AFTER_ROUNDING),
        condition_below=start / CLASSES + _AFTER_ROUNDING,
        condition_after=end / CLASSES,
        condition_gain=nothing,
        cost_share=_costs(rows, "cost_share"),
        unit_cost_eur=_costs(rows, "unit_cost_eur"),
        gain_cost_share=nothing,
    )


def _costs(rows: Sequence[tuple[int, RowMapping]], name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([np.nan if row[name] is None else row[name] for _, row in rows], np.float64)
