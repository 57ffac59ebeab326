"""Places along a Hilbert curve: what lies near one another on it lies near one another on the ground."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Integers: TypeAlias = npt.NDArray[np.int64]

_BITS = 16


def hilbert_numbers(points: npt.NDArray[np.float64]) -> Integers:
    """Return where points lie along a Hilbert curve through the square around all of them.

    Computed as H. S. Warren does (Hacker's Delight, 2nd edition, chapter 16): quadrant by quadrant, from the largest
    on, each turned so that the curve goes on where it left the one before.

    Args:
        points: Eastings and northings, shape (n, 2).

    Returns:
        Whole numbers from 0 to 2**32 - 1, shape (n,).

    >>> hilbert_numbers(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])).argsort().tolist()
    [0, 1, 2, 3]
    """
    x, y = _on_grid(points)
    number = np.zeros(len(x), np.int64)
    for bit in range(_BITS - 1, -1, -1):
        right, upper = x >> bit & 1, y >> bit & 1
        number = number << 2 | (3 * right ^ upper)
        mirrored = (upper == 0) & (right == 1)
        x, y = np.where(mirrored, ~x, x), np.where(mirrored, ~y, y)
        x, y = np.where(upper == 0, y, x), np.where(upper == 0, x, y)
    return number


def _on_grid(points: npt.NDArray[np.float64]) -> tuple[Integers, Integers]:
    """Columns and rows of a grid of 2**16 by 2**16 cells over the square around the points."""
    if not len(points):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    corner = points.min(axis=0)
    side = float((points.max(axis=0) - corner).max()) or 1.0
    x, y = ((points - corner) / side * (2**_BITS - 1)).astype(np.int64).T
    return x, y
