"""Why two methods give the same assets another backlog: amount by amount (domain.md §6)."""

from dataclasses import dataclass

from service.engine.arrays import CentsArray


@dataclass(frozen=True, slots=True)
class Difference:
    """Assets and cents by what the two methods say of them; the three amounts add up to the difference.

    Attributes:
        both_count: Assets that owe under both.
        both: What they owe more under the other method (negative: less).
        only_other_count: Assets that owe under the other method only.
        only_other: What they owe under it.
        only_own_count: Assets that owe under the own method only.
        only_own: What they owe under it, negative.
    """

    both_count: int
    both: int
    only_other_count: int
    only_other: int
    only_own_count: int
    only_own: int

    @property
    def total(self) -> int:
        """Return the other backlog less the own one."""
        return self.both + self.only_other + self.only_own


def reconcile(own: CentsArray, other: CentsArray) -> Difference:
    """Return what makes the backlog of the same assets under another method differ from their own.

    >>> import numpy as np
    >>> reconcile(np.array([100, 50, 0]), np.array([80, 0, 30]))
    Difference(both_count=1, both=-20, only_other_count=1, only_other=30, only_own_count=1, only_own=-50)
    """
    owes, would_owe = own > 0, other > 0
    both, only_other, only_own = owes & would_owe, ~owes & would_owe, owes & ~would_owe
    return Difference(
        both_count=int(both.sum()),
        both=int((other - own)[both].sum()),
        only_other_count=int(only_other.sum()),
        only_other=int(other[only_other].sum()),
        only_own_count=int(only_own.sum()),
        only_own=-int(own[only_own].sum()),
    )
