"""Reading of a rating on its scale: the condition index that it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def condition_index_on_scale(points: Mapping[str, float], value_given: str) -> float | None:
    """Return the condition index (0…1) of a rating, or None where it is not on the scale.

    A scale of numbers is linear between its points; any other has exactly the values that are listed.

    Args:
        points: Condition index by the scale's values.
        value_given: The rating as it was given.

    >>> condition_index_on_scale({"5": 1.0, "4": 0.8, "1": 0.2}, "4.5")
    0.9
    >>> condition_index_on_scale({"5": 1.0, "1": 0.2}, "7") is None
    True
    >>> condition_index_on_scale({"A": 1.0, "E": 0.0}, "B") is None
    True
    """
    if value_given in points:
        return points[value_given]
    if not all(map(_NUMBER.fullmatch, (value_given, *points))):
        return None
    number = float(value_given)
    known = sorted((float(given), index) for given, index in points.items())
    for (low, index_low), (high, index_high) in pairwise(known):
        if low <= number <= high:
            return index_low + (index_high - index_low) * (number - low) / (high - low)
    return None
