"""Alignments of roads as they are designed: lines, arcs, clothoids and vertical curves, made into points.

Coordinates are easting and northing in metres, stations metres along the alignment. Curves are followed so closely that
no chord lies further than `CHORD_HEIGHT_M` from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point = tuple[float, float]

CHORD_HEIGHT_M = 0.01
_SPIRAL_PANELS = 512
# Of one piece: a curve that is longer than this follows it less closely, and is no road.
_MOST_PIECES = 20_000


class Element(Protocol):
    """A piece of an alignment: its length, the longest step that follows it closely, and points along it."""

    @property
    def length(self) -> float:
        """Return the length, m."""

    @property
    def step(self) -> float:
        """Return the longest step, m, that keeps its chord within `CHORD_HEIGHT_M`."""

    def points(self, distances: Floats) -> Floats:
        """Return easting and northing, shape (n, 2), at distances from its start, m."""


@dataclass(frozen=True)
class Straight:
    """A straight line."""

    start: Point
    end: Point

    @property
    def length(self) -> float:
        """Return the length, m."""
        return float(np.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))

    @property
    def step(self) -> float:
        """Return that no point between its ends is needed."""
        return np.inf

    def points(self, distances: Floats) -> Floats:
        """Return points, shape (n, 2)."""
        shares = distances / self.length if self.length else np.zeros_like(distances)
        start, end = np.array(self.start), np.array(self.end)
        points: Floats = start + shares[:, None] * (end - start)
        return points


@dataclass(frozen=True)
class Arc:
    """A circular arc about a centre."""

    start: Point
    centre: Point
    end: Point
    clockwise: bool

    @property
    def radius(self) -> float:
        """Return the radius, m, of the start about the centre."""
        return float(np.hypot(self.start[0] - self.centre[0], self.start[1] - self.centre[1]))

    @property
    def length(self) -> float:
        """Return the length, m, from start to end in the arc's direction."""
        turn = _angle(self.centre, self.end) - _angle(self.centre, self.start)
        return self.radius * float(np.mod(-turn if self.clockwise else turn, 2 * np.pi))

    @property
    def step(self) -> float:
        """Return the longest step, m."""
        return _step(self.radius)

    def points(self, distances: Floats) -> Floats:
        """Return points, shape (n, 2)."""
        turns = distances / self.radius * (-1.0 if self.clockwise else 1.0)
        angles = _angle(self.centre, self.start) + turns
        return np.asarray(self.centre) + self.radius * np.column_stack([np.cos(angles), np.sin(angles)])


@dataclass(frozen=True)
class Clothoid:
    """A spiral whose curvature grows evenly along it; a radius of infinity is a straight start or end.

    `towards` is any point on the tangent at the start, ahead.
    """

    start: Point
    towards: Point
    end: Point
    length: float
    start_radius: float
    end_radius: float
    clockwise: bool

    @property
    def step(self) -> float:
        """Return the longest step, m, by the tighter end."""
        return _step(min(self.start_radius, self.end_radius))

    def points(self, distances: Floats) -> Floats:
        """Return points, shape (n, 2): headings integrated by Simpson's rule, closed onto the given end."""
        nodes = np.linspace(0.0, self.length, 2 * _SPIRAL_PANELS + 1)
        courses = self._headings(nodes)
        sides = np.column_stack([np.cos(courses), np.sin(courses)])
        panels = (sides[:-2:2] + 4 * sides[1:-1:2] + sides[2::2]) * (self.length / _SPIRAL_PANELS / 6)
        path = np.asarray(self.start) + np.vstack([np.zeros(2), np.cumsum(panels, axis=0)])
        path += np.linspace(0.0, 1.0, len(path))[:, None] * (np.asarray(self.end) - path[-1])
        return np.column_stack([np.interp(distances, nodes[::2], path[:, axis]) for axis in (0, 1)])

    def _headings(self, distances: Floats) -> Floats:
        first, last = 1.0 / self.start_radius, 1.0 / self.end_radius
        turns = first * distances + (last - first) * distances**2 / (2 * self.length)
        return _angle(self.start, self.towards) + (-turns if self.clockwise else turns)


def _angle(centre: Point, point: Point) -> float:
    return float(np.arctan2(point[1] - centre[1], point[0] - centre[0]))


def _step(radius: float) -> float:
    return float(np.sqrt(8.0 * radius * CHORD_HEIGHT_M))


@dataclass(frozen=True)
class Grade:
    """A point where two grades meet: station and elevation, m, and the lengths of the curve before and behind it, m."""

    station: float
    elevation: float
    length_in: float = 0.0
    length_out: float = 0.0


def elevations(grades: Sequence[Grade], stations: Floats) -> Floats:
    """Return elevations, m, at stations; NaN before the first and behind the last point of the profile.

    Vertical curves are parabolas between their tangents. A circular curve differs from that by less than 1 mm as long
    as its grades are those of roads: z″ = (1 + g²)^1.5 / R.
    """
    at = np.array([grade.station for grade in grades])
    tangent = np.interp(stations, at, [grade.elevation for grade in grades], left=np.nan, right=np.nan)
    slopes = np.diff([grade.elevation for grade in grades]) / np.diff(at)
    for grade, before, behind in zip(grades[1:-1], slopes[:-1], slopes[1:], strict=True):
        tangent = tangent + _rounding(grade, float(behind - before), stations)
    return tangent


def _rounding(grade: Grade, bend: float, stations: Floats) -> Floats:
    """Return how far a vertical curve lies above its tangents at stations, m."""
    first, last = grade.length_in, grade.length_out
    if first <= 0 or last <= 0:
        return np.zeros_like(stations)
    height = first * last * bend / (2 * (first + last))
    before = np.clip((stations - grade.station + first) / first, 0.0, 1.0)
    behind = np.clip((grade.station + last - stations) / last, 0.0, 1.0)
    return height * np.where(stations <= grade.station, before, behind) ** 2


def alignment_points(elements: Sequence[Element], start_station: float, grades: Sequence[Grade] = ()) -> Floats:
    """Return points along an alignment, shape (n, 2), or (n, 3) where a profile gives every one an elevation.

    A profile ends a few millimetres before or behind the plan where the two are computed apart: its ends are drawn to
    the ends of the plan when they lie within 0.1 m.
    """
    starts = np.cumsum([0.0, *(element.length for element in elements)])
    wanted = [
        _distances(element.length, element.step) + start for element, start in zip(elements, starts, strict=False)
    ]
    wanted.append(_of_profile(grades, start_station, float(starts[-1])))
    stations = np.unique(np.round(np.concatenate(wanted), 6))
    plan = _plan(elements, starts, stations)
    if len(grades) < 2:
        return plan
    ends = (grades[0].station - start_station, grades[-1].station - start_station)
    drawn = np.clip(stations, max(ends[0], 0.0) if ends[0] < 0.1 else 0.0, None)
    drawn = np.minimum(drawn, ends[1]) if ends[1] > starts[-1] - 0.1 else drawn
    heights = elevations(grades, drawn + start_station)
    return plan if np.isnan(heights).any() else np.column_stack([plan, heights])


def _distances(length: float, step: float) -> Floats:
    pieces = min(max(np.ceil(length / step), 1.0), _MOST_PIECES)
    return np.linspace(0.0, length, int(pieces) + 1)


def _of_profile(grades: Sequence[Grade], start_station: float, length: float) -> Floats:
    """Return the distances at which the profile bends, and those that follow its curves closely."""
    bends = [np.array([grade.station for grade in grades])]
    for before, grade, behind in zip(grades, grades[1:], grades[2:], strict=False):
        slopes = [(b.elevation - a.elevation) / (b.station - a.station) for a, b in ((before, grade), (grade, behind))]
        curve = grade.length_in + grade.length_out
        if curve > 0 and slopes[0] != slopes[1]:
            first = grade.station - grade.length_in
            bends.append(first + _distances(curve, _step(curve / abs(slopes[1] - slopes[0]))))
    distances = np.concatenate(bends) - start_station
    return distances[(distances > 0) & (distances < length)]


def _plan(elements: Sequence[Element], starts: Floats, stations: Floats) -> Floats:
    owner = np.clip(np.searchsorted(starts, stations, side="right") - 1, 0, len(elements) - 1)
    points = np.empty((len(stations), 2))
    for number, element in enumerate(elements):
        mine = owner == number
        points[mine] = element.points(np.minimum(stations[mine] - starts[number], element.length))
    return points
