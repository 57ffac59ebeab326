"""How the parts of a backlog changed: needed, avoidable and not assessed, by cause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import CentsArray, FloatArray
from service.engine.change import Cause
from service.engine.retention import split_backlog


@dataclass(frozen=True, slots=True)
class Parts:
    """A backlog in cents per asset and its parts; ``not_assessed`` is the part of ``needed`` set against no need."""

    backlog: CentsArray
    needed: CentsArray
    avoidable: CentsArray
    not_assessed: CentsArray

    def __sub__(self, other: "Parts") -> "Parts":
        """Return what is more here than there."""
        return Parts(
            self.backlog - other.backlog,
            self.needed - other.needed,
            self.avoidable - other.avoidable,
            self.not_assessed - other.not_assessed,
        )


def parts_of(backlog: CentsArray, retained_share: FloatArray) -> Parts:
    """Return the parts of a backlog by the share of each asset that is retained.

    >>> parts_of(np.array([100, 100]), np.array([0.25, np.nan])).avoidable
    array([75,  0])
    """
    needed, avoidable = split_backlog(backlog, retained_share)
    return Parts(backlog, needed, avoidable, np.where(np.isnan(retained_share), backlog, 0))


def change_of_parts(
    causes: Mapping[Cause, CentsArray], backlog: CentsArray, retained: tuple[FloatArray, FloatArray]
) -> Iterator[tuple[Cause, Parts]]:
    """Give each cause's change of the parts, and the changed need last; they add up to the change between the two.

    Args:
        causes: Change of the backlog by cause, in the order in which the inputs were changed.
        backlog: Of the earlier valuation.
        retained: Shares retained in the earlier and in the later valuation.
    """
    then = parts_of(backlog, retained[0])
    for cause, change in causes.items():
        now = parts_of(then.backlog + change, retained[0])
        yield cause, now - then
        then = now
    yield Cause.NEED, parts_of(then.backlog, retained[1]) - then
