"""From recorded assets to their condition, value and backlog: the whole calculation of a run."""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import BoolArray, CentsArray, CodeArray, FloatArray, IntArray
from service.engine.asset_inputs import AssetInputs, AssetParameters
from service.engine.backlog import Method, two_threshold_backlog, value_backlog
from service.engine.components import ComponentInputs, condition_with_components
from service.engine.condition import Condition, Evidence, condition_today
from service.engine.method_cases import UnknownMethodError, case_of, rows_by_method
from service.engine.methods import Owed, owed_by_method
from service.engine.money import cents, cents_where_known
from service.engine.value import annual_wear, repair_liability, replacement_cost, replacement_cost_basis

__all__ = [
    "AssetInputs",
    "AssetParameters",
    "AssetValuations",
    "UnknownMethodError",
    "asset_condition",
    "asset_replacement_cost",
    "owed_by_other_methods",
    "value_assets",
]


@dataclass(frozen=True, slots=True)
class AssetValuations:
    """The figures of each asset, in the order of the inputs; money in cents.

    ``technical_value + repair_liability`` is ``replacement_cost`` to the cent but under the condition-class method,
    where the liability is the repair bill of what lies below the optimum (methods.md A.5). ``basic_repair +
    improvement`` is the ``repair_backlog`` of the two-threshold method; both are 0 under the others. An asset whose
    replacement cost is unknown, or whose measure is priced by a quantity that is, has ``valued`` False and 0 in every
    amount.
    """

    condition_index: FloatArray
    condition_basis: CodeArray
    evidence_year: FloatArray
    age_years: FloatArray
    replacement_cost_basis: CodeArray
    valued: BoolArray
    replacement_cost: CentsArray
    technical_value: CentsArray
    repair_backlog: CentsArray
    basic_repair: CentsArray
    improvement: CentsArray
    repair_liability: CentsArray
    annual_wear: CentsArray


def value_assets(
    assets: AssetInputs, components: ComponentInputs, parameters: AssetParameters, valuation_year: float
) -> AssetValuations:
    """Return condition, value, backlog, liability and wear of every asset in the valuation year.

    Raises:
        CurveError: An asset has a curve of an unknown kind or a point table that is not there.
        UnknownConditionError: A curve's parameter, a default condition or a component's service life is missing.
        UnknownAmountError: A target condition or a wear share is missing for an asset whose cost is known.
        UnknownMethodError: An asset's method is unknown, or its parameters are not there.
        MissingMeasureError: An asset owes a measure that its list does not have.
    """
    condition = asset_condition(assets, components, parameters, valuation_year)
    cost = asset_replacement_cost(assets, parameters)
    basis = replacement_cost_basis(assets.recorded_replacement_cost_eur, cost)
    others = owed_by_other_methods(assets, components, parameters, condition, valuation_year)
    for rows, owed in others:
        cost[rows[np.isnan(owed.backlog_eur)]] = np.nan
    replacement, valued = cents_where_known(cost, "replacement cost")
    cost = np.where(valued, cost, 0.0)
    worn = cents(repair_liability(cost, condition.index), "repair liability")
    backlog, basic, improvement = _backlog(cost, condition.index, parameters, valued)
    liability = worn.copy()
    for rows, owed in others:
        backlog[rows] = cents(np.nan_to_num(owed.backlog_eur), "repair backlog")
        if owed.liability_eur is not None:
            liability[rows] = cents(np.nan_to_num(owed.liability_eur), "repair liability")
    return AssetValuations(
        condition_index=condition.index,
        condition_basis=condition.basis,
        evidence_year=condition.evidence_year,
        age_years=condition.age_years,
        replacement_cost_basis=basis,
        valued=valued,
        replacement_cost=replacement,
        technical_value=replacement - worn,
        repair_backlog=backlog,
        basic_repair=basic,
        improvement=improvement,
        repair_liability=liability,
        annual_wear=cents(annual_wear(cost, _where_valued(valued, parameters.annual_wear_share)), "annual wear"),
    )


def owed_by_other_methods(
    assets: AssetInputs,
    components: ComponentInputs,
    parameters: AssetParameters,
    condition: Condition,
    valuation_year: float,
) -> list[tuple[IntArray, Owed]]:
    """Return the rows of the assets of each method beyond value and two thresholds, and what they owe.

    Raises:
        UnknownMethodError, UnknownConditionError, MissingMeasureError: As for ``value_assets``.
    """
    cost = asset_replacement_cost(assets, parameters)
    found = []
    for method, rows in rows_by_method(parameters.method, ~np.isnan(cost)):
        case = case_of(method, rows, cost, assets, components, parameters, condition, valuation_year)
        found.append((rows, owed_by_method(method, case)))
    return found


def asset_condition(
    assets: AssetInputs, components: ComponentInputs, parameters: AssetParameters, valuation_year: float
) -> Condition:
    """Return each asset's condition, its components taken into account.

    Raises:
        CurveError, UnknownConditionError: As for ``value_assets``.
    """
    evidence = Evidence(assets.built_year, assets.renewed_year, assets.assessed_condition, assets.assessed_year)
    own = condition_today(evidence, parameters.curves, parameters.default_condition, valuation_year)
    return condition_with_components(own, evidence, components, parameters.default_condition, valuation_year)


def asset_replacement_cost(assets: AssetInputs, parameters: AssetParameters) -> FloatArray:
    """Return each asset's replacement cost in euros at the price level of the run, ``nan`` where unknown."""
    recorded = assets.recorded_replacement_cost_eur
    if parameters.price_factor is not None:
        recorded = recorded * parameters.price_factor
    return replacement_cost(recorded, assets.quantity, parameters.unit_cost_eur, parameters.regional_factor)


def _backlog(
    cost: FloatArray, condition: FloatArray, parameters: AssetParameters, valued: BoolArray
) -> tuple[CentsArray, CentsArray, CentsArray]:
    by_value, by_ladder = parameters.method == Method.VALUE, parameters.method == Method.TWO_THRESHOLD
    ladder = two_threshold_backlog(np.where(by_ladder, cost, 0.0), condition, parameters.ladder)
    target = _where_valued(by_value & valued, parameters.target_condition)
    by_target = cents(value_backlog(np.where(by_value, cost, 0.0), condition, target), "repair backlog")
    basic, improvement = cents(ladder.basic_repair_eur), cents(ladder.improvement_eur)
    return by_target + basic + improvement, basic, improvement


def _where_valued(valued: BoolArray, parameter: FloatArray) -> FloatArray:
    # A parameter may be missing where it is not used; there it must not turn 0 € into an unknown amount.
    return np.where(valued, parameter, 0.0)
