"""Condition grades that an asset passes through with yearly probabilities: a Markov chain in discrete time.

In a year the share ``rate`` of each grade falls to the next one: ``A' = A(1-ab); B' = A·ab + B(1-bc); …`` (Department
for Education, Blockbuster; methods.md A.11). A rate is 1 / mean years in the grade.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from service.engine.arrays import FloatArray
from service.engine.curves import CurveError, PointTable
from service.engine.deterioration import piecewise_age

MOST_YEARS = 500
_STILL = 1e-9
"""A chain whose expected condition falls by less in a year has come to its end."""


@dataclass(frozen=True, slots=True)
class GradeChain:
    """The grades of a class, best first.

    Attributes:
        rates: Probability of falling to the next grade within a year, for every grade but the last.
        conditions: Condition index of each grade, 1 for the best, never rising.
        cost_shares: Share of the replacement cost that repairing from each grade takes, never falling.

    >>> GradeChain((0.1, 0.05), (1.0, 0.5, 0.0), (0.0, 0.3, 1.0)).rates
    (0.1, 0.05)
    """

    rates: tuple[float, ...]
    conditions: tuple[float, ...]
    cost_shares: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.rates) + 1 != len(self.conditions) or len(self.conditions) != len(self.cost_shares):
            raise CurveError(
                "A chain of grades has a condition and a cost for every grade, a rate for all but the last."
            )
        if not all(0.0 <= rate <= 1.0 for rate in self.rates):
            raise CurveError(f"The yearly probabilities of a chain of grades lie within 0 … 1: {self.rates}.")
        if self.conditions[0] != 1.0 or self.conditions[-1] < 0.0 or _rises(self.conditions):
            raise CurveError(f"The conditions of grades start at 1 and do not rise or go below 0: {self.conditions}.")
        if self.cost_shares[0] < 0.0 or _rises(tuple(-share for share in self.cost_shares)):
            raise CurveError(f"The costs of grades do not fall from a better grade to a worse one: {self.cost_shares}.")


def _rises(values: tuple[float, ...]) -> bool:
    return any(later > sooner for sooner, later in pairwise(values))


def shares_by_year(chain: GradeChain, years: int) -> FloatArray:
    """Return the share of each grade after 0 … ``years`` years, starting as new: years × grades, rows sum to 1.

    >>> shares_by_year(GradeChain((0.1, 0.05), (1.0, 0.5, 0.0), (0.0, 0.3, 1.0)), 2).round(4)
    array([[1.   , 0.   , 0.   ],
           [0.9  , 0.1  , 0.   ],
           [0.81 , 0.185, 0.005]])
    """
    falls = np.array([*chain.rates, 0.0])
    shares = np.zeros((years + 1, len(falls)))
    shares[0, 0] = 1.0
    for year in range(years):
        falling = shares[year] * falls
        shares[year + 1] = shares[year] - falling
        shares[year + 1, 1:] += falling[:-1]
    return shares


def markov_points(chain: GradeChain) -> PointTable:
    """Return the expected condition by whole years of age as a curve, level from where it no longer falls.

    >>> markov_points(GradeChain((0.5,), (1.0, 0.0), (0.0, 1.0))).conditions[:3]
    (1.0, 0.5, 0.25)
    """
    expected = np.minimum.accumulate(shares_by_year(chain, MOST_YEARS) @ np.array(chain.conditions))
    falls = np.flatnonzero(expected[:-1] - expected[1:] > _STILL)
    last = int(falls[-1]) + 1 if len(falls) else 1
    return PointTable(tuple(float(age) for age in range(last + 1)), tuple(expected[: last + 1].tolist()))


def grade_shares(chain: GradeChain, condition: FloatArray) -> FloatArray:
    """Return the share of each grade at the age at which the chain's expected condition is the given one.

    Between whole years the shares lie on the line between them; a condition that the chain never reaches has the
    shares of its end.

    >>> grade_shares(GradeChain((0.5,), (1.0, 0.0), (0.0, 1.0)), np.array([1.0, 0.75, 0.25])).round(4)
    array([[1.  , 0.  ],
           [0.75, 0.25],
           [0.25, 0.75]])
    """
    points = markov_points(chain)
    age = piecewise_age(condition, points)
    by_year = shares_by_year(chain, len(points.ages) - 1)
    return np.stack([np.interp(age, points.ages, by_year[:, grade]) for grade in range(by_year.shape[1])], axis=-1)


def grade_cost(chain: GradeChain, condition: FloatArray, replacement_cost_eur: FloatArray) -> FloatArray:
    """Return ``Σ V · cost of grade · P(grade)`` in euros: repair of what has fallen to each grade.

    >>> grade_cost(GradeChain((0.5,), (1.0, 0.0), (0.0, 1.0)), np.array([0.75]), np.array([1000.0]))
    array([250.])
    """
    expected: FloatArray = grade_shares(chain, condition) @ np.array(chain.cost_shares)
    return expected * replacement_cost_eur
