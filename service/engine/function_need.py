"""Function need, and the split of a replacement that is larger or better than what it replaces (domain.md §5).

Function:    ``needed = round(curing cost·retained share)``, ``avoidable = curing cost − needed``
Replacement: with V the cost of the same again, C that of the replacement, q its size as a multiple of today's

- renewal  ``R = min(C, V·min(1, q))``
- capacity ``K = min(C − R, V·max(0, q − 1))``
- function ``F = C − R − K``

so that the three parts add up to C to the cent, and a smaller replacement renews only what stays.
"""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import CentsArray, FloatArray


@dataclass(frozen=True, slots=True)
class ReplacementSplit:
    """The parts of the cost of replacements, in cents; they add up to it."""

    renewal: CentsArray
    capacity_upgrade: CentsArray
    function_upgrade: CentsArray


def split_replacement(cost: CentsArray, same_again: CentsArray, size_ratio: FloatArray) -> ReplacementSplit:
    """Return what of a replacement's cost renews, what makes it larger and what makes it better.

    Args:
        cost: Cost of the replacement.
        same_again: Replacement cost of the asset as it is, at the same price level.
        size_ratio: Size of the replacement / size of the asset; ``nan`` where unknown counts as the same size.

    >>> parts = split_replacement(np.array([1400]), np.array([1000]), np.array([1.2]))
    >>> int(parts.renewal[0]), int(parts.capacity_upgrade[0]), int(parts.function_upgrade[0])
    (1000, 200, 200)
    """
    ratio = np.where(np.isnan(size_ratio), 1.0, size_ratio)
    renewal = np.minimum(cost, np.rint(same_again * np.minimum(ratio, 1.0)).astype(np.int64))
    larger = np.rint(same_again * np.maximum(ratio - 1.0, 0.0)).astype(np.int64)
    capacity = np.minimum(cost - renewal, larger)
    return ReplacementSplit(renewal, capacity, cost - renewal - capacity)


def size_ratio(after: FloatArray, before: FloatArray) -> FloatArray:
    """Return size after / size before; ``nan`` where either is unknown or nothing was there before.

    >>> size_ratio(np.array([360.0, 10.0, np.nan]), np.array([300.0, 0.0, 5.0]))
    array([1.2, nan, nan])
    """
    ratio: FloatArray = after / np.where(before > 0, before, np.nan)
    return ratio
