"""What the methods beyond value and two thresholds read, per set of assets that share their parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from service.engine.arrays import AnyIntArray, FloatArray
from service.engine.grades import GradeChain

UNKNOWN = float("nan")
GRADES = ("grade_rates", "grade_conditions", "grade_cost_shares")
LADDER = ("basic_repair_threshold", "improvement_threshold", "improved_condition")
NEEDED_BY_METHOD: Mapping[str, tuple[str, ...]] = {
    "value": ("target_condition",),
    "two_threshold": LADDER,
    "condition_class": ("optimum_condition_class",),
    "component": ("service_life_years",),
    "grade_cost": GRADES,
    "step": ("limit_condition",),
    "ambition": ("ambition_level", "is_collector_or_street"),
    "remaining_life": ("balance_remaining_life", "service_life_years"),
    "npv": ("service_life_years", "discount_rate", "outlook_years"),
    "age_band": ("service_life_years",),
}
"""Names of the parameters that each method measures against."""


class Ambition(IntEnum):
    """Which NS 3424 grades count as backlog (Norwegian municipal roads, methods.md A.11)."""

    LOW = 1
    """Grade 3."""
    ACCEPTABLE = 2
    """Grade 3, and grade 2 on collector roads and streets."""
    HIGH = 3
    """Grades 2 and 3."""


@dataclass(frozen=True, slots=True)
class MethodSet:
    """Parameters of the assets of one class, material, maintenance and functional class; ``nan`` is not given.

    Attributes:
        optimum_class: Condition class 1…5 below which a measure is owed.
        limit_condition: Condition index below which the step rule owes the whole treatment.
        ambition: An ``Ambition``.
        is_collector: Whether these are collector roads or streets.
        balance_remaining_life: Share of the remaining life below which backlog starts.
        service_life_years: Of the asset as a whole, where it has no components.
        discount_rate: Per year, of future repairs.
        outlook_years: How far ahead future repairs count.
        grades: The chain of grades.
        rules: Measures as ``(class from, class to, unit cost, cost share)``.
    """

    optimum_class: float = UNKNOWN
    limit_condition: float = UNKNOWN
    ambition: int = 0
    is_collector: bool = False
    balance_remaining_life: float = UNKNOWN
    service_life_years: float = UNKNOWN
    discount_rate: float = UNKNOWN
    outlook_years: float = UNKNOWN
    grades: GradeChain | None = None
    rules: tuple[tuple[int, int, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class MethodParameters:
    """The sets, and the number of each asset's set."""

    set_number: AnyIntArray
    sets: tuple[MethodSet, ...]

    def of(self, name: str) -> FloatArray:
        """Return a parameter by asset.

        >>> MethodParameters(np.array([0, 1, 0]), (MethodSet(3.0), MethodSet(4.0))).of("optimum_class")
        array([3., 4., 3.])
        """
        values: FloatArray = self.by_set(name)[self.set_number]
        return values

    def by_set(self, name: str) -> FloatArray:
        """Return a parameter by set."""
        return np.array([getattr(each, name) for each in self.sets], np.float64)
