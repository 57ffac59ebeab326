"""Sums per group are exact, whatever the keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.group import count_by_group, group_rows, sum_by_group

WIDE = 2**62
small, huge = st.integers(-3, 3), st.integers(-WIDE, WIDE)
amounts = st.integers(-(10**16), 10**16)


@pytest.mark.parametrize("key", [small, huge, st.one_of(small, huge)], ids=["narrow", "wide", "mixed"])
def test_sums_are_those_of_whole_numbers(key: st.SearchStrategy[int]) -> None:
    @given(rows=st.lists(st.tuples(key, key, amounts), min_size=1, max_size=60))
    def check(rows: list[tuple[int, int, int]]) -> None:
        expected: dict[tuple[int, int], list[int]] = {}
        for first, second, amount in rows:
            expected.setdefault((first, second), []).append(amount)
        first, second, amount = (np.array(column, np.int64) for column in zip(*rows, strict=True))
        groups = group_rows([first, second])

        assert list(zip(*(key.tolist() for key in groups.keys), strict=True)) == sorted(expected)
        assert sum_by_group(groups, amount).tolist() == [sum(expected[key]) for key in sorted(expected)]
        assert count_by_group(groups).tolist() == [len(expected[key]) for key in sorted(expected)]

    check()


def test_sums_stay_exact_where_floating_point_would_not() -> None:
    groups = group_rows([np.zeros(3, np.int16)])

    assert sum_by_group(groups, np.array([2**53, 1, 1])).tolist() == [2**53 + 2]


def test_keys_at_the_ends_of_their_range_keep_their_order() -> None:
    groups = group_rows([np.array([2**63 - 1, -(2**63), 0]), np.array([1, -(2**63), 2**63 - 1])])

    assert groups.keys[0].tolist() == [-(2**63), 0, 2**63 - 1]
    assert groups.number.tolist() == [2, 0, 1]


def test_no_rows_are_no_groups() -> None:
    groups = group_rows([np.zeros(0, np.int64), np.zeros(0, np.int64)])

    assert groups.count == 0
    assert sum_by_group(groups, np.zeros(0, np.int64)).tolist() == []
    assert count_by_group(groups).tolist() == []
