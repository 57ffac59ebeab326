"""What the methods beyond value and two thresholds read, from resolved parameters and rules of the measure table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import RowMapping

from service.engine.curves import CurveError
from service.engine.grades import GradeChain
from service.engine.method_parameters import GRADES, LADDER, Ambition, MethodSet
from service.errors import Fault

UNKNOWN = float("nan")
AMBITIONS = {level.name.lower(): level for level in Ambition}
BY_MEASURES = ("condition_class", "step", "ambition")
_COSTS = ("unit_cost_eur", "cost_share")
_RULE = (
    "measure_rule_id",
    "measure_code",
    "condition_class_from",
    "condition_class_to",
    *_COSTS,
    "price_level_year",
    "source_id",
    "is_demo",
)


def method_set(resolved: Mapping[str, Any]) -> MethodSet:
    """Return the engine's parameters of one set; raises `CurveError` for grades that are no chain."""
    ambition = resolved.get("ambition_level")
    return MethodSet(
        optimum_class=_number(resolved.get("optimum_condition_class")),
        limit_condition=_number(resolved.get("limit_condition")),
        ambition=int(AMBITIONS[ambition]) if ambition in AMBITIONS else 0,
        is_collector=resolved.get("is_collector_or_street") == 1.0,
        balance_remaining_life=_number(resolved.get("balance_remaining_life")),
        service_life_years=_number(resolved.get("service_life_years")),
        discount_rate=_number(resolved.get("discount_rate")),
        outlook_years=_number(resolved.get("outlook_years")),
        grades=grade_chain(resolved),
        rules=tuple(_engine_rule(rule) for rule in resolved.get("measures") or ()),
    )


def grade_chain(resolved: Mapping[str, Any]) -> GradeChain | None:
    """Return the chain of grades, None where it is not given.

    Raises:
        CurveError: The grades do not make a chain, or a text is not like `A:0.05, B:0.1`.
    """
    texts = [resolved.get(name) for name in GRADES]
    if any(text is None for text in texts):
        return None
    rates, conditions, costs = (graded_numbers(str(text)) for text in texts)
    if list(conditions) != list(costs) or list(rates) != list(conditions)[:-1]:
        raise CurveError(f"Grades are named in one order, rates for all but the last: {', '.join(map(str, texts))}.")
    return GradeChain(tuple(rates.values()), tuple(conditions.values()), tuple(costs.values()))


def graded_numbers(text: str) -> dict[str, float]:
    """Return numbers by grade, in their order.

    Raises:
        CurveError: The text is not like the example.

    >>> graded_numbers("A:0.05, B:0.1")
    {'A': 0.05, 'B': 0.1}
    """
    try:
        pairs = [part.split(":") for part in text.split(",")]
        return {grade.strip(): float(number) for grade, number in pairs}
    except ValueError as error:
        raise CurveError(f"{text!r} is not like 'A:0.05, B:0.1'.") from error


def kept_rules(rules: Sequence[RowMapping], unit_cost_factor: Mapping[int | None, float]) -> list[dict[str, Any]]:
    """Return the rules as a run keeps them, unit costs multiplied by the factor of their price level's year."""
    kept = [{name: rule[name] for name in _RULE} for rule in rules]
    for rule in kept:
        if rule["unit_cost_eur"] is not None:
            rule["unit_cost_eur"] *= unit_cost_factor[rule["price_level_year"]]
    return kept


def method_faults(resolved: Mapping[str, Any], kind: str) -> list[Fault]:
    """Return what is wrong with the parameters of a set's method and curve, naming the set."""
    faults = []
    optimum, ambition = resolved.get("optimum_condition_class"), resolved.get("ambition_level")
    if optimum is not None and optimum not in (1, 2, 3, 4, 5):
        detail = f"{optimum:g} of {kind} is none of the condition classes 1 … 5"
        faults.append(Fault("/parameters/optimum_condition_class", detail))
    if ambition is not None and ambition not in AMBITIONS:
        detail = f"{ambition!r} of {kind} is none of {', '.join(AMBITIONS)}"
        faults.append(Fault("/parameters/ambition_level", detail))
    basic, improvement, improved = (_number(resolved.get(name)) for name in LADDER)
    if improvement > basic or basic > improved:
        detail = f"the steps of {kind} do not ascend: {improvement:g}, {basic:g}, {improved:g}"
        faults.append(Fault("/parameters/improvement_threshold", detail))
    try:
        grade_chain(resolved)
    except CurveError as error:
        faults.append(Fault("/parameters/grade_rates", f"{kind}: {error}"))
    if resolved.get("backlog_method") in BY_MEASURES and not resolved.get("measures"):
        faults.append(Fault("/measure_rules", f"no measure of {kind} is valid on the valuation date"))
    return faults


def _engine_rule(rule: Mapping[str, Any]) -> tuple[int, int, float, float]:
    unit_cost, share = (_number(rule[name]) for name in _COSTS)
    return rule["condition_class_from"], rule["condition_class_to"], unit_cost, share


def _number(value: float | None) -> float:
    return UNKNOWN if value is None else float(value)
