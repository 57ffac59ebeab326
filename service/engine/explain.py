"""Every figure of one asset's valuation as arithmetic, from the same functions that valued it."""

from service.engine.arrays import CentsArray
from service.engine.backlog import Method
from service.engine.components import ComponentInputs
from service.engine.condition import Evidence
from service.engine.explain_condition import explain_condition
from service.engine.explanation import Quantity, Step, amount, quantity
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
    return [*steps, *_money_steps(asset, parameters, valued)] if valued.valued[0] else steps


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
        Quantity("basic_repair_threshold", ladder.basic, "share"),
        Quantity("improvement_threshold", ladder.improvement, "share"),
        Quantity("improved_condition", ladder.improved, "share"),
    )
    return Step(f"repair_backlog_{_ladder_step(valued)}", (cost, condition, *thresholds), result)


def _ladder_step(valued: AssetValuations) -> str:
    if valued.improvement[0]:
        return "improvement"
    return "basic_repair" if valued.basic_repair[0] else "none"


def _amount(name: str, cents: CentsArray) -> Quantity:
    return amount(name, int(cents[0]))
