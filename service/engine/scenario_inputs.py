"""What a scenario starts from: assets as a valuation found them, measures, budgets and how money is chosen."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from service.engine.arrays import AnyIntArray, CentsArray, FloatArray, IntArray
from service.engine.errors import EngineError
from service.engine.valuation import AssetParameters

MOST_YEARS = 50


class ScenarioError(EngineError):
    """A scenario cannot be computed from what was given."""


class Policy(IntEnum):
    """Which measures go first when money is short."""

    WORST_FIRST = 1
    """The asset in the worst condition, with the measure that takes away most of its backlog."""
    BENEFIT_COST = 2
    """The most backlog taken away for each euro; a dearer measure replaces a cheaper one while the extra pays."""
    NEED_WEIGHTED = 3
    """As benefit/cost, but only the needed backlog counts: benefit × retained share."""


class Reason(IntEnum):
    """Why an asset was or was not treated in a year, as it is stored."""

    NOT_NEEDED = 0
    """It owes nothing."""
    CHOSEN = 1
    """A measure was carried out."""
    NOT_FEASIBLE = 2
    """It owes, but no measure fits its class and condition, or it cannot be priced."""
    SUPERSEDED = 3
    """It owes and could be treated, but nothing of it is retained: giving it up takes the place of repair."""
    NO_MONEY = 4
    """It owes and could be treated; the money went to others."""


@dataclass(frozen=True, slots=True)
class ScenarioAssets:
    """The assets as a finished valuation found them, one value each; ``nan`` is unknown.

    Attributes:
        asset_id: Within the municipality; decides between equals.
        asset_class: The class's number.
        replacement_cost_eur: At the valuation's prices; ``nan`` leaves the asset out of all money.
        quantity: In the class's unit.
        condition: Condition index at the end of the valuation year, 0…1.
        retained_share: Share of the asset that the service need retains, 0…1; ``nan`` where not assessed.
        criticality: The higher one goes first among equals; ``nan`` counts as the lowest.
        measure_list: Number of the list of measures that hold for the asset.
        years_until_built: 0 for what stands; what is planned does not wear before it is built.
        parameters: Curves, method, target and wear, as the valuation used them.
    """

    asset_id: IntArray
    asset_class: AnyIntArray
    replacement_cost_eur: FloatArray
    quantity: FloatArray
    condition: FloatArray
    retained_share: FloatArray
    criticality: FloatArray
    measure_list: AnyIntArray
    years_until_built: FloatArray
    parameters: AssetParameters


@dataclass(frozen=True, slots=True)
class Measures:
    """What can be done, one row per measure of a list; ``nan`` is not given.

    Attributes:
        number: What the results name the measure by.
        measure_list: The list that it is in.
        condition_from: The worst condition that it can be applied to.
        condition_below: It applies to conditions below this one.
        condition_after: The condition that it brings an asset to, or
        condition_gain: the condition that it adds; one of the two is given.
        cost_share: Cost as a share of the replacement cost, or
        unit_cost_eur: cost per unit of quantity; where both are given they add up.
        gain_cost_share: Cost as a share of the replacement cost that the measure gives back, ``share·V·(after - c)``.
    """

    number: AnyIntArray
    measure_list: AnyIntArray
    condition_from: FloatArray
    condition_below: FloatArray
    condition_after: FloatArray
    condition_gain: FloatArray
    cost_share: FloatArray
    unit_cost_eur: FloatArray
    gain_cost_share: FloatArray

    def __post_init__(self) -> None:
        if (np.isnan(self.condition_after) & np.isnan(self.condition_gain)).any():
            raise ScenarioError("A measure says neither the condition after it nor the gain.")
        costs = np.nan_to_num(np.stack([self.cost_share, self.unit_cost_eur, self.gain_cost_share]))
        if not ((costs >= 0).all() and (costs.sum(axis=0) > 0).all()):
            raise ScenarioError("A measure has no cost above 0.")


@dataclass(frozen=True, slots=True)
class BudgetPool:
    """Money for the assets of some classes together.

    Attributes:
        classes: Numbers of the classes that share the money; no class is in two pools.
        amounts: Cents in each year of the scenario, in the money of the year.
    """

    classes: tuple[int, ...]
    amounts: CentsArray


@dataclass(frozen=True, slots=True)
class ScenarioSettings:
    """How a scenario is carried out.

    Attributes:
        policy: Which measures go first.
        price_factor: Prices of each year over those of the valuation; costs and values are multiplied by it.
        is_divisible: Whether a share of a measure may be bought; else measures are whole.
    """

    policy: Policy
    price_factor: FloatArray
    is_divisible: bool = False

    @property
    def years(self) -> int:
        """Return how many years the scenario has."""
        return len(self.price_factor)


def check_scenario(pools: tuple[BudgetPool, ...], settings: ScenarioSettings) -> None:
    """Check that the budgets fit the years and that no class draws on two of them.

    Raises:
        ScenarioError: They do not, there are no years or more than 50, or a price factor is not above 0.
    """
    if not 1 <= settings.years <= MOST_YEARS:
        raise ScenarioError(f"A scenario has 1…{MOST_YEARS} years, not {settings.years}.")
    if not (settings.price_factor > 0).all():
        raise ScenarioError("Price factors must be above 0.")
    if any(len(pool.amounts) != settings.years or (pool.amounts < 0).any() for pool in pools):
        raise ScenarioError("A budget has an amount of 0 or more for every year of the scenario.")
    classes = [number for pool in pools for number in pool.classes]
    if len(classes) != len(set(classes)):
        raise ScenarioError("A class draws on two budgets.")
