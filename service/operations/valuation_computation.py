"""A valuation in memory: the register and the parameters as of its date, and every figure that follows from them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.engine.asset_inputs import AssetInputs, AssetParameters
from service.engine.components import ComponentInputs
from service.engine.methods import MissingMeasureError
from service.engine.need_split import NeedSplit, split_by_need
from service.engine.retention import RetentionMode
from service.engine.valuation import AssetValuations, value_assets
from service.errors import Fault, InvalidData, ParameterMissing
from service.operations.asset_kinds import asset_kinds, recorded_cost_factors
from service.operations.guesses import Guesses, weigh_guesses
from service.operations.input_hash import valuation_hash
from service.operations.need_inputs import NeedInputs, load_need_inputs
from service.operations.parameter_sets import Kind, ParameterSet, asset_parameters, resolve_sets
from service.operations.parameter_table import ParameterTable
from service.operations.price_levels import PriceLevels
from service.operations.sizing import Sizing, size_services
from service.operations.users import Users, load_users
from service.operations.valuation_groups import ValuationGroups, group_valuation
from service.queries.cost_indices import load_cost_indices
from service.queries.measure_rules import load_measure_rules
from service.queries.parameters import load_parameter_values
from service.queries.valuation_inputs import (
    Snapshot,
    load_scenarios,
    load_snapshot,
)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ValuationRequest:
    """What to value and how; None takes the parameter's or the only scenario.

    `area_scenario` names the scenario whose area forecasts are scaled to the municipality's of `scenario`.
    """

    municipality_code: str
    valuation_year: int
    method: str | None = None
    scenario: str | None = None
    horizon_years: int | None = None
    is_proportional: bool = False
    created_by: str = "system"
    area_scenario: str | None = None
    need_method: str | None = None
    price_level_year: int | None = None


@dataclass(frozen=True)
class Valuation:
    """A valuation in memory: the inputs, the parameters resolved and the figures."""

    snapshot: Snapshot
    table: ParameterTable
    sets: list[ParameterSet]
    set_number: NDArray[np.int64]
    valuations: AssetValuations
    split: NeedSplit
    needs: NeedInputs
    sizing: Sizing
    users: Users
    guesses: Guesses
    groups: ValuationGroups
    scenario: str | None
    horizon_years: int
    price_level_year: int
    input_hash: str


def compute(connection: Any, request: ValuationRequest, progress: Progress = lambda _: None) -> Valuation:
    """Return the valuation of a municipality without storing it.

    Raises:
        ParameterMissing, InvalidData, EngineError: as for `value_municipality`.
    """
    progress("load")
    day = datetime.date(request.valuation_year, 12, 31)
    snapshot = load_snapshot(connection, request.municipality_code, day)
    table = _parameter_table(connection, request, day)
    rules = load_measure_rules(connection, request.municipality_code, day)
    progress("compute")
    kinds, number = asset_kinds(snapshot)
    recorded = recorded_cost_factors(snapshot, table, kinds, number)
    sets = resolve_sets(table, kinds, request.method, rules)
    for each, factors in zip(sets, recorded.by_kind, strict=True):
        each.resolved["price_factors"] = factors
    inputs, components = _engine_inputs(snapshot)
    parameters = asset_parameters(sets, number, recorded.factor)
    valuations = _value(inputs, components, parameters, kinds, request.valuation_year)
    scenario = _scenario(load_scenarios(connection, request.municipality_code), request.scenario)
    horizon = _horizon(table, request)
    table.find("clearing_years")  # read here, so that the run keeps what its reports divide by
    span = (request.valuation_year, request.valuation_year + horizon)
    needs = load_need_inputs(connection, request.municipality_code, scenario, request.area_scenario, span)
    sizing = size_services(needs, table, inputs.asset_id, request.valuation_year, horizon, request.need_method)
    users = load_users(connection, request.municipality_code, sizing)
    _check_prices(table)
    mode = RetentionMode.PROPORTIONAL if request.is_proportional else RetentionMode.WHOLE_ASSET
    split = split_by_need(inputs, valuations, sizing.capacities, sizing.sizing_needs, horizon, mode)
    settings = _settings_hashed(request, scenario, horizon, mode)
    area_code, area = _service_area_of_assets(sizing, len(inputs.asset_id))
    guesses = weigh_guesses(inputs, parameters, valuations, sets, number, table, request.valuation_year)
    return Valuation(
        snapshot=snapshot,
        table=table,
        sets=sets,
        set_number=number,
        valuations=valuations,
        split=split,
        needs=needs,
        sizing=sizing,
        users=users,
        guesses=guesses,
        groups=group_valuation(snapshot, valuations, split, area_code, area, guesses),
        scenario=scenario,
        horizon_years=horizon,
        price_level_year=0 if table.prices is None else table.prices.year,
        input_hash=valuation_hash(snapshot, table, sets, needs, users, span, settings),
    )


def _parameter_table(connection: Any, request: ValuationRequest, day: datetime.date) -> ParameterTable:
    """Return the values valid on a day, money at the price level asked for or else the parameter's."""
    table = ParameterTable(load_parameter_values(connection, request.municipality_code, day))
    year = request.price_level_year if request.price_level_year is not None else table.find("price_level_year")
    if year is None:
        raise ParameterMissing(faults=[Fault("/parameters/price_level_year", "no value is valid")])
    table.prices = PriceLevels(int(year), load_cost_indices(connection))
    return table


def _value(
    inputs: AssetInputs, components: ComponentInputs, parameters: AssetParameters, kinds: list[Kind], year: int
) -> AssetValuations:
    """Return the figures; raises `ParameterMissing` that names the kinds of assets without a measure that they owe."""
    try:
        return value_assets(inputs, components, parameters, year)
    except MissingMeasureError as error:
        faults = [
            Fault("/measure_rules", f"no measure of {kinds[number]} leads from condition class {start} to its target")
            for number, start in error.wanted
        ]
        raise ParameterMissing(faults=faults) from error


def _engine_inputs(snapshot: Snapshot) -> tuple[AssetInputs, ComponentInputs]:
    assets, components = snapshot.assets, snapshot.components
    names = ("asset_id", "asset_class", "quantity", "recorded_replacement_cost_eur", "built_year", "renewed_year")
    own = {name: assets[name] for name in (*names, "assessed_condition", "assessed_year", "is_protected")}
    row = np.searchsorted(assets["asset_id"], components["asset_id"])
    row = np.minimum(row, max(len(assets["asset_id"]) - 1, 0))
    valued = assets["asset_id"][row] == components["asset_id"] if len(assets["asset_id"]) else np.zeros(len(row), bool)
    of_components = {name: column[valued] for name, column in components.items() if name != "asset_id"}
    return AssetInputs(**own), ComponentInputs(asset_row=row[valued], **of_components)


def _scenario(known: list[str], asked: str | None) -> str | None:
    if asked is None and len(known) <= 1:
        return known[0] if known else None
    if asked in known:
        return asked
    what = "several scenarios are there: name one" if asked is None else f"there is no scenario {asked!r}"
    raise InvalidData(faults=[Fault("/scenario", f"{what} ({', '.join(known) or 'none is there'})")])


def _check_prices(table: ParameterTable) -> None:
    """Check that every price that was read could be brought to the run's level; raises `ParameterMissing`."""
    if table.prices is not None and table.prices.faults:
        raise ParameterMissing(faults=table.prices.faults)


def _horizon(table: ParameterTable, request: ValuationRequest) -> int:
    horizon = request.horizon_years if request.horizon_years is not None else table.find("planning_horizon_years")
    if horizon is None:
        raise ParameterMissing(faults=[Fault("/parameters/planning_horizon_years", "no value is valid")])
    return int(horizon)


def _service_area_of_assets(sizing: Sizing, count: int) -> tuple[list[str | None], NDArray[np.int64]]:
    """Return the area codes and, per asset, the number of the first service area that it serves (last: none)."""
    none = len(sizing.areas)
    area = np.full(count, none, np.int64)
    area[sizing.capacities.asset_row[::-1]] = sizing.capacities.area[::-1]
    return [*sizing.areas, None], area


def _settings_hashed(
    request: ValuationRequest, scenario: str | None, horizon: int, mode: RetentionMode
) -> tuple[Any, ...]:
    method = (request.method, request.need_method)
    return (request.valuation_year, request.price_level_year, *method, scenario, request.area_scenario, horizon, mode)
