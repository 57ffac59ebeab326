"""Sums over areas that lie within one another: each amount counts in its own area and in all around it."""

import numpy as np

from service.engine.arrays import IntArray
from service.engine.errors import EngineError


class CircularAreasError(EngineError):
    """Areas lie in one another in a circle."""


def within(parent: IntArray) -> tuple[IntArray, IntArray]:
    """Return pairs (area, area around it or itself); ``parent`` is the area that each lies in, -1 for none.

    Raises:
        CircularAreasError: An area lies in itself, directly or through others.

    >>> inner, outer = within(np.array([2, 2, -1]))
    >>> list(zip(inner.tolist(), outer.tolist()))
    [(0, 0), (1, 1), (2, 2), (0, 2), (1, 2)]
    """
    areas = np.arange(len(parent))
    inner, outer = [areas], [areas]
    own, around = areas, parent
    for _ in range(len(parent) + 1):
        own, around = own[around >= 0], around[around >= 0]
        if not len(own):
            return np.concatenate(inner), np.concatenate(outer)
        inner.append(own)
        outer.append(around)
        around = parent[around]
    raise CircularAreasError(f"{len(np.unique(own))} areas lie in one another in a circle.")


def has_inner(parent: IntArray) -> IntArray:
    """Return the areas that others lie in, ascending.

    >>> has_inner(np.array([2, 2, -1]))
    array([2])
    """
    return np.unique(parent[parent >= 0])
