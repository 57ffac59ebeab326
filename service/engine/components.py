"""Condition of an asset from its components: the mean weighted by their share of the replacement cost.

``c = Σ share·c_component / Σ share`` over the components recorded (KARVO, methods.md A.3), so that shares that sum to
102 % or to 80 % do no harm (A.2). Each component wears along Schroeder's quadratic curve over its own service life.
An assessment or a renewal of the whole asset that is newer than everything known of its components overrides them.
"""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import AnyIntArray, BoolArray, CodeArray, FloatArray, IntArray, exact_condition, unknown
from service.engine.condition import Condition, ConditionBasis, Evidence, condition_today, is_planned
from service.engine.curves import CurveKind, Curves

_WEAKEST_FIRST = (ConditionBasis.DEFAULT, ConditionBasis.AGE, ConditionBasis.ASSESSED)


@dataclass(frozen=True, slots=True)
class ComponentInputs:
    """What is recorded about the components; ``nan`` is unknown, years may be fractions.

    Attributes:
        asset_row: The row of its asset among the assets valued.
        cost_share: Share of the asset's replacement cost; a component without one is left out.
        built_year: When unknown, the component is as old as its asset.
        renewed_year: Last renewal of the component itself.
        service_life_years: Technical service life, above 0; must be known.
        assessed_condition: Condition found by the newest assessment, 0…1.
        assessed_year: When that was.
        wearing_share: Share of the component's cost that wears at all; ``None`` stands for all of it.
    """

    asset_row: AnyIntArray
    cost_share: FloatArray
    built_year: FloatArray
    renewed_year: FloatArray
    service_life_years: FloatArray
    assessed_condition: FloatArray
    assessed_year: FloatArray
    wearing_share: FloatArray | None = None

    @classmethod
    def none(cls) -> "ComponentInputs":
        """Return inputs without any component."""
        nothing = unknown(0)
        return cls(np.zeros(0, np.int64), nothing, nothing, nothing, nothing, nothing, nothing)


def condition_with_components(
    own: Condition,
    evidence: Evidence,
    components: ComponentInputs,
    default_condition: FloatArray,
    valuation_year: float,
) -> Condition:
    """Return the assets' conditions with their components taken into account.

    The basis is the one that most of the cost rests on, the weaker one at a tie; the evidence year is the newest. An
    asset keeps its own condition where it is planned, has no component with evidence, or was assessed or renewed as a
    whole after the newest evidence of its components.

    Raises:
        UnknownConditionError: A component's service life or its asset's default condition is missing.
    """
    used = np.flatnonzero(components.cost_share > 0)
    if not len(used):
        return own
    parts = component_conditions(components, evidence, default_condition, valuation_year)
    rows, mean = _weighted_mean(components, parts, used)
    stands = ~is_planned(evidence.built_year[rows], valuation_year)
    taken = stands & ~_keeps_own(own, evidence, rows, mean.evidence_year)
    return _replaced(own, rows[taken], mean, taken)


def component_conditions(
    components: ComponentInputs, assets: Evidence, default_condition: FloatArray, valuation_year: float
) -> Condition:
    """Return the condition of each component by itself.

    Raises:
        UnknownConditionError: As for ``condition_with_components``.
    """
    row = components.asset_row
    evidence = Evidence(
        built_year=np.where(np.isnan(components.built_year), assets.built_year[row], components.built_year),
        renewed_year=components.renewed_year,
        assessed_condition=components.assessed_condition,
        assessed_year=components.assessed_year,
    )
    return condition_today(evidence, component_curves(components), default_condition[row], valuation_year)


def component_curves(components: ComponentInputs) -> Curves:
    """Return the quadratic curve of each component over its own service life."""
    size = len(components.asset_row)
    return Curves(
        kind=np.full(size, CurveKind.QUADRATIC, np.int8),
        annual_wear_share=unknown(size),
        service_life_years=components.service_life_years,
        wearing_share=np.ones(size) if components.wearing_share is None else components.wearing_share,
        shape=unknown(size),
        scale_years=unknown(size),
        point_table=np.zeros(size, np.int64),
    )


@dataclass(frozen=True, slots=True)
class _Mean:
    index: FloatArray
    basis: CodeArray
    evidence_year: FloatArray


def _weighted_mean(components: ComponentInputs, parts: Condition, used: IntArray) -> tuple[IntArray, _Mean]:
    # Sorted by content, so that the last bit of a sum does not depend on the order in which the components came.
    order = used[np.lexsort((parts.index[used], components.cost_share[used], components.asset_row[used]))]
    rows = components.asset_row[order].astype(np.int64)
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    share = components.cost_share[order]
    index = np.add.reduceat(share * parts.index[order], starts) / np.add.reduceat(share, starts)
    newest = np.fmax.reduceat(parts.evidence_year[order], starts)
    return rows[starts], _Mean(exact_condition(index), _main_basis(parts.basis[order], share, starts), newest)


def _main_basis(basis: CodeArray, share: FloatArray, starts: IntArray) -> CodeArray:
    by_basis = [np.add.reduceat(np.where(basis == code, share, 0.0), starts) for code in _WEAKEST_FIRST]
    main: CodeArray = np.array(_WEAKEST_FIRST, np.int8)[np.argmax(by_basis, axis=0)]
    return main


def _keeps_own(own: Condition, evidence: Evidence, rows: IntArray, newest_of_components: FloatArray) -> BoolArray:
    newer = own.evidence_year[rows] > newest_of_components
    assessed = own.basis[rows] == ConditionBasis.ASSESSED
    renewed = own.evidence_year[rows] == evidence.renewed_year[rows]
    kept: BoolArray = (newer & (assessed | renewed)) | np.isnan(newest_of_components)
    return kept


def _replaced(own: Condition, rows: IntArray, mean: _Mean, taken: BoolArray) -> Condition:
    index, basis, evidence_year = own.index.copy(), own.basis.copy(), own.evidence_year.copy()
    index[rows] = mean.index[taken]
    basis[rows] = mean.basis[taken]
    evidence_year[rows] = mean.evidence_year[taken]
    return Condition(index, basis, evidence_year, own.age_years)
