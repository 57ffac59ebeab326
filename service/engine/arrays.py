"""The array types of the engine, and the precision to which its numbers are compared."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
"""Measures, shares and years; ``nan`` is unknown."""

IntArray: TypeAlias = NDArray[np.int64]
"""Numbers of rows, groups, services and areas."""

CentsArray: TypeAlias = NDArray[np.int64]
"""Money in whole cents."""

CodeArray: TypeAlias = NDArray[np.int8]
"""Members of an ``IntEnum``."""

BoolArray: TypeAlias = NDArray[np.bool_]

AnyIntArray: TypeAlias = NDArray[np.signedinteger[Any]]
"""Whole numbers of any width, as they come from storage."""

CONDITION_DECIMALS = 12
"""Conditions are rounded to this many decimals before they meet a threshold.

Floating point makes ``1 - 0.4`` and ``0.6`` different numbers, and at a threshold that is worth half of a building.
Twelve decimals lie well above the error of the arithmetic and well below a cent of a billion euros.
"""


def exact_condition(condition: FloatArray) -> FloatArray:
    """Return the condition as it is compared with thresholds: within 0…1, rounded to 12 decimals.

    ``nan`` stays ``nan``.

    >>> bool(exact_condition(np.array([1 - 0.4]))[0] == 0.6)
    True
    """
    within: FloatArray = np.clip(condition, 0.0, 1.0)
    return np.round(within, CONDITION_DECIMALS)


def unknown(size: int) -> FloatArray:
    """Return an array of ``size`` unknown values.

    >>> unknown(2)
    array([nan, nan])
    """
    return np.full(size, np.nan)
