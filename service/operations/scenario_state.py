"""A finished valuation as the engine's scenario needs it: assets with their parameters, and the measures for them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection, RowMapping

from service.engine.scenario_inputs import Measures, ScenarioAssets
from service.errors import ParameterMissing
from service.operations.parameter_sets import Kind, ParameterSet, asset_parameters, measures_of_kind
from service.operations.parameter_table import ParameterTable
from service.operations.price_levels import PriceLevels
from service.queries.cost_indices import load_cost_indices
from service.queries.parameters import load_parameter_values
from service.queries.report_rows import load_run_sets
from service.queries.scenario_inputs import load_valued_assets

CLASSES = 5
_AFTER_ROUNDING = 5e-13
"""Conditions are rounded to twelve decimals: one that equals a class's limit belongs to the class below."""


def load_scenario_state(
    connection: Connection, base: RowMapping, rules: Sequence[RowMapping]
) -> tuple[ScenarioAssets, Measures]:
    """Return the assets of a finished valuation and the measures that hold for them, at the valuation's prices.

    Raises:
        ParameterMissing: A cost index lacks a year that the price of a measure needs.
    """
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
    table = _prices_of(connection, base)
    measures = {place: _rules_at_prices(table, key, rules) for key, place in lists.items()}
    if table.prices is not None and table.prices.faults:
        raise ParameterMissing(faults=table.prices.faults)
    return assets, measures_of(measures)


_MeasureKey = tuple[int, str | None, int | None, float | None]


def _measure_key(row: RowMapping) -> _MeasureKey:
    """Return what decides an asset's measures and their prices."""
    resolved = row["resolved"]
    classes = resolved.get("maintenance_class"), resolved.get("functional_class")
    return row["asset_class"], *classes, resolved.get("regional_factor")


def _prices_of(connection: Connection, base: RowMapping) -> ParameterTable:
    """Return the parameters of a valuation's date, which bring prices to the valuation's level."""
    day = datetime.date(base["valuation_year"], 12, 31)
    table = ParameterTable(load_parameter_values(connection, base["municipality_code"], day))
    level = base["settings"].get("price_level_year")
    table.prices = PriceLevels(level, load_cost_indices(connection)) if level else None
    return table


def _rules_at_prices(table: ParameterTable, key: _MeasureKey, rules: Sequence[RowMapping]) -> list[dict[str, Any]]:
    asset_class, maintenance_class, functional_class, regional_factor = key
    kind = Kind(asset_class, None, maintenance_class, functional_class)
    return measures_of_kind(table, kind, rules, regional_factor)


def measures_of(lists: Mapping[int, Sequence[Mapping[str, Any]]]) -> Measures:
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


def _costs(rows: Sequence[tuple[int, Mapping[str, Any]]], name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([np.nan if row[name] is None else row[name] for _, row in rows], np.float64)
