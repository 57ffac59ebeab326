from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.alignment import CHORD_HEIGHT_M, Arc, Clothoid, Grade, Straight, alignment_points, elevations

radii = st.floats(10, 2000)
angles = st.floats(-np.pi, np.pi)


@given(radius=radii, first=angles, turn=st.floats(0.05, 3.0), clockwise=st.booleans())
def test_points_of_an_arc_lie_on_its_circle_and_no_chord_leaves_it(
    radius: float, first: float, turn: float, clockwise: bool
) -> None:
    centre = (21_500_000.0, 6_700_000.0)
    last = first - turn if clockwise else first + turn
    start, end = ((centre[0] + radius * np.cos(a), centre[1] + radius * np.sin(a)) for a in (first, last))
    arc = Arc(start, centre, end, clockwise)
    points = alignment_points([arc], 0.0)
    assert arc.length == pytest.approx(radius * turn, rel=1e-6)
    assert np.hypot(*(points - centre).T) == pytest.approx(radius, abs=1e-3)
    assert points[[0, -1]] == pytest.approx(np.array([start, end]), abs=1e-3)
    middles = (points[1:] + points[:-1]) / 2
    assert np.hypot(*(middles - centre).T).min() > radius - CHORD_HEIGHT_M - 1e-3


@given(radius=st.floats(50, 1000), share=st.floats(0.05, 0.9), clockwise=st.booleans())
def test_a_clothoid_runs_as_its_series_says(radius: float, share: float, clockwise: bool) -> None:
    # x = L − L⁵/40A⁴ + L⁹/3456A⁸, y = L³/6A² − L⁷/336A⁶ with A² = R·L: the textbook's series.
    length = radius * share
    a2, sign = radius * length, -1.0 if clockwise else 1.0

    def series(s: np.ndarray) -> np.ndarray:
        x = s - s**5 / (40 * a2**2) + s**9 / (3456 * a2**4)
        y = s**3 / (6 * a2) - s**7 / (336 * a2**3) + s**11 / (42240 * a2**5)
        return np.column_stack([x, sign * y])

    end = tuple(series(np.array([length]))[0])
    spiral = Clothoid((0.0, 0.0), (1.0, 0.0), end, length, np.inf, radius, clockwise)
    at = np.linspace(0, length, 9)
    assert spiral.points(at) == pytest.approx(series(at), abs=2e-3)


def test_a_vertical_curve_rounds_its_tangents_by_a_quarter_of_its_bulge() -> None:
    grades = [Grade(0, 10.0), Grade(100, 15.0, 20, 20), Grade(200, 10.0)]
    # L·|g₂ − g₁|/8 = 40·0.1/8 below the point where the grades meet, the tangents where the curve begins and ends.
    heights = elevations(grades, np.array([80.0, 100.0, 120.0, 50.0, 201.0]))
    assert heights[:4] == pytest.approx([14.0, 14.5, 14.0, 12.5])
    assert np.isnan(heights[4])


def test_an_alignment_without_a_profile_for_all_of_it_has_no_heights() -> None:
    line = Straight((0.0, 0.0), (100.0, 0.0))
    assert alignment_points([line], 0.0, [Grade(0, 1.0), Grade(50, 2.0)]).shape == (2 + 1, 2)
    assert alignment_points([line], 0.0, [Grade(0, 1.0), Grade(99.95, 2.0)])[-1].tolist() == [100.0, 0.0, 2.0]
    assert alignment_points([line], 1000.0, [Grade(1000, 1.0), Grade(1100, 2.0)])[:, 2].tolist() == [1.0, 2.0]
