"""Along the curve, neighbours are neighbours on the ground."""

import numpy as np

from gis.hilbert import hilbert_numbers


def test_the_curve_goes_through_every_cell_once_and_always_to_a_cell_beside() -> None:
    side = 64
    cells = np.array([(x, y) for x in range(side) for y in range(side)], float)
    numbers = hilbert_numbers(cells)
    assert len(set(numbers.tolist())) == side * side
    steps = np.abs(np.diff(cells[numbers.argsort()], axis=0)).sum(axis=1)
    assert set(steps.tolist()) == {1.0}


def test_scale_and_place_of_the_points_do_not_matter() -> None:
    points = np.random.default_rng(1).random((500, 2))
    order = hilbert_numbers(points).argsort()
    assert order.tolist() == hilbert_numbers(points * 6000 + [385_000, 6_672_000]).argsort().tolist()


def test_no_point_and_points_in_one_place_have_numbers_too() -> None:
    assert hilbert_numbers(np.zeros((0, 2))).tolist() == []
    assert hilbert_numbers(np.array([[3.0, 4.0], [3.0, 4.0]])).tolist() == [0, 0]
