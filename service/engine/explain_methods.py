"""The steps to the backlog by the methods beyond value and two thresholds."""

from dataclasses import replace

import numpy as np

from service.engine.age_bands import age_band_owed
from service.engine.arrays import FloatArray
from service.engine.asset_inputs import AssetInputs, AssetParameters
from service.engine.backlog import Method
from service.engine.component_lines import Lines
from service.engine.components import ComponentInputs
from service.engine.condition import Condition
from service.engine.condition_class import BEST, condition_class
from service.engine.explanation import Quantity, Step, quantity
from service.engine.grades import grade_shares
from service.engine.measures import NONE
from service.engine.method_cases import case_of
from service.engine.method_parameters import MethodSet
from service.engine.methods import (
    ACCEPTED_LEVEL,
    BY_LINES,
    Case,
    best_repair,
    ns3424_grade,
    owed_by_method,
    present_value_share,
    remaining_life_share,
    used_up,
)

_LINE_FORMULAS = {
    Method.COMPONENT: "component_renewal",
    Method.NPV: "component_present_value",
    Method.AGE_BAND: "component_age_band",
}


def explain_method(
    asset: AssetInputs,
    components: ComponentInputs,
    parameters: AssetParameters,
    condition: Condition,
    cost_eur: FloatArray,
    valuation_year: float,
    backlog: Quantity,
) -> list[Step]:
    """Return the steps to one asset's backlog, the last of which has ``backlog`` as its result.

    Raises:
        EngineError: As for ``value_assets``.
    """
    method = Method(int(parameters.method[0]))
    case = case_of(method, np.zeros(1, np.int64), cost_eur, asset, components, parameters, condition, valuation_year)
    cost = quantity("replacement_cost", cost_eur[0], "eur")
    if method in BY_LINES:
        return _line_steps(method, case, cost, backlog)
    if method is Method.GRADE_COST:
        return [_grade_step(case, cost, backlog)]
    if method is Method.REMAINING_LIFE:
        return _remaining_life_steps(case, cost, backlog)
    return _measure_steps(method, case, cost, backlog)


def explain_repair_bill(case: Case, cost: Quantity, liability: Quantity) -> Step:
    """Return the step to the liability by condition class: repair to the best class of what owes anything."""
    owed = owed_by_method(Method.CONDITION_CLASS, case)
    if owed.rule is None or owed.rule[0] == NONE:
        return Step("repair_liability_none", (quantity("condition_index", case.condition[0], "share"),), liability)
    best = best_repair(case, np.ones(1, bool))
    number = int(owed.rule[0]) if np.isnan(best.cost_eur[0]) else int(best.rule[0])
    formula, inputs = _priced(_own_set(case), number, case, cost)
    return Step(f"repair_liability_{formula}", inputs, liability)


def _own_set(case: Case) -> MethodSet:
    return case.parameters.sets[int(case.parameters.set_number[0])]


def _measure_steps(method: Method, case: Case, cost: Quantity, backlog: Quantity) -> list[Step]:
    condition = quantity("condition_index", case.condition[0], "share")
    now = quantity("condition_class", float(condition_class(case.condition)[0]), "count")
    steps = [Step("condition_class", (condition,), now)]
    if method is Method.AMBITION:
        grade = quantity("ns3424_grade", float(ns3424_grade(case.condition)[0]), "count")
        steps.append(Step("ns3424_grade", (condition,), grade))
    level = quantity("level_condition", _level(method, _own_set(case)), "share")
    owed = owed_by_method(method, case)
    if owed.rule is None or owed.rule[0] == NONE:
        return [*steps, Step("repair_backlog_no_measure", (condition, level), backlog)]
    formula, inputs = _priced(_own_set(case), int(owed.rule[0]), case, cost)
    after = quantity(
        "condition_after", owed.condition_after[0] if owed.condition_after is not None else np.nan, "share"
    )
    return [*steps, Step(f"repair_backlog_{formula}", (*inputs, now, level, after), backlog)]


def _level(method: Method, own: MethodSet) -> float:
    if method is Method.CONDITION_CLASS:
        return own.optimum_class / BEST
    return own.limit_condition if method is Method.STEP else ACCEPTED_LEVEL


def _priced(own: MethodSet, number: int, case: Case, cost: Quantity) -> tuple[str, tuple[Quantity, ...]]:
    _, _, unit_cost, share = own.rules[number]
    if np.isnan(unit_cost):
        return "measure_share", (quantity("measure_cost_share", share, "share"), cost)
    extent = quantity("quantity", case.quantity[0], "quantity")
    return "measure_unit_cost", (quantity("measure_unit_cost", unit_cost, "eur_per_unit"), extent)


def _grade_step(case: Case, cost: Quantity, backlog: Quantity) -> Step:
    chain = _own_set(case).grades
    if chain is None:
        return Step("repair_backlog_grade_cost", (cost,), backlog)
    inputs = [cost]
    for number, share in enumerate(grade_shares(chain, case.condition)[0]):
        inputs.append(quantity(f"grade_share_{number}", share, "share"))
        inputs.append(quantity(f"grade_cost_share_{number}", chain.cost_shares[number], "share"))
    return Step("repair_backlog_grade_cost", tuple(inputs), backlog)


def _remaining_life_steps(case: Case, cost: Quantity, backlog: Quantity) -> list[Step]:
    own = _own_set(case)
    age = quantity("age_years", case.age_years[0], "years")
    life = quantity("service_life_years", own.service_life_years, "years")
    rest = remaining_life_share(case.age_years, np.array([own.service_life_years]))
    left = quantity("remaining_life_share", rest[0], "share")
    balance = quantity("balance_remaining_life", own.balance_remaining_life, "share")
    return [
        Step("remaining_life_share", (age, life), left),
        Step("repair_backlog_remaining_life", (cost, balance, left), backlog),
    ]


def _line_steps(method: Method, case: Case, cost: Quantity, backlog: Quantity) -> list[Step]:
    lines = case.lines
    if lines is None:
        return []
    own = _own_set(case)
    owed = _owed_shares(method, lines, own) * lines.cost_share * case.cost_eur[0]
    amounts = [quantity(f"component_backlog_{row}", amount, "eur") for row, amount in enumerate(owed)]
    steps = [
        Step(
            _LINE_FORMULAS[method],
            (*_line_inputs(method, lines, own, row), cost),
            replace(amounts[row], name="component_backlog"),
            component=int(lines.component_row[row]) if lines.component_row[row] >= 0 else None,
        )
        for row in range(len(owed))
    ]
    return [*steps, Step("repair_backlog_components", tuple(amounts), backlog)]


def _owed_shares(method: Method, lines: Lines, own: MethodSet) -> FloatArray:
    if method is Method.COMPONENT:
        return used_up(lines)
    if method is Method.NPV:
        size = np.ones(len(lines.cost_share))
        return present_value_share(lines, own.discount_rate * size, own.outlook_years * size)
    return age_band_owed(lines.used_years, lines.service_life_years)


def _line_inputs(method: Method, lines: Lines, own: MethodSet, row: int) -> tuple[Quantity, ...]:
    used = quantity("used_years", lines.used_years[row], "years")
    life = quantity("service_life_years", lines.service_life_years[row], "years")
    share = quantity("cost_share", lines.cost_share[row], "share")
    if method is not Method.NPV:
        return (used, life, share)
    rate = quantity("discount_rate", own.discount_rate, "share")
    return (used, life, share, rate, quantity("outlook_years", own.outlook_years, "years"))
