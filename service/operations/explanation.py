"""Why an asset has the figures that it has: its inputs, parameters with their sources, and every step, from a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Connection, RowMapping

from models.registry import ASSET_CLASS_BY_NUMBER
from service.catalogues import text
from service.database import Database
from service.engine.asset_inputs import AssetInputs, AssetParameters
from service.engine.components import ComponentInputs
from service.engine.condition import ConditionBasis
from service.engine.explain import explain_valuation
from service.engine.explanation import Quantity, Step
from service.engine.method_parameters import NEEDED_BY_METHOD
from service.engine.value import ReplacementCostBasis
from service.errors import NotFound
from service.operations.parameter_sets import ParameterSet, asset_parameters
from service.queries.asset_valuations import (
    load_asset_components,
    load_asset_valuation,
    load_ranks,
)
from service.queries.report_rows import load_run_parameters
from service.reports.reported_run import reported_run

_FIGURES = (
    "condition_index",
    "replacement_cost_eur",
    "technical_value_eur",
    "repair_backlog_eur",
    "needed_backlog_eur",
    "avoidable_backlog_eur",
    "not_assessed_backlog_eur",
    "repair_liability_eur",
    "annual_wear_eur",
    "retained_share",
)
_INPUTS = (
    "quantity",
    "recorded_replacement_cost_eur",
    "built_year",
    "renewed_year",
    "assessed_condition",
    "assessed_year",
)


def explain_asset(
    connection: Connection, municipality_code: str, asset_id: int, run_id: int | None = None
) -> dict[str, Any]:
    """Return an asset's valuation in a run (the newest by default) with inputs, parameters and steps.

    `components_unchanged` is false where the components recorded today no longer give the run's condition.

    Raises:
        NotFound: the asset was not valued in the run, or there is no finished run.
    """
    _, run = reported_run(connection, municipality_code, run_id)
    row = load_asset_valuation(connection, municipality_code, run["run_id"], asset_id)
    if row is None:
        raise NotFound(f"Asset {municipality_code}-{asset_id} was not valued in run {run['run_id']}.")
    components = load_asset_components(connection, municipality_code, asset_id, run["valuation_year"])
    steps = explain_valuation(
        _asset_inputs(row),
        _component_inputs(components),
        _engine_parameters(row),
        run["valuation_year"],
    )
    steps += _need_steps(row, load_ranks(connection, municipality_code, run["run_id"], asset_id), run["settings"])
    return {
        "asset_id": f"{municipality_code}-{asset_id}",
        "asset_class": ASSET_CLASS_BY_NUMBER[row["asset_class"]].code,
        "run": run,
        "figures": {name: row[name] for name in _FIGURES}
        | {
            "condition_basis": ConditionBasis(row["condition_basis"]).name.lower(),
            "replacement_cost_basis": ReplacementCostBasis(row["replacement_cost_basis"]).name.lower(),
        },
        "inputs": {name: row[name] for name in (*_INPUTS, "price_level_year")},
        "components": [{name: row[name] for name in ("component_code", "cost_share")} for row in components],
        "components_unchanged": _explains(steps, row),
        "method": row["resolved"]["backlog_method"],
        "target": _target(row["resolved"]),
        "price_level_year": run["settings"].get("price_level_year"),
        "measures": row["resolved"].get("measures", []),
        "parameters": _parameters(load_run_parameters(connection, municipality_code, run["run_id"]), row),
        "steps": [asdict(step) for step in steps],
    }


def explained_asset(
    database: Database, municipality_code: str, asset_id: int, run_id: int | None, language: str
) -> dict[str, Any]:
    """Return `explain_asset` from a snapshot of its own, each step told in a language; raises `NotFound`."""
    with database.reading() as connection:
        document = explain_asset(connection, municipality_code, asset_id, run_id)
    steps = [step | {"text": text(language, f"formula.{step['formula']}")} for step in document["steps"]]
    return document | {"steps": steps}


def _engine_parameters(row: RowMapping) -> AssetParameters:
    resolved = row["resolved"]
    factor = resolved.get("price_factors", {}).get(str(row["price_level_year"]))
    of_cost = None if factor is None or row["recorded_replacement_cost_eur"] is None else np.array([factor])
    return asset_parameters(
        [ParameterSet(row["asset_class"], row["material"], resolved)], np.zeros(1, np.int64), of_cost
    )


def _target(resolved: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of the set's method by name: what the backlog is measured against."""
    return {name: resolved.get(name) for name in NEEDED_BY_METHOD[resolved["backlog_method"]]}


def _array(row: RowMapping, name: str) -> NDArray[np.float64]:
    return np.array([np.nan if row[name] is None else float(row[name])])


def _asset_inputs(row: RowMapping) -> AssetInputs:
    return AssetInputs(
        asset_id=np.array([row["asset_id"]], np.int64),
        asset_class=np.array([row["asset_class"]], np.int64),
        is_protected=np.zeros(1, bool),  # matters for the rank only, which the run has stored
        **{name: _array(row, name) for name in _INPUTS},
    )


def _component_inputs(components: list[RowMapping]) -> ComponentInputs:
    def column(name: str) -> NDArray[np.float64]:
        return np.array([np.nan if row[name] is None else float(row[name]) for row in components], np.float64)

    return ComponentInputs(
        asset_row=np.zeros(len(components), np.int64),
        cost_share=column("cost_share"),
        built_year=column("built_year"),
        renewed_year=column("renewed_year"),
        service_life_years=column("service_life_years"),
        assessed_condition=column("condition_index"),
        assessed_year=column("assessed_year"),
    )


def _need_steps(row: RowMapping, ranks: list[RowMapping], settings: Mapping[str, Any]) -> list[Step]:
    """Return the steps to the retained share and the split, as the run stored them."""
    if row["repair_backlog_eur"] is None:
        return []
    ranked = [rank for rank in ranks if rank["rank"]]
    steps = [step for rank in ranked for step in (_place_step(row, rank, settings), _share_step(rank, settings))]
    shares = tuple(Quantity("retained_share", rank["retained_share"], "share") for rank in ranked)
    share = Quantity("retained_share", row["retained_share"], "share")
    backlog, needed = _money(row, "repair_backlog"), _money(row, "needed_backlog")
    return [
        *steps,
        Step("retained_share_highest" if ranked else "retained_share_not_assessed", shares, share),
        Step("needed_backlog", (backlog, share), needed),
        Step("avoidable_backlog", (backlog, needed), _money(row, "avoidable_backlog")),
    ]


def _money(row: RowMapping, name: str) -> Quantity:
    return Quantity(name, float(row[f"{name}_eur"]), "eur")


def _place_step(row: RowMapping, rank: RowMapping, settings: Mapping[str, Any]) -> Step:
    inputs = (
        Quantity("service", rank["service_code"], "code"),
        _money(row, "repair_backlog"),
        _money(row, "annual_wear"),
        Quantity("running_cost", rank["running_cost_eur"], "eur"),
        Quantity("horizon_years", settings["horizon_years"], "years"),
        Quantity("capacity", rank["capacity"], "capacity"),
    )
    return Step("cost_per_place", inputs, Quantity("cost_per_place", rank["cost_per_place_eur"], "eur_per_place"))


def _share_step(rank: RowMapping, settings: Mapping[str, Any]) -> Step:
    inputs = (
        Quantity("service", rank["service_code"], "code"),
        Quantity("area", rank["area_code"], "code"),
        Quantity("is_protected", float(rank["is_protected"]), "code"),
        Quantity("rank", rank["rank"], "count"),
        Quantity("capacity_before", rank["capacity_before"], "capacity"),
        Quantity("capacity", rank["capacity"], "capacity"),
        Quantity("sizing_need", rank["sizing_need"], "capacity"),
    )
    return Step(
        f"retained_share_{settings['retention']}", inputs, Quantity("retained_share", rank["retained_share"], "share")
    )


def _explains(steps: list[Step], row: RowMapping) -> bool:
    """Return whether the last step about the condition gives the condition that the run stored."""
    found = [step.result.value for step in steps if step.result.name == "condition_index" and step.component is None]
    return bool(found) and found[-1] is not None and abs(found[-1] - row["condition_index"]) < 1e-9


def _parameters(parameters: list[RowMapping], row: RowMapping) -> list[dict[str, Any]]:
    """Return the parameter values that the asset's figures used, with their sources."""
    names = ("name", "value", "code", "unit", "asset_class_code", "material", "source_id", "source_title", "is_demo")
    used = set(row["value_ids"].values())
    return [{name: each[name] for name in names} for each in parameters if each["parameter_value_id"] in used]
