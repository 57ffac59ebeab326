"""What an inspection would narrow: how far conditions by age or default are off, and what that means in money.

The typical change *s* of a class is the root mean square of (condition by assessment − condition by age or default)
over its assessed assets: what inspections there have changed so far. An asset that nobody has assessed then has the
condition c ± s, and its backlog is uncertain by half of what lies between both ends,

    u = V · (max(0, c* − (c − s)) − max(0, c* − (c + s))) / 2

which is V·s below the target c*, 0 well above it, and a part of V·s near it. Errors are taken as independent: the
backlogs of several assets together are uncertain by √Σu², and each asset's u² is its share of what inspections can
narrow. The formula is ours (field.md: rank inspections by their share of the variance).
"""

import numpy as np

from service.engine.arrays import AnyIntArray, FloatArray

FEWEST_ASSESSED = 10
NOTHING_KNOWN = 12**-0.5  # standard deviation of a condition that may be anything from 0 to 1


def typical_change(asset_class: AnyIntArray, change: FloatArray, class_count: int) -> FloatArray:
    """Return the root mean square of the changes of each class, 1/√12 where fewer than ten are known.

    >>> typical_change(np.zeros(10, np.int64), np.tile([0.1, -0.1], 5), 2).round(3)
    array([0.1  , 0.289])
    """
    count = np.bincount(asset_class, minlength=class_count)
    squares = np.bincount(asset_class, weights=change**2, minlength=class_count)
    enough = count >= FEWEST_ASSESSED
    return np.where(enough, np.sqrt(squares / np.where(enough, count, 1)), NOTHING_KNOWN)


def backlog_uncertainty(
    cost_eur: FloatArray, condition: FloatArray, target: FloatArray, change: FloatArray
) -> FloatArray:
    """Return by how many euros each backlog is uncertain; without a target as if the asset were below it.

    >>> million = np.full(3, 1e6)
    >>> backlog_uncertainty(million, np.array([0.5, 0.75, 0.95]), np.full(3, 0.75), np.full(3, 0.1)).round()
    array([100000.,  50000.,      0.])
    """
    worse = np.maximum(target - (condition - change), 0.0)
    better = np.maximum(target - (condition + change), 0.0)
    return cost_eur * np.where(np.isnan(target), change, (worse - better) / 2)
