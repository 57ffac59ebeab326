"""Areas within areas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.nesting import CircularAreasError, has_inner, within

# Each area lies in an earlier one or in none, so there is no circle.
FORESTS = st.integers(1, 30).flatmap(lambda n: st.tuples(*(st.integers(-1, each - 1) for each in range(n))))


@given(FORESTS)
def test_each_area_counts_once_in_itself_and_in_every_area_around_it(parents: tuple[int, ...]) -> None:
    inner, outer = within(np.array(parents))
    found = sorted(zip(inner.tolist(), outer.tolist(), strict=True))
    expected = []
    for area in range(len(parents)):
        around = area
        while around >= 0:
            expected.append((area, around))
            around = parents[around]
    assert found == sorted(expected)
    assert set(has_inner(np.array(parents)).tolist()) == {parent for parent in parents if parent >= 0}


@pytest.mark.parametrize("parents", [[0], [1, 0], [1, 2, 0, -1]])
def test_a_circle_is_refused(parents: list[int]) -> None:
    with pytest.raises(CircularAreasError):
        within(np.array(parents))
