"""Every figure of one asset's valuation as arithmetic, from the same functions that valued it."""

import numpy as np

from service.engine.arrays import CentsArray
from service.engine.backlog import Method
from service.engine.components import ComponentInputs
from service.engine.condition import Condition, Evidence
from service.engine.explain_condition import explain_condition
from service.engine.explain_methods import explain_method, explain_repair_bill
from service.engine.explanation import Quantity, Step, amount, quantity
from service.engine.method_cases import case_of
from service.engine.valuation import (
    AssetInputs,
    AssetParameters,
    AssetValuations,
    asset_condition,
    asset_replacement_cost,
    value_assets,
)
from service.engine.value import ReplacementCostBasis


def explain_valuation(
    asset: AssetInputs, components: ComponentInputs, parameters: AssetParameters, valuation_year: float
) -> list[Step]:
    """Return the steps to condition, replacement cost, technical value, backlog, liability and wear, in that order.

    The arrays have length 1; the components are those of the asset, all with ``asset_row`` 0. An asset whose
    replacement cost is unknown has no steps after it.

    Raises:
        EngineError: As for ``value_assets``.
    """
    valued = value_assets(asset, components, parameters, valuation_year)
    evidence = Evidence(asset.built_year, asset.renewed_year, asset.assessed_condition, asset.assessed_year)
    final = asset_condition(asset, components, parameters, valuation_year)
    default = float(parameters.default_condition[0])
    steps = explain_condition(evidence, components, parameters.curves, default, valuation_year, final)
    steps.append(_replacement_cost_step(asset, parameters, valued))
    if not valued.valued[0]:
        return steps
    if parameters.method[0] in (Method.VALUE, Method.TWO_THRESHOLD):
        return [*steps, *_money_steps(asset, parameters, valued)]
    owed = _method_steps(asset, components, parameters, final, valuation_year, valued)
    technical, _, liability, wear = _money_steps(asset, parameters, valued)
    if parameters.method[0] == Method.CONDITION_CLASS:
        liability = _repair_bill(asset, components, parameters, final, valuation_year, valued)
    return [*steps, technical, *owed, liability, wear]


def _method_steps(
    asset: AssetInputs,
    components: ComponentInputs,
    parameters: AssetParameters,
    condition: Condition,
    valuation_year: float,
    valued: AssetValuations,
) -> list[Step]:
    cost, backlog = asset_replacement_cost(asset, parameters), _amount("repair_backlog", valued.repair_backlog)
    return explain_method(asset, components, parameters, condition, cost, valuation_year, backlog)


def _repair_bill(
    asset: AssetInputs,
    components: ComponentInputs,
    parameters: AssetParameters,
    condition: Condition,
    valuation_year: float,
    valued: AssetValuations,
) -> Step:
    cost, only = asset_replacement_cost(asset, parameters), np.zeros(1, np.int64)
    case = case_of(Method.CONDITION_CLASS, only, cost, asset, components, parameters, condition, valuation_year)
    liability = _amount("repair_liability", valued.repair_liability)
    return explain_repair_bill(case, quantity("replacement_cost", cost[0], "eur"), liability)


def _replacement_cost_step(asset: AssetInputs, parameters: AssetParameters, valued: AssetValuations) -> Step:
    basis = ReplacementCostBasis(int(valued.replacement_cost_basis[0]))
    if basis is ReplacementCostBasis.RECORDED:
        inputs = [quantity("recorded_replacement_cost", asset.recorded_replacement_cost_eur[0], "eur")]
        if parameters.price_factor is not None:
            inputs.append(quantity("price_factor", parameters.price_factor[0], "factor"))
    else:
        inputs = [
            quantity("quantity", asset.quantity[0], "quantity"),
            quantity("unit_cost", parameters.unit_cost_eur[0], "eur_per_unit"),
            quantity("regional_factor", parameters.regional_factor[0], "factor"),
        ]
    unknown = Quantity("replacement_cost", None, "eur")
    result = unknown if basis is ReplacementCostBasis.UNKNOWN else _amount("replacement_cost", valued.replacement_cost)
    return Step(f"replacement_cost_{basis.name.lower()}", tuple(inputs), result)


def _money_steps(asset: AssetInputs, parameters: AssetParameters, valued: AssetValuations) -> list[Step]:
    cost = quantity("replacement_cost", asset_replacement_cost(asset, parameters)[0], "eur")
    condition = quantity("condition_index", valued.condition_index[0], "share")
    wear = quantity("annual_wear_share", parameters.annual_wear_share[0], "share")
    return [
        Step("technical_value", (cost, condition), _amount("technical_value", valued.technical_value)),
        _backlog_step(parameters, valued, cost, condition),
        Step("repair_liability", (cost, condition), _amount("repair_liability", valued.repair_liability)),
        Step("annual_wear", (cost, wear), _amount("annual_wear", valued.annual_wear)),
    ]


def _backlog_step(parameters: AssetParameters, valued: AssetValuations, cost: Quantity, condition: Quantity) -> Step:
    result = _amount("repair_backlog", valued.repair_backlog)
    if parameters.method[0] == Method.VALUE:
        target = quantity("target_condition", parameters.target_condition[0], "share")
        return Step("repair_backlog_value", (cost, target, condition), result)
    ladder = parameters.ladder
    thresholds = (
        quantity("basic_repair_threshold", np.ravel(ladder.basic)[0], "share"),
        quantity("improvement_threshold", np.ravel(ladder.improvement)[0], "share"),
        quantity("improved_condition", np.ravel(ladder.improved)[0], "share"),
    )
    return Step(f"repair_backlog_{_ladder_step(valued)}", (cost, condition, *thresholds), result)


def _ladder_step(valued: AssetValuations) -> str:
    if valued.improvement[0]:
        return "improvement"
    return "basic_repair" if valued.basic_repair[0] else "none"


def _amount(name: str, cents: CentsArray) -> Quantity:
    return amount(name, int(cents[0]))
