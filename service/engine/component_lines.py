"""The parts of an asset that age by themselves: its components, or the asset as a whole where it has none.

The shares of an asset's components are taken of their sum, so that 102 % or 80 % of recorded shares do no harm
(methods.md A.2). Each part wears over its own service life; an assessment of a part stands for the age at which
Schroeder's curve has its condition (A.3).
"""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import FloatArray, IntArray
from service.engine.components import ComponentInputs, component_conditions
from service.engine.condition import Evidence, is_planned
from service.engine.deterioration import quadratic_age


@dataclass(frozen=True, slots=True)
class Lines:
    """The parts, several to an asset.

    Attributes:
        asset_row: The row of the asset that each belongs to.
        cost_share: Share of the asset's replacement cost; those of an asset sum to 1.
        used_years: Years of its service life that are used up, at most all of them.
        service_life_years: Technical service life.
        component_row: Row among the components given, -1 for an asset as a whole.
    """

    asset_row: IntArray
    cost_share: FloatArray
    used_years: FloatArray
    service_life_years: FloatArray
    component_row: IntArray

    @property
    def remaining_years(self) -> FloatArray:
        """Return the whole years until each part's service life is used up, 0 where it is."""
        return np.ceil(np.round(self.service_life_years - self.used_years, 9))


def component_lines(
    assets: Evidence,
    components: ComponentInputs,
    service_life_years: FloatArray,
    default_condition: FloatArray,
    valuation_year: float,
) -> Lines:
    """Return the parts of each asset.

    Raises:
        UnknownConditionError: The service life of an asset without components, or of a component, is missing.
    """
    parts, component_row = _parts(assets, components, service_life_years)
    condition = component_conditions(parts, assets, default_condition, valuation_year)
    wearing = np.ones(len(component_row)) if parts.wearing_share is None else parts.wearing_share
    row = parts.asset_row.astype(np.int64)
    used = quadratic_age(condition.index, parts.service_life_years, wearing)
    total = np.bincount(row, weights=parts.cost_share, minlength=len(assets.built_year))
    return Lines(
        asset_row=row,
        cost_share=parts.cost_share / total[row],
        used_years=np.where(is_planned(assets.built_year[row], valuation_year), 0.0, used),
        service_life_years=parts.service_life_years,
        component_row=component_row,
    )


def _parts(
    assets: Evidence, components: ComponentInputs, service_life_years: FloatArray
) -> tuple[ComponentInputs, IntArray]:
    """Return the components with a share, and each asset without any as one part with its own evidence."""
    used = np.flatnonzero(components.cost_share > 0)
    has = np.zeros(len(assets.built_year), bool)
    has[components.asset_row[used]] = True
    whole = np.flatnonzero(~has)
    # Sorted by content, so that the last bit of a sum does not depend on the order in which the components came.
    order = used[
        np.lexsort((components.service_life_years[used], components.cost_share[used], components.asset_row[used]))
    ]
    wearing = np.ones(len(components.asset_row)) if components.wearing_share is None else components.wearing_share
    own = (np.ones(len(whole)), np.full(len(whole), np.nan), assets.renewed_year[whole], service_life_years[whole])
    parts = ComponentInputs(
        asset_row=np.concatenate([components.asset_row[order], whole]),
        cost_share=np.concatenate([components.cost_share[order], own[0]]),
        built_year=np.concatenate([components.built_year[order], own[1]]),
        renewed_year=np.concatenate([components.renewed_year[order], own[2]]),
        service_life_years=np.concatenate([components.service_life_years[order], own[3]]),
        assessed_condition=np.concatenate([components.assessed_condition[order], assets.assessed_condition[whole]]),
        assessed_year=np.concatenate([components.assessed_year[order], assets.assessed_year[whole]]),
        wearing_share=np.concatenate([wearing[order], own[0]]),
    )
    return parts, np.concatenate([order, np.full(len(whole), -1)])
