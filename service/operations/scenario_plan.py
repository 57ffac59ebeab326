"""From what a scenario is asked for with to budgets in cents, prices and measure rules."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Connection, RowMapping

from models.registry import ASSET_CLASS_BY_NUMBER, ASSET_CLASSES
from service.engine.scenario_inputs import BudgetPool
from service.errors import Fault, InvalidData, NotFound, ParameterMissing
from service.operations.scenario_checks import base_run, forecast_faults, measure_faults, raise_faults, setting_faults
from service.operations.scenario_requests import GivenBudget, ScenarioRequest
from service.queries.measure_rules import load_measure_rules
from service.queries.scenario_inputs import load_budgets, load_valued_classes


@dataclass(frozen=True)
class Plan:
    """A request that has passed all checks, with what it stands for.

    Attributes:
        base: The valuation's run.
        rules: Measure rules valid at the end of the valuation's year.
        pools: Budgets by year in cents.
        price_factor: Prices of each year over the valuation's.
        settings: What the run's document says about it.
    """

    base: RowMapping
    rules: list[RowMapping]
    pools: list[BudgetPool]
    price_factor: NDArray[np.float64]
    settings: dict[str, Any] = field(default_factory=dict)


def plan_scenario(connection: Connection, request: ScenarioRequest) -> Plan:
    """Return what a request stands for.

    Raises:
        NotFound: There is no such municipality.
        InvalidData: Names every fault of the request.
        ParameterMissing: The request is right, but classes with money have no measures.
    """
    base, faults = base_run(connection, request.municipality_code, request.base_run_id)
    faults += setting_faults(request)
    if base is not None:
        faults += forecast_faults(connection, base, request.years)
    classes = load_valued_classes(connection, base["municipality_code"], base["run_id"]) if base is not None else []
    amounts, from_register = _amounts(connection, request, base, faults)
    raise_faults(InvalidData, faults)
    if base is None:
        raise NotFound
    rules = load_measure_rules(connection, request.municipality_code, datetime.date(base["valuation_year"], 12, 31))
    pools = [BudgetPool(tuple(numbers), _cents(amount, request)) for numbers, amount in amounts]
    funded = {number for pool in pools if pool.amounts.any() for number in pool.classes}
    raise_faults(ParameterMissing, measure_faults(rules, sorted(funded & set(classes))))
    factor = price_factor(request.price_change, request.years)
    settings = _settings(request, base, pools, factor) | {"budgets_from_register": from_register}
    return Plan(base, rules, pools, factor, settings)


def price_factor(change: Sequence[float], years: int) -> NDArray[np.float64]:
    """Return the prices of each year over those of the valuation.

    >>> price_factor((0.1,), 2).round(4)
    array([1.1 , 1.21])
    """
    return np.cumprod(1.0 + np.broadcast_to(np.array(change), years)).astype(np.float64)


Amounts = list[tuple[list[int], list[decimal.Decimal]]]


def _amounts(
    connection: Connection, request: ScenarioRequest, base: RowMapping | None, faults: list[Fault]
) -> tuple[Amounts, bool]:
    """Return the euros of each budget and year, and whether they are the register's; adds what is wrong to faults."""
    if request.budgets is not None:
        return ([] if faults else [_given(budget, request.years) for budget in request.budgets]), False
    rows = load_budgets(connection, request.municipality_code)
    if not rows:
        faults.append(Fault("/budgets", "the register has no budgets of the municipality: give them"))
    if faults or base is None:
        return [], True
    by_class: dict[int, dict[int, decimal.Decimal]] = {}
    for row in rows:
        by_class.setdefault(row["asset_class"], {})[row["year"]] = row["amount_eur"]
    first = base["valuation_year"] + 1
    return [([number], _by_year(known, first, request.years)) for number, known in by_class.items()], True


def _given(budget: GivenBudget, years: int) -> tuple[list[int], list[decimal.Decimal]]:
    codes = list(ASSET_CLASSES) if budget.asset_classes is None else budget.asset_classes
    amounts = list(budget.amounts_eur)
    return [ASSET_CLASSES[code].number for code in codes], amounts * years if len(amounts) == 1 else amounts


def _by_year(known: Mapping[int, decimal.Decimal], first: int, years: int) -> list[decimal.Decimal]:
    """Return a class's money by year: that of the year, else of the last year before it that has any.

    >>> _by_year({2027: decimal.Decimal(5), 2029: decimal.Decimal(7)}, 2026, 5)
    [Decimal('0'), Decimal('5'), Decimal('5'), Decimal('7'), Decimal('7')]
    """
    amounts = []
    for year in range(first, first + years):
        before = [each for each in known if each <= year]
        amounts.append(known[max(before)] if before else decimal.Decimal(0))
    return amounts


def _cents(amounts: Sequence[decimal.Decimal], request: ScenarioRequest) -> NDArray[np.int64]:
    factor = decimal.Decimal(repr(request.budget_factor))
    return np.array([int((amount * factor * 100).to_integral_value()) for amount in amounts], np.int64)


def _settings(
    request: ScenarioRequest, base: RowMapping, pools: Sequence[BudgetPool], factor: NDArray[np.float64]
) -> dict[str, Any]:
    return {
        "base_run_id": base["run_id"],
        "years": request.years,
        "policy": request.policy,
        "mode": "divisible" if request.is_divisible else "whole",
        "budget_factor": request.budget_factor,
        "price_factor": [round(each, 12) for each in factor.tolist()],
        "budgets": [
            {
                "asset_classes": [ASSET_CLASS_BY_NUMBER[number].code for number in pool.classes],
                "amounts_eur": [amount / 100 for amount in pool.amounts.tolist()],
            }
            for pool in pools
        ],
        "scenario": base["settings"].get("scenario"),
    }
