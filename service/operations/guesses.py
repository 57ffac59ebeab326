"""Which of a valuation's figures rest on guesses, and which inspections would narrow its backlog most."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.engine.condition import ConditionBasis, Evidence, condition_today
from service.engine.inspection import backlog_uncertainty, typical_change
from service.engine.rows import take_rows
from service.engine.valuation import AssetInputs, AssetParameters, AssetValuations
from service.engine.value import ReplacementCostBasis
from service.operations.parameter_sets import NEEDED_BY_CURVE, ParameterSet
from service.operations.parameter_table import ParameterTable

CANDIDATES = 100
_CURVE_NAMES = ("deterioration_curve", *(name for names in NEEDED_BY_CURVE.values() for name in names))


@dataclass(frozen=True)
class Guesses:
    """Per asset: whether a demo parameter is in its figures, its class's typical change, and u of the engine in euros.

    `uncertainty_eur` is 0 for an assessed asset and for one without a value.
    """

    rests_on_demo: NDArray[np.bool_]
    typical_change: NDArray[np.float64]
    uncertainty_eur: NDArray[np.float64]

    def candidates(self) -> NDArray[np.int64]:
        """Return the rows of the hundred assets whose inspection would narrow most, the most first."""
        count = min(CANDIDATES, len(self.uncertainty_eur))
        rows = np.argpartition(-self.uncertainty_eur, count - 1)[:count] if count else np.array([], np.int64)
        rows = rows[np.lexsort((rows, -self.uncertainty_eur[rows]))]
        return rows[self.uncertainty_eur[rows] > 0]


def weigh_guesses(
    inputs: AssetInputs,
    parameters: AssetParameters,
    valuations: AssetValuations,
    sets: list[ParameterSet],
    set_number: NDArray[np.int64],
    table: ParameterTable,
    valuation_year: int,
) -> Guesses:
    """Return what rests on guesses; raises `UnknownConditionError` as the valuation does."""
    classes, asset_class = np.unique(inputs.asset_class, return_inverse=True)
    assessed = np.flatnonzero(valuations.condition_basis == ConditionBasis.ASSESSED)
    unseen = _condition_without_assessment(inputs, parameters, assessed, valuation_year)
    change = typical_change(asset_class[assessed], valuations.condition_index[assessed] - unseen, len(classes))
    own_change = change[asset_class]
    uncertainty = backlog_uncertainty(
        valuations.replacement_cost / 100, valuations.condition_index, parameters.target_condition, own_change
    )
    uncertainty[assessed] = 0.0
    return Guesses(
        rests_on_demo=_rests_on_demo(valuations, sets, set_number, table),
        typical_change=own_change,
        uncertainty_eur=uncertainty,
    )


def _condition_without_assessment(
    inputs: AssetInputs, parameters: AssetParameters, rows: NDArray[np.int64], valuation_year: int
) -> NDArray[np.float64]:
    own = Evidence(inputs.built_year, inputs.renewed_year, inputs.assessed_condition, inputs.assessed_year)
    evidence = take_rows(own, rows)
    unknown = np.full(len(rows), np.nan)
    blind = replace(evidence, assessed_condition=unknown, assessed_year=unknown)
    curves = take_rows(parameters.curves, rows)
    return condition_today(blind, curves, parameters.default_condition[rows], valuation_year).index


def _rests_on_demo(
    valuations: AssetValuations, sets: list[ParameterSet], number: NDArray[np.int64], table: ParameterTable
) -> NDArray[np.bool_]:
    """Return which figures use a demo value: a derived cost its unit cost, a condition its curve or default."""

    def demo(*names: str) -> NDArray[np.bool_]:
        return np.array([_is_demo(each, names, table) for each in sets], bool)[number]

    is_default = valuations.condition_basis == ConditionBasis.DEFAULT
    is_derived = valuations.replacement_cost_basis == ReplacementCostBasis.DERIVED
    by_condition = np.where(is_default, demo("default_condition"), demo(*_CURVE_NAMES))
    found: NDArray[np.bool_] = demo("target_condition") | by_condition | (is_derived & demo("unit_cost_eur"))
    return found


def _is_demo(each: ParameterSet, names: tuple[str, ...], table: ParameterTable) -> bool:
    rows: list[Any] = [table.read.get(each.value_ids[name]) for name in names if name in each.value_ids]
    return any(row is not None and row["is_demo"] for row in rows)
