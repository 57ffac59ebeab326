"""A valuation's service needs as the rows that are stored: ranks, balances of the areas, sums of nested ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from service.engine.group import group_rows, sum_by_group
from service.engine.need import NEED_DECIMALS, deficit, first_year_above_zero, surplus, utilisation
from service.engine.nesting import has_inner, within
from service.operations.function_needs import function_need_rows, replacement_rows
from service.operations.network_users import network_use_rows
from service.operations.sizing import Sizing
from service.operations.valuation_computation import Valuation
from service.queries.need_results import (
    store_balance_sums,
    store_broadband_reach,
    store_function_needs,
    store_network_use,
    store_planned_replacements,
)
from service.queries.results import cents_as_euros, store_balances, store_ranks

BALANCE_FIGURES = ("capacity", "surplus", "deficit")
_USERS = ("sizing_need", "capacity", "surplus", "deficit")
_MONEY = ("needed_backlog_eur", "avoidable_backlog_eur", "capacity_investment_eur")
Row = dict[str, Any]


def store_need_results(session: Session, municipality_code: str, run_id: int, valuation: Valuation) -> None:
    """Write the ranks and balances of a run within the session's transaction."""
    key = {"municipality_code": municipality_code, "run_id": run_id}
    store_ranks(session, _rank_rows(municipality_code, run_id, valuation))
    balances, years = _balance_rows(municipality_code, run_id, valuation)
    store_balances(session, balances, years)
    store_balance_sums(session, [key | row for row in balance_sums(valuation.sizing, balances)])
    store_function_needs(session, [key | row for row in function_need_rows(valuation)])
    store_planned_replacements(session, [key | row for row in replacement_rows(valuation)])
    store_network_use(session, [key | row for row in network_use_rows(valuation)])
    store_broadband_reach(session, [key | row for row in valuation.users.reach])


def balance_sums(sizing: Sizing, balances: list[Row]) -> list[Row]:
    """Return the sums of each area that others lie in, over its own balance and theirs: never netted."""
    of_area = {(row["service_code"], row["area_code"]): row for row in balances}
    inner, outer = within(sizing.parent)
    sums = []
    for area in has_inner(sizing.parent).tolist():
        own = [
            of_area[sizing.of_area[each]] for each in inner[outer == area].tolist() if sizing.of_area[each] in of_area
        ]
        service_code, area_code = sizing.of_area[area]
        sums.append({"service_code": service_code, "area_code": area_code, **_sum(own)})
    return sums


def _sum(rows: list[Row]) -> Row:
    money = {name: sum((Decimal(row[name] or 0) for row in rows), Decimal(0)) for name in _MONEY}
    users = {name: round(sum(row[name] for row in rows), 6) for name in _USERS}
    unpriced = sum(row["capacity_investment_eur"] is None for row in rows)
    return {"area_count": len(rows), **users, **money, "unpriced_count": unpriced}


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
        "need_basis": sizing.need_basis[area],
        "peak_utilisation": _or_none(sizing.peak_utilisation[area]),
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
