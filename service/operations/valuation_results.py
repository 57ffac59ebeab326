"""A valuation's figures as the rows that are stored."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from service.engine.group import group_rows, sum_by_group
from service.engine.money import cents_where_known
from service.engine.need import NEED_DECIMALS, deficit, first_year_above_zero, surplus, utilisation
from service.operations.valuation_computation import Valuation
from service.queries.binary_copy import Column
from service.queries.results import (
    cents_as_euros,
    store_asset_valuations,
    store_balances,
    store_ranks,
    store_run_parameters,
    store_valuation_groups,
)

BALANCE_FIGURES = ("capacity", "surplus", "deficit")


def store_results(session: Session, municipality_code: str, run_id: int, valuation: Valuation) -> None:
    """Write all results of a run within the session's transaction."""
    store_asset_valuations(session, municipality_code, run_id, asset_columns(valuation))
    groups = valuation.groups
    columns: dict[str, Any] = {**groups.keys, **{name: each.tolist() for name, each in groups.counts.items()}}
    columns |= {"quantity": groups.quantity.tolist()}
    columns |= {name: cents_as_euros(each) for name, each in groups.cents.items()}
    store_valuation_groups(session, municipality_code, run_id, list(columns), zip(*columns.values(), strict=True))
    store_run_parameters(session, *_parameter_rows(municipality_code, run_id, valuation))
    store_ranks(session, _rank_rows(municipality_code, run_id, valuation))
    store_balances(session, *_balance_rows(municipality_code, run_id, valuation))


def asset_columns(valuation: Valuation) -> list[Column]:
    """Return the columns of the assets' inputs and figures."""
    return [*_input_columns(valuation), *_figure_columns(valuation)]


def _input_columns(valuation: Valuation) -> list[Column]:
    assets = valuation.snapshot.assets
    recorded, is_recorded = cents_where_known(assets["recorded_replacement_cost_eur"])
    return [
        Column("asset_id", "int8", assets["asset_id"]),
        Column("asset_class", "int2", assets["asset_class"]),
        Column("parameter_set", "int2", valuation.set_number),
        _known("quantity", "float8", assets["quantity"]),
        Column("recorded_replacement_cost_eur", "money", recorded, is_recorded),
        _known("built_year", "int2", assets["built_year"]),
        _known("renewed_year", "int2", assets["renewed_year"]),
        _known("assessed_condition", "float8", assets["assessed_condition"]),
        _known("assessed_year", "float8", assets["assessed_year"]),
    ]


def _figure_columns(valuation: Valuation) -> list[Column]:
    figures, split = valuation.valuations, valuation.split
    money = {
        "replacement_cost_eur": figures.replacement_cost,
        "technical_value_eur": figures.technical_value,
        "repair_backlog_eur": figures.repair_backlog,
        "basic_repair_eur": figures.basic_repair,
        "improvement_eur": figures.improvement,
        "repair_liability_eur": figures.repair_liability,
        "annual_wear_eur": figures.annual_wear,
        "needed_backlog_eur": split.needed,
        "avoidable_backlog_eur": split.avoidable,
        "not_assessed_backlog_eur": split.not_assessed,
    }
    return [
        Column("condition_index", "float8", figures.condition_index),
        Column("condition_basis", "int2", figures.condition_basis),
        Column("replacement_cost_basis", "int2", figures.replacement_cost_basis),
        *(Column(name, "money", cents, figures.valued) for name, cents in money.items()),
        _known("retained_share", "float8", split.retained_share),
    ]


def _known(name: str, kind: str, values: NDArray[np.float64]) -> Column:
    known = ~np.isnan(values)
    return Column(name, kind, np.where(known, values, 0), known)


def _parameter_rows(
    municipality_code: str, run_id: int, valuation: Valuation
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    key = {"municipality_code": municipality_code, "run_id": run_id}
    names = (
        "parameter_value_id",
        "name",
        "asset_class",
        "material",
        "key",
        "value",
        "code",
        "unit",
        "source_id",
        "is_demo",
    )
    read = valuation.table.read
    rows = [key | {name: read[number][name] for name in names} for number in sorted(read)]
    sets = [
        key
        | {
            "parameter_set": number,
            "asset_class": each.asset_class,
            "material": each.material,
            "resolved": each.resolved,
            "value_ids": each.value_ids,
        }
        for number, each in enumerate(valuation.sets)
    ]
    return rows, sets


def _rank_rows(municipality_code: str, run_id: int, valuation: Valuation) -> list[dict[str, Any]]:
    capacities, split, sizing = valuation.sizing.capacities, valuation.split, valuation.sizing
    assets = valuation.snapshot.assets
    return [
        {
            "municipality_code": municipality_code,
            "run_id": run_id,
            "asset_id": int(assets["asset_id"][asset]),
            "service_code": sizing.services[capacities.service[row]],
            "area_code": sizing.areas[capacities.area[row]],
            "capacity": float(capacities.capacity[row]),
            "running_cost_eur": _or_none(capacities.running_cost_eur[row]),
            "is_protected": bool(assets["is_protected"][asset]),
            "cost_per_place_eur": _or_none(split.cost_per_place_eur[row]),
            "rank": int(split.retention.rank[row]),
            "capacity_before": _or_none(split.retention.capacity_before[row]),
            "retained_share": _or_none(split.retention.retained_share[row]),
        }
        for row, asset in enumerate(capacities.asset_row.tolist())
    ]


def _balance_rows(
    municipality_code: str, run_id: int, valuation: Valuation
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the balance per service area whose need is known, and its years."""
    key = {"municipality_code": municipality_code, "run_id": run_id}
    backlog = _backlog_by_area(valuation)
    balances, years = [], []
    for area in _areas_with_need(valuation):
        balances.append(key | _balance(valuation, area, backlog))
        years += [key | row for row in _years(valuation, area)]
    return balances, years


def _areas_with_need(valuation: Valuation) -> list[int]:
    need = valuation.sizing.sizing_needs.sizing_need
    return [number for number in range(len(valuation.sizing.of_area)) if not np.isnan(need[number])]


def _balance(valuation: Valuation, area: int, backlog: dict[tuple[str, str], tuple[str, str]]) -> dict[str, Any]:
    sizing, balances = valuation.sizing, valuation.split.balances
    service_code, area_code = sizing.of_area[area]
    at = (sizing.services.index(service_code), sizing.areas.index(area_code))
    row = int(np.flatnonzero((balances.service == at[0]) & (balances.area == at[1]))[0])
    needed, avoidable = backlog.get((service_code, area_code), ("0.00", "0.00"))
    need, capacity = sizing.need[:, area], sizing.capacity[:, area]
    [investment] = cents_as_euros(balances.capacity_investment[row : row + 1])
    return {
        "service_code": service_code,
        "area_code": area_code,
        "sizing_need": float(balances.need[row]),
        **{name: _exact(getattr(balances, name)[row]) for name in BALANCE_FIGURES},
        "utilisation": _or_none(balances.utilisation[row]),
        "first_surplus_year": _or_none(first_year_above_zero(sizing.years, surplus(need, capacity)), int),
        "first_deficit_year": _or_none(first_year_above_zero(sizing.years, deficit(need, capacity)), int),
        "capacity_investment_eur": investment if balances.investment_known[row] else None,
        "needed_backlog_eur": needed,
        "avoidable_backlog_eur": avoidable,
    }


def _years(valuation: Valuation, area: int) -> list[dict[str, Any]]:
    sizing = valuation.sizing
    service_code, area_code = sizing.of_area[area]
    need, capacity = sizing.need[:, area], sizing.capacity[:, area]
    figures = zip(
        sizing.years.tolist(),
        need.tolist(),
        capacity.tolist(),
        utilisation(need, capacity).tolist(),
        surplus(need, capacity).tolist(),
        deficit(need, capacity).tolist(),
        strict=True,
    )
    names = ("year", "service_need", "capacity", "utilisation", "surplus", "deficit")
    key = {"service_code": service_code, "area_code": area_code}
    return [
        key | dict(zip(names, (year, need_, capacity_, _or_none(used), _exact(over), _exact(under)), strict=True))
        for year, need_, capacity_, used, over, under in figures
        if not np.isnan(need_)
    ]


def _backlog_by_area(valuation: Valuation) -> dict[tuple[str, str], tuple[str, str]]:
    """Return needed and avoidable backlog of the assets that serve each area; one that serves two stands in both."""
    sizing, capacities = valuation.sizing, valuation.sizing.capacities
    groups = group_rows([capacities.service, capacities.area])
    needed, avoidable = (
        cents_as_euros(sum_by_group(groups, amounts[capacities.asset_row]))
        for amounts in (valuation.split.needed, valuation.split.avoidable)
    )
    return {
        (sizing.services[service], sizing.areas[area]): (needed[row], avoidable[row])
        for row, (service, area) in enumerate(zip(*groups.keys, strict=True))
    }


def _exact(users: float) -> float:
    """Return users to a millionth, as needs are compared: 43.395, not 43.39499999999998."""
    return round(float(users), NEED_DECIMALS)


def _or_none(value: Any, kind: type[Any] = float) -> Any:
    return None if np.isnan(value) or np.isinf(value) else kind(value)
