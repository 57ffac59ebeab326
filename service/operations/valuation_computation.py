"""A valuation in memory: the register and the parameters as of its date, and every figure that follows from them."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.engine.components import ComponentInputs
from service.engine.need_split import NeedSplit, split_by_need
from service.engine.retention import RetentionMode
from service.engine.valuation import AssetInputs, AssetValuations, value_assets
from service.errors import Fault, InvalidData, ParameterMissing
from service.operations.need_inputs import NeedInputs, load_need_inputs
from service.operations.parameter_sets import ParameterSet, ParameterTable, asset_parameters, resolve_sets
from service.operations.sizing import Sizing, size_services
from service.operations.valuation_groups import ValuationGroups, group_valuation
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
    groups: ValuationGroups
    scenario: str | None
    horizon_years: int
    input_hash: str


def compute(connection: Any, request: ValuationRequest, progress: Progress = lambda _: None) -> Valuation:
    """Return the valuation of a municipality without storing it.

    Raises:
        ParameterMissing, InvalidData, EngineError: as for `value_municipality`.
    """
    progress("load")
    day = datetime.date(request.valuation_year, 12, 31)
    snapshot = load_snapshot(connection, request.municipality_code, day)
    table = ParameterTable(load_parameter_values(connection, request.municipality_code, day))
    progress("compute")
    sets, number = _sets(snapshot, table, request.method)
    inputs, components = _engine_inputs(snapshot)
    valuations = value_assets(inputs, components, asset_parameters(sets, number), request.valuation_year)
    scenario = _scenario(load_scenarios(connection, request.municipality_code), request.scenario)
    horizon = _horizon(table, request)
    table.find("clearing_years")  # read here, so that the run keeps what its reports divide by
    span = (request.valuation_year, request.valuation_year + horizon)
    needs = load_need_inputs(connection, request.municipality_code, scenario, request.area_scenario, span)
    sizing = size_services(needs, table, inputs.asset_id, request.valuation_year, horizon, request.need_method)
    mode = RetentionMode.PROPORTIONAL if request.is_proportional else RetentionMode.WHOLE_ASSET
    split = split_by_need(inputs, valuations, sizing.capacities, sizing.sizing_needs, horizon, mode)
    area_code, area = _service_area_of_assets(sizing, len(inputs.asset_id))
    return Valuation(
        snapshot=snapshot,
        table=table,
        sets=sets,
        set_number=number,
        valuations=valuations,
        split=split,
        needs=needs,
        sizing=sizing,
        groups=group_valuation(snapshot, valuations, split, area_code, area),
        scenario=scenario,
        horizon_years=horizon,
        input_hash=_input_hash(snapshot, table, needs, _settings_hashed(request, scenario, horizon, mode)),
    )


def _sets(
    snapshot: Snapshot, table: ParameterTable, method: str | None
) -> tuple[list[ParameterSet], NDArray[np.int64]]:
    """Return the parameter sets and the number of each asset's set."""
    assets = snapshot.assets
    kinds, number = _kinds(assets)
    needs_cost = np.zeros(kinds.shape[1], bool)
    needs_cost[number[np.isnan(assets["recorded_replacement_cost_eur"]) & ~np.isnan(assets["quantity"])]] = True
    texts = snapshot.text_codes["material"]
    asked = [(int(kinds[0, row]), texts[int(kinds[1, row])], bool(needs_cost[row])) for row in range(kinds.shape[1])]
    return resolve_sets(table, asked, method), number


def _kinds(assets: dict[str, NDArray[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the (class, material) pairs as columns, and each asset's pair; faster than `np.unique` by axis."""
    materials, material = np.unique(assets["material"], return_inverse=True)
    pairs, number = np.unique(assets["asset_class"].astype(np.int64) * len(materials) + material, return_inverse=True)
    return np.stack([pairs // max(len(materials), 1), materials[pairs % max(len(materials), 1)]]), number


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
    return (request.valuation_year, *method, scenario, request.area_scenario, horizon, mode)


def _input_hash(snapshot: Snapshot, table: ParameterTable, needs: NeedInputs, settings: tuple[Any, ...]) -> str:
    """Return a hash of all that went into the figures: the same input gives the same hash on any day."""
    digest = hashlib.sha256(repr(settings).encode())
    for columns in (snapshot.assets, snapshot.components):
        for name in sorted(columns):
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(columns[name]).data)
    for number in sorted(table.read):
        row = table.read[number]
        digest.update(repr((row["name"], row["value"], row["code"], row["key"])).encode())
    for content in needs.content():
        digest.update(repr(content).encode())
    return digest.hexdigest()
