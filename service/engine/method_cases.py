"""The assets of a valuation by their method: each method gets its own assets with what it reads about them."""

from dataclasses import replace

import numpy as np

from service.engine.arrays import BoolArray, CodeArray, FloatArray, IntArray
from service.engine.asset_inputs import AssetInputs, AssetParameters
from service.engine.backlog import Method
from service.engine.component_lines import Lines, component_lines
from service.engine.components import ComponentInputs
from service.engine.condition import Condition, ConditionBasis, Evidence
from service.engine.curves import Curves
from service.engine.deterioration import effective_age
from service.engine.errors import EngineError
from service.engine.methods import BY_LINES, OTHER_METHODS, Case
from service.engine.rows import take_rows


class UnknownMethodError(EngineError):
    """An asset's backlog method is none that the engine knows, or its parameters are not there."""


def rows_by_method(method: CodeArray, valued: BoolArray) -> list[tuple[Method, IntArray]]:
    """Return the valued assets of each method beyond value and two thresholds that any of them has.

    Raises:
        UnknownMethodError: An asset's method is unknown.
    """
    counts = np.bincount(method[method > 0], minlength=max(Method) + 1)
    faulty = len(method) - int(counts[list(Method)].sum())
    if faulty:
        raise UnknownMethodError(f"{faulty} assets have an unknown backlog method.")
    return [(each, np.flatnonzero((method == each) & valued)) for each in OTHER_METHODS if counts[each]]


def case_of(
    method: Method,
    rows: IntArray,
    cost_eur: FloatArray,
    assets: AssetInputs,
    components: ComponentInputs,
    parameters: AssetParameters,
    condition: Condition,
    valuation_year: float,
) -> Case:
    """Return what a method reads about its assets, which stand in ``rows``.

    Raises:
        UnknownMethodError: The methods' parameters are not there.
        UnknownConditionError: The service life of an asset's part is missing.
    """
    if parameters.methods is None:
        raise UnknownMethodError(f"There are no parameters of the backlog method {method.name.lower()}.")
    own = take_rows(parameters.methods, rows)
    return Case(
        cost_eur=cost_eur[rows],
        quantity=assets.quantity[rows],
        condition=condition.index[rows],
        age_years=age_today(take_rows(condition, rows), take_rows(parameters.curves, rows)),
        parameters=own,
        lines=lines_of(rows, assets, components, parameters, valuation_year) if method in BY_LINES else None,
    )


def lines_of(
    rows: IntArray,
    assets: AssetInputs,
    components: ComponentInputs,
    parameters: AssetParameters,
    valuation_year: float,
) -> Lines:
    """Return the parts of some of the assets.

    Raises:
        UnknownMethodError, UnknownConditionError: As for ``case_of``.
    """
    if parameters.methods is None:
        raise UnknownMethodError("There are no service lives of the assets as a whole.")
    life = take_rows(parameters.methods, rows).of("service_life_years")
    evidence = Evidence(assets.built_year, assets.renewed_year, assets.assessed_condition, assets.assessed_year)
    place = np.full(len(assets.asset_id), -1)
    place[rows] = np.arange(len(rows))
    kept = np.flatnonzero(place[components.asset_row] >= 0)
    own = take_rows(components, kept)
    return component_lines(
        take_rows(evidence, rows),
        replace(own, asset_row=place[own.asset_row]),
        life,
        parameters.default_condition[rows],
        valuation_year,
    )


def age_today(condition: Condition, curves: Curves) -> FloatArray:
    """Return the age in years that each asset's condition stands for: its own where nothing else is known."""
    return np.where(condition.basis == ConditionBasis.AGE, condition.age_years, effective_age(curves, condition.index))
