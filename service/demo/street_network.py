"""The town's streets as a graph: a grid in every district, main streets between them and roads out of town."""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
import shapely

from service.demo.rows import BoolArray, FloatArray, IntArray, Objects
from service.demo.town import CENTRE, DISTRICTS, District, Town

MAIN_STEP_M = 240.0
RURAL_STEP_M = 420.0
_RURAL_ROADS = 9
_KEPT_SHARE = 0.8
_CENTRE_PULL = 0.7


class StreetKind(IntEnum):
    """The part a street plays."""

    MAIN = 1
    COLLECTOR = 2
    LOCAL = 3
    RURAL = 4


@dataclass(frozen=True)
class StreetNetwork:
    """Junctions (metres, EPSG:3067) and the street segments between them."""

    nodes: FloatArray
    start: IntArray
    end: IntArray
    kind: IntArray
    district: IntArray

    def lines(self, shift: tuple[float, float] = (0.0, 0.0)) -> Objects:
        """Return the segments as lines; a shift in metres lays a pipe beside the middle of the street."""
        ends = np.stack([self.nodes[self.start], self.nodes[self.end]], axis=1) + np.array(shift)
        return np.array(shapely.linestrings(ends), object)

    def lengths(self) -> FloatArray:
        """Return the length of each segment in metres."""
        length: FloatArray = np.linalg.norm(self.nodes[self.end] - self.nodes[self.start], axis=1)
        return length

    def middles(self) -> FloatArray:
        """Return the middle of each segment."""
        middle: FloatArray = (self.nodes[self.start] + self.nodes[self.end]) / 2
        return middle

    def where(self, kept: BoolArray) -> "StreetNetwork":
        """Return the network with only some of its segments; the junctions keep their numbers."""
        return StreetNetwork(self.nodes, self.start[kept], self.end[kept], self.kind[kept], self.district[kept])


@dataclass
class _Draft:
    nodes: list[tuple[float, float]]
    edges: list[tuple[int, int, StreetKind]]

    def add_nodes(self, points: FloatArray) -> IntArray:
        first = len(self.nodes)
        self.nodes += [(float(east), float(north)) for east, north in points]
        return np.arange(first, len(self.nodes))

    def add_path(self, path: list[int], kind: StreetKind) -> None:
        self.edges += [(start, end, kind) for start, end in pairwise(path)]


def build_streets(rng: np.random.Generator, town: Town) -> StreetNetwork:
    """Return the street network of the town."""
    draft = _Draft([], [])
    grids = [_add_grid(rng, draft, district) for district in DISTRICTS]
    joined = _add_main_streets(rng, draft, grids)
    for pair in sorted(_neighbours() - joined, key=sorted):
        here, there = sorted(pair)
        _connect(rng, draft, grids[here], grids[there], StreetKind.COLLECTOR)
    _add_rural_roads(rng, draft, town, np.concatenate(grids))
    return _finished(draft, town)


def _add_main_streets(rng: np.random.Generator, draft: _Draft, grids: list[IntArray]) -> set[frozenset[int]]:
    """Join each district, the nearest to the centre first: to the centre, or to a joined one that lies far nearer."""
    middles = np.array([district.middle for district in DISTRICTS])
    distance = np.linalg.norm(middles[:, None] - middles[None], axis=2)
    by_distance = np.argsort(distance[0]).tolist()
    pairs = []
    for place, here in enumerate(by_distance[1:], start=1):
        pull = distance[here] * np.where(np.arange(len(middles)) == by_distance[0], _CENTRE_PULL, 1.0)
        there = by_distance[int(pull[by_distance[:place]].argmin())]
        _connect(rng, draft, grids[here], grids[there], StreetKind.MAIN)
        pairs.append(frozenset((here, there)))
    return set(pairs)


def _neighbours() -> set[frozenset[int]]:
    """Return the pairs of districts that follow each other around the centre."""
    around = sorted(
        range(1, len(DISTRICTS)), key=lambda each: np.arctan2(DISTRICTS[each].north_m, DISTRICTS[each].east_m)
    )
    return {frozenset(pair) for pair in zip(around, around[1:] + around[:1], strict=True)}


def _finished(draft: _Draft, town: Town) -> StreetNetwork:
    nodes, edges = np.array(draft.nodes), np.array(draft.edges, np.int64)
    start, end = edges[:, 0], edges[:, 1]
    district = town.district_of(shapely.points((nodes[start] + nodes[end]) / 2))
    return StreetNetwork(nodes, start, end, edges[:, 2], district)


def _add_grid(rng: np.random.Generator, draft: _Draft, district: District) -> IntArray:
    columns, rows = district.grid
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(columns), np.arange(rows)))
    local = np.column_stack([column - (columns - 1) / 2, row - (rows - 1) / 2]) * district.spacing_m
    points = local @ _rotation(district.angle_deg).T + np.array(district.middle) + rng.normal(0, 6, (len(local), 2))
    numbers = draft.add_nodes(points)
    pairs = [(here, here + 1) for here in np.flatnonzero(column < columns - 1).tolist()]
    pairs += [(here, here + columns) for here in np.flatnonzero(row < rows - 1).tolist()]
    for here, there in _thinned(rng, pairs, len(numbers)):
        is_middle = row[here] == row[there] == rows // 2
        kind = StreetKind.COLLECTOR if is_middle else StreetKind.LOCAL
        draft.add_path([int(numbers[here]), int(numbers[there])], kind)
    return numbers


def _rotation(angle_deg: float) -> FloatArray:
    angle = np.radians(angle_deg)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _thinned(rng: np.random.Generator, pairs: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """Leave out some pairs, but none without which the grid would fall apart."""
    group = list(range(count))

    def root(node: int) -> int:
        while group[node] != node:
            node = group[node]
        return node

    kept = []
    for number in rng.permutation(len(pairs)):
        here, there = (root(node) for node in pairs[number])
        if here != there or rng.random() < _KEPT_SHARE:
            group[here] = there
            kept.append(pairs[number])
    return sorted(kept)


def _connect(rng: np.random.Generator, draft: _Draft, here: IntArray, there: IntArray, kind: StreetKind) -> None:
    """Add a street from one grid to another, between their junctions that lie nearest to each other."""
    nodes = np.array(draft.nodes)
    distance = np.linalg.norm(nodes[here][:, None] - nodes[there][None], axis=2)
    first, last = np.unravel_index(int(distance.argmin()), distance.shape)
    between = _bent_path(rng, nodes[here[first]], nodes[there[last]], MAIN_STEP_M)
    draft.add_path([int(here[first]), *draft.add_nodes(between).tolist(), int(there[last])], kind)


def _bent_path(rng: np.random.Generator, start: FloatArray, end: FloatArray, step_m: float) -> FloatArray:
    """Return the points between two ends, along a slight bend."""
    length = float(np.linalg.norm(end - start))
    along = np.linspace(0, 1, max(int(length / step_m), 1) + 1)[1:-1, None]
    across = np.array([-(end - start)[1], (end - start)[0]])
    points: FloatArray = start + along * (end - start) + np.sin(np.pi * along) * across * rng.uniform(-0.1, 0.1)
    return points


def _add_rural_roads(rng: np.random.Generator, draft: _Draft, town: Town, town_nodes: IntArray) -> None:
    nodes = np.array(draft.nodes)[town_nodes]
    for angle in np.linspace(0, 2 * np.pi, _RURAL_ROADS, endpoint=False) + 0.3:
        outward = np.array([np.cos(angle), np.sin(angle)])
        first = int(((nodes - CENTRE) @ outward).argmax())
        end = nodes[first] + outward * _room_until_boundary(town, nodes[first], outward)
        points = np.vstack([_bent_path(rng, nodes[first], end, RURAL_STEP_M), end])
        draft.add_path([int(town_nodes[first]), *draft.add_nodes(points).tolist()], StreetKind.RURAL)


def _room_until_boundary(town: Town, start: FloatArray, outward: FloatArray) -> float:
    ray = shapely.linestrings([start, start + outward * 20_000])
    return float(shapely.length(shapely.intersection(ray, town.boundary))) - 150
