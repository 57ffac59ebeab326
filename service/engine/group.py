"""Exact sums of cents per group of rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import AnyIntArray, CentsArray, IntArray

_DENSE_SPAN = 1 << 22
"""Up to this many possible keys, and no more than a few per row, a look-up table is faster than sorting the rows."""

_KEYS_PER_ROW = 8
_MOST_CODES = 1 << 62


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups that rows fall into.

    Attributes:
        keys: One array per key column with its value in each group; the groups ascend by the first key, then the next.
        number: The number of each row's group.
    """

    keys: tuple[IntArray, ...]
    number: IntArray

    @property
    def count(self) -> int:
        """Return how many groups there are."""
        return len(self.keys[0])


def group_rows(keys: Sequence[AnyIntArray]) -> Groups:
    """Return the groups of rows that have all keys in common.

    >>> groups = group_rows([np.array([2, 1, 2]), np.array([7, 7, 7])])
    >>> groups.keys, groups.number
    ((array([1, 2]), array([7, 7])), array([1, 0, 1]))
    """
    size = len(keys[0])
    if not size:
        return Groups(tuple(np.zeros(0, np.int64) for _ in keys), np.zeros(0, np.int64))
    code, span = _composite(keys)
    dense = span <= min(_DENSE_SPAN, _KEYS_PER_ROW * size)
    number, count = _dense_number(code, span) if dense else _sorted_number(code)
    row_of_group = np.zeros(count, np.int64)
    row_of_group[number] = np.arange(size)
    return Groups(tuple(key[row_of_group].astype(np.int64) for key in keys), number)


def sum_by_group(groups: Groups, amounts: CentsArray) -> CentsArray:
    """Return the exact sum of the amounts in each group.

    >>> sum_by_group(group_rows([np.array([2, 1, 2])]), np.array([10, 20, 30]))
    array([20, 40])
    """
    sums = np.zeros(groups.count, np.int64)
    np.add.at(sums, groups.number, amounts)
    return sums


def count_by_group(groups: Groups) -> IntArray:
    """Return how many rows each group has.

    >>> count_by_group(group_rows([np.array([2, 1, 2])]))
    array([1, 2])
    """
    return np.bincount(groups.number, minlength=groups.count).astype(np.int64)


def _composite(keys: Sequence[AnyIntArray]) -> tuple[IntArray, int]:
    code, span = np.zeros(len(keys[0]), np.int64), 1
    for key in keys:
        part, width = _offset(key)
        if span * width >= _MOST_CODES:
            # Ranks instead of values: never more of them than rows, so the product fits.
            (code, span), (part, width) = _sorted_number(code), _sorted_number(part)
        code = code * width + part
        span *= width
    return code, span


def _offset(key: AnyIntArray) -> tuple[IntArray, int]:
    lowest, highest = int(key.min()), int(key.max())
    if highest - lowest >= _MOST_CODES:
        return _sorted_number(key.astype(np.int64))
    return key.astype(np.int64) - lowest, highest - lowest + 1


def _dense_number(code: IntArray, span: int) -> tuple[IntArray, int]:
    taken = np.zeros(span, np.bool_)
    taken[code] = True
    numbers = np.cumsum(taken) - 1
    return numbers[code], int(numbers[-1]) + 1


def _sorted_number(code: IntArray) -> tuple[IntArray, int]:
    found, number = np.unique(code, return_inverse=True)
    return number.astype(np.int64), len(found)
