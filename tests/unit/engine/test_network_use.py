"""Use of networks by group: metres and cents are exact whatever the order of the rows."""

from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.engine.group import group_rows
from service.engine.network_use import NetworkInputs, inhabitants_served, network_use, users, users_by_grid

ROWS = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.floats(0, 5000),
        st.none() | st.integers(0, 500),
        st.none() | st.integers(0, 500),
        st.integers(0, 10**9),
    ),
    min_size=1,
    max_size=30,
)


def inputs(rows: list[tuple[int, float, int | None, int | None, int]]) -> tuple[np.ndarray, NetworkInputs]:
    kind, length, recorded, grid, backlog = (np.array(column, float) for column in zip(*rows, strict=True))
    return kind.astype(np.int64), NetworkInputs(length, recorded, grid, backlog.astype(np.int64))


@given(rows=ROWS, seed=st.integers(0, 2**32 - 1))
def test_figures_do_not_depend_on_the_order_of_the_assets(
    rows: list[tuple[int, float, int, int, int]], seed: int
) -> None:
    mixed = [rows[number] for number in np.random.default_rng(seed).permutation(len(rows))]
    (kind, own), (mixed_kind, other) = inputs(rows), inputs(mixed)
    one, two = network_use(group_rows([kind]), own), network_use(group_rows([mixed_kind]), other)
    for each in fields(one):
        np.testing.assert_array_equal(getattr(one, each.name), getattr(two, each.name))


@given(rows=ROWS)
def test_length_is_used_unused_or_unknown_and_backlog_without_users_is_a_part(
    rows: list[tuple[int, float, int, int, int]],
) -> None:
    kind, own = inputs(rows)
    use = network_use(group_rows([kind]), own)
    used = np.round(own.length_m * 1000)[users(own) > 0].sum() / 1000
    parts = use.length_without_users_m.sum() + use.length_unknown_m.sum() + used
    np.testing.assert_allclose(parts, use.length_m.sum(), rtol=1e-9, atol=0.01)
    assert (use.backlog_without_users <= use.backlog).all()
    assert use.backlog.sum() == own.backlog.sum()


def test_an_inhabitant_near_two_mains_is_served_once_but_uses_both() -> None:
    groups, near = group_rows([np.array([1, 1, 2])]), (np.array([0, 1, 2, 1]), np.array([0, 0, 0, 1]))
    population = np.array([10.0, 3.0])
    assert inhabitants_served(groups, *near, population).tolist() == [13.0, 10.0]
    assert users_by_grid(3, *near, population).tolist() == [10.0, 13.0, 10.0]
