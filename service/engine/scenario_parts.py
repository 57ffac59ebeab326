"""What partly treated assets owe, by methods whose backlog jumps with the condition.

A condition class, a threshold or a list of measures owes the same over a range of conditions and then falls at once.
Read off the condition that a share of a measure leads to, an asset just below a class's limit would be rid of all its
backlog for a cent. A share of a measure therefore takes away the same share of what the asset would owe untreated:

    owed = left + (untreated - left) * (age - young) / (age untreated - young)

with `young` the age after the whole measure and `left` what is still owed then. A park that owes 100 000 € in its class
and whose measure gives back 20 years owes 75 000 € after a quarter of it; next year, a year older and the untreated one
as well, 100 000 * 16 / 21 = 76 190 €. It never falls with age, and the untreated age is the same in every scenario, so
more money still never leaves more backlog.
"""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import CentsArray, FloatArray, exact_condition
from service.engine.backlog import Method
from service.engine.deterioration import condition_at_age
from service.engine.money import cents
from service.engine.scenario_block import Block
from service.engine.scenario_shares import Shares

_SAME_AGE = 1e-9


def owes_in_parts(block: Block) -> bool:
    """Return whether the backlog of a block's method jumps with the condition."""
    return len(block.rows) > 0 and int(block.assets.parameters.method[0]) != Method.VALUE


@dataclass(frozen=True, slots=True)
class Untreated:
    """Assets of a block in a year as they would be without any measure of the scenario.

    Attributes:
        age: Effective age, at most where the curve ends.
        owed_eur: Their backlog at the prices of the year.
        left_eur: Their backlog after the whole measure, at the same prices.
    """

    age: FloatArray
    owed_eur: FloatArray
    left_eur: FloatArray


@dataclass(frozen=True, slots=True)
class Found:
    """The state of a block at the end of the valuation year."""

    age: FloatArray
    condition: FloatArray


def untreated(block: Block, found: Found, shares: Shares, years: int, price: float) -> Untreated:
    """Return how the assets would stand so many years after the valuation, had nothing been done."""
    curves = block.assets.parameters.curves
    age = np.minimum(found.age + years, shares.end_age)
    owed = block.owed_at(exact_condition(np.minimum(found.condition, condition_at_age(curves, age))), price)
    after = block.owed_at(exact_condition(condition_at_age(curves, shares.young_age)), price)
    return Untreated(age, owed, np.minimum(after, owed))


def owed_in_parts(age: FloatArray, shares: Shares, path: Untreated) -> CentsArray:
    """Return the backlog of assets in cents by the share of their measure that is not carried out."""
    span = path.age - shares.young_age
    is_measured = (shares.price_eur > 0) & (span > 0) & (age < path.age - _SAME_AGE)
    share = np.divide(age - shares.young_age, span, out=np.ones_like(age), where=is_measured)
    owed = path.left_eur + (path.owed_eur - path.left_eur) * np.clip(share, 0.0, 1.0)
    return cents(np.where(is_measured, owed, path.owed_eur), "repair backlog")
