"""The steps behind an asset's condition: what it rests on, its curve, its components."""

from bisect import bisect_right

import numpy as np

from service.engine.components import ComponentInputs, component_conditions, component_curves
from service.engine.condition import Condition, ConditionBasis, Evidence, condition_today, is_planned
from service.engine.curves import CurveKind, Curves, PointTable
from service.engine.deterioration import effective_age
from service.engine.explanation import Quantity, Step, quantity

_CURVE_PARAMETERS: dict[CurveKind, tuple[tuple[str, str], ...]] = {
    CurveKind.LINEAR: (("annual_wear_share", "share"),),
    CurveKind.QUADRATIC: (("service_life_years", "years"), ("wearing_share", "share")),
    CurveKind.WEIBULL: (("scale_years", "years"), ("shape", "factor")),
    CurveKind.PIECEWISE: (),
    CurveKind.MARKOV: (),
}


def explain_condition(
    evidence: Evidence,
    components: ComponentInputs,
    curves: Curves,
    default_condition: float,
    valuation_year: float,
    final: Condition,
) -> list[Step]:
    """Return the steps to one asset's condition; all arrays have length 1 but the components'.

    The components appear only where the asset's condition comes from them.
    """
    default = np.array([default_condition])
    own = condition_today(evidence, curves, default, valuation_year)
    if not len(components.asset_row) or _is_own(own, final):
        return explain_evidence(evidence, curves, own, 0, valuation_year)
    parts = component_conditions(components, evidence, default, valuation_year)
    recorded = _with_asset_built_year(components, evidence)
    by_component = [
        Step(step.formula, step.inputs, step.result, component=row)
        for row in range(len(components.asset_row))
        for step in explain_evidence(recorded, component_curves(components), parts, row, valuation_year)
    ]
    return [*by_component, _mean_step(components, parts, final)]


def explain_evidence(
    evidence: Evidence, curves: Curves, condition: Condition, row: int, valuation_year: float
) -> list[Step]:
    """Return the steps to the condition in one row from its own evidence, without components."""
    result = quantity("condition_index", condition.index[row], "share")
    if is_planned(evidence.built_year[row : row + 1], valuation_year)[0]:
        built = quantity("built_year", evidence.built_year[row], "year")
        return [Step("condition_planned", (built, _valuation(valuation_year)), result)]
    basis = ConditionBasis(int(condition.basis[row]))
    if basis is ConditionBasis.DEFAULT:
        return [Step("condition_default", (quantity("default_condition", condition.index[row], "share"),), result)]
    if basis is ConditionBasis.ASSESSED:
        return _assessed_steps(evidence, curves, row, valuation_year, result)
    return _age_steps(curves, condition, row, valuation_year, result)


def _assessed_steps(
    evidence: Evidence, curves: Curves, row: int, valuation_year: float, result: Quantity
) -> list[Step]:
    assessed = quantity("assessed_condition", evidence.assessed_condition[row], "share")
    year = quantity("assessed_year", evidence.assessed_year[row], "year")
    years = quantity("years_since_assessment", max(valuation_year - float(evidence.assessed_year[row]), 0.0), "years")
    at = np.full(len(curves.kind), evidence.assessed_condition[row])
    age = quantity("effective_age_years", effective_age(curves, at)[row], "years")
    kind, parameters = _curve(curves, row, (age.value or 0.0, (age.value or 0.0) + (years.value or 0.0)))
    return [
        Step("years_since_assessment", (_valuation(valuation_year), year), years),
        Step(f"effective_age_{kind}", (assessed, *parameters), age),
        Step(f"condition_assessed_{kind}", (assessed, age, years, *parameters), result),
    ]


def _age_steps(curves: Curves, condition: Condition, row: int, valuation_year: float, result: Quantity) -> list[Step]:
    origin = quantity("built_or_renewed_year", condition.evidence_year[row], "year")
    age = quantity("age_years", condition.age_years[row], "years")
    kind, parameters = _curve(curves, row, (float(condition.age_years[row]),))
    return [
        Step("age", (_valuation(valuation_year), origin), age),
        Step(f"condition_age_{kind}", (age, *parameters), result),
    ]


def _mean_step(components: ComponentInputs, parts: Condition, final: Condition) -> Step:
    inputs: list[Quantity] = []
    for row, share in enumerate(components.cost_share):
        if share > 0:
            inputs.append(quantity(f"cost_share_{row}", share, "share"))
            inputs.append(quantity(f"condition_index_{row}", parts.index[row], "share"))
    return Step("condition_components", tuple(inputs), quantity("condition_index", final.index[0], "share"))


def _curve(curves: Curves, row: int, ages: tuple[float, ...]) -> tuple[str, tuple[Quantity, ...]]:
    kind = CurveKind(int(curves.kind[row]))
    if kind in {CurveKind.PIECEWISE, CurveKind.MARKOV}:
        table = curves.point_tables[int(curves.point_table[row])]
        return kind.name.lower(), _points(table if kind is CurveKind.PIECEWISE else _around(table, ages))
    return kind.name.lower(), tuple(
        quantity(name, getattr(curves, name)[row], unit) for name, unit in _CURVE_PARAMETERS[kind]
    )


def _points(table: PointTable) -> tuple[Quantity, ...]:
    ages = [Quantity(f"point_age_{number}", age, "years") for number, age in enumerate(table.ages)]
    left = [Quantity(f"point_condition_{number}", at, "share") for number, at in enumerate(table.conditions)]
    return (*ages, *left)


def _around(table: PointTable, ages: tuple[float, ...]) -> PointTable:
    """Return the points of a long table that the condition at the ages is read between, and the first."""
    last = len(table.ages) - 1
    before = [max(bisect_right(table.ages, age) - 1, 0) for age in ages]
    at = {min(each + more, last) for each in before for more in (0, 1)}
    kept = sorted({0, *at})
    return PointTable(tuple(table.ages[each] for each in kept), tuple(table.conditions[each] for each in kept))


def _is_own(own: Condition, final: Condition) -> bool:
    same = np.array_equal(own.evidence_year, final.evidence_year, equal_nan=True)
    return bool(same and own.index[0] == final.index[0] and own.basis[0] == final.basis[0])


def _with_asset_built_year(components: ComponentInputs, asset: Evidence) -> Evidence:
    return Evidence(
        np.where(np.isnan(components.built_year), asset.built_year[0], components.built_year),
        components.renewed_year,
        components.assessed_condition,
        components.assessed_year,
    )


def _valuation(year: float) -> Quantity:
    return quantity("valuation_year", year, "year")
