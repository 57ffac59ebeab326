"""Which deterioration curve each asset follows, with its parameters."""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from service.engine.arrays import AnyIntArray, CodeArray, FloatArray
from service.engine.errors import EngineError


class CurveKind(IntEnum):
    """The form of a deterioration curve, as it is stored."""

    LINEAR = 1
    QUADRATIC = 2
    WEIBULL = 3
    PIECEWISE = 4
    MARKOV = 5


class CurveError(EngineError):
    """A deterioration curve cannot be used."""


@dataclass(frozen=True, slots=True)
class PointTable:
    """A curve given by points: ages in years, ascending from 0, and the condition at each, falling from 1.

    >>> PointTable((0.0, 10.0, 30.0), (1.0, 0.9, 0.2)).ages[-1]
    30.0
    """

    ages: tuple[float, ...]
    conditions: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.ages) != len(self.conditions) or self.ages[:1] != (0.0,) or self.conditions[:1] != (1.0,):
            raise CurveError("A curve by points starts at age 0 with condition 1 and has a condition for every age.")
        if any(later <= sooner for sooner, later in pairwise(self.ages)):
            raise CurveError(f"The ages of a curve by points must ascend: {self.ages}.")
        if self.conditions[-1] < 0 or any(later > sooner for sooner, later in pairwise(self.conditions)):
            raise CurveError(f"The conditions of a curve by points must fall and not go below 0: {self.conditions}.")


@dataclass(frozen=True, slots=True)
class Curves:
    """The curve of each asset; a parameter that its kind does not use may be ``nan``.

    Attributes:
        kind: A ``CurveKind`` per asset.
        annual_wear_share: *w* of the linear curve, share of the replacement cost lost in a year.
        service_life_years: *L* of the quadratic curve, above 0.
        wearing_share: *s* of the quadratic curve, the share of the cost that wears at all, 0…1.
        shape: *β* of the Weibull curve, above 0.
        scale_years: *η* of the Weibull curve, the age at which 1/e is left, above 0.
        point_table: Index into ``point_tables`` per asset; read for piecewise and Markov curves only.
        point_tables: The curves given by points; that of a chain of grades is its expected condition by year.
    """

    kind: CodeArray
    annual_wear_share: FloatArray
    service_life_years: FloatArray
    wearing_share: FloatArray
    shape: FloatArray
    scale_years: FloatArray
    point_table: AnyIntArray
    point_tables: tuple[PointTable, ...] = ()
