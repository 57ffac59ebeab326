"""From recorded assets to their condition, value and backlog: the whole calculation of a run."""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import AnyIntArray, BoolArray, CentsArray, CodeArray, FloatArray, IntArray
from service.engine.backlog import PUBLISHED_LADDER, Ladder, Method, two_threshold_backlog, value_backlog
from service.engine.components import ComponentInputs, condition_with_components
from service.engine.condition import Condition, Evidence, condition_today
from service.engine.curves import Curves
from service.engine.errors import EngineError
from service.engine.money import cents, cents_where_known
from service.engine.value import annual_wear, repair_liability, replacement_cost, replacement_cost_basis


@dataclass(frozen=True, slots=True)
class AssetInputs:
    """What is recorded about the assets, one value per asset; ``nan`` is unknown, years may be fractions.

    Attributes:
        asset_id: Within the municipality.
        asset_class: The class's number.
        quantity: In the class's unit.
        recorded_replacement_cost_eur: Without value-added tax.
        built_year: A year after the valuation year makes the asset planned.
        renewed_year: Last renewal.
        assessed_condition: Condition index found by the newest assessment at or before the valuation year, 0…1.
        assessed_year: When that was.
        is_protected: Heritage; retained before others.
    """

    asset_id: IntArray
    asset_class: AnyIntArray
    quantity: FloatArray
    recorded_replacement_cost_eur: FloatArray
    built_year: FloatArray
    renewed_year: FloatArray
    assessed_condition: FloatArray
    assessed_year: FloatArray
    is_protected: BoolArray


@dataclass(frozen=True, slots=True)
class AssetParameters:
    """The parameters that hold for each asset, already looked up.

    Attributes:
        unit_cost_eur: Per unit of quantity; ``nan`` where the class has none.
        regional_factor: Multiplies the unit cost.
        curves: How each asset deteriorates.
        annual_wear_share: *w*, share of the replacement cost lost in a year.
        target_condition: What the value method measures against.
        default_condition: For an asset of which neither an assessment nor a year is known.
        method: A ``Method`` per asset.
        price_factor: Brings the recorded cost to the price level of the run; ``None`` where it is there already.
        ladder: The steps of the two-threshold method.
    """

    unit_cost_eur: FloatArray
    regional_factor: FloatArray
    curves: Curves
    annual_wear_share: FloatArray
    target_condition: FloatArray
    default_condition: FloatArray
    method: CodeArray
    price_factor: FloatArray | None = None
    ladder: Ladder = PUBLISHED_LADDER


@dataclass(frozen=True, slots=True)
class AssetValuations:
    """The figures of each asset, in the order of the inputs; money in cents.

    ``technical_value + repair_liability`` is ``replacement_cost`` to the cent, and ``basic_repair + improvement`` is
    the ``repair_backlog`` of the two-threshold method (both are 0 under the value method). An asset whose replacement
    cost is unknown has ``valued`` False and 0 in every amount.
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


class UnknownMethodError(EngineError):
    """An asset's backlog method is none that the engine knows."""


def value_assets(
    assets: AssetInputs, components: ComponentInputs, parameters: AssetParameters, valuation_year: float
) -> AssetValuations:
    """Return condition, value, backlog, liability and wear of every asset in the valuation year.

    Raises:
        CurveError: An asset has a curve of an unknown kind or a point table that is not there.
        UnknownConditionError: A curve's parameter, a default condition or a component's service life is missing.
        UnknownAmountError: A target condition or a wear share is missing for an asset whose cost is known.
        UnknownMethodError: An asset's method is unknown.
    """
    condition = asset_condition(assets, components, parameters, valuation_year)
    cost = asset_replacement_cost(assets, parameters)
    basis = replacement_cost_basis(assets.recorded_replacement_cost_eur, cost)
    replacement, valued = cents_where_known(cost, "replacement cost")
    cost = np.where(valued, cost, 0.0)
    liability = cents(repair_liability(cost, condition.index), "repair liability")
    backlog, basic, improvement = _backlog(cost, condition.index, parameters, valued)
    return AssetValuations(
        condition_index=condition.index,
        condition_basis=condition.basis,
        evidence_year=condition.evidence_year,
        age_years=condition.age_years,
        replacement_cost_basis=basis,
        valued=valued,
        replacement_cost=replacement,
        technical_value=replacement - liability,
        repair_backlog=backlog,
        basic_repair=basic,
        improvement=improvement,
        repair_liability=liability,
        annual_wear=cents(annual_wear(cost, _where_valued(valued, parameters.annual_wear_share)), "annual wear"),
    )


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
    if not (by_value | by_ladder).all():
        raise UnknownMethodError(f"{int((~(by_value | by_ladder)).sum())} assets have an unknown backlog method.")
    ladder = two_threshold_backlog(np.where(by_ladder, cost, 0.0), condition, parameters.ladder)
    target = _where_valued(by_value & valued, parameters.target_condition)
    by_target = cents(value_backlog(np.where(by_value, cost, 0.0), condition, target), "repair backlog")
    basic, improvement = cents(ladder.basic_repair_eur), cents(ladder.improvement_eur)
    return by_target + basic + improvement, basic, improvement


def _where_valued(valued: BoolArray, parameter: FloatArray) -> FloatArray:
    # A parameter may be missing where it is not used; there it must not turn 0 € into an unknown amount.
    return np.where(valued, parameter, 0.0)
