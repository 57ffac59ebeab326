"""The coordinates of a GeoJSON geometry, checked position by position before a geometry is built of them."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Any

from gis.errors import GisFault

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_POINTS = 100_000
"""Most positions of one geometry that are read; the longest street of a municipality has some thousands."""

MAX_FAULTS = 100
"""Most faults that are told of one geometry."""

_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_LEAST_POSITIONS = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}


def check_coordinates(kind: str, coordinates: object, max_points: int = MAX_POINTS) -> list[GisFault]:
    """Return what is wrong with the coordinates of a geometry type; nothing if a geometry can be built of them.

    Args:
        kind: Geometry type of RFC 7946.
        coordinates: The `coordinates` member.
        max_points: Most positions that are allowed; beyond them nothing else is looked at.
    """
    depth = _DEPTH[kind]
    if sum(len(positions) for positions in _sequences(coordinates, depth)) > max_points:
        return [GisFault("/coordinates", f"more than {max_points} positions in one geometry")]
    faults = list(islice(_faults(kind, coordinates, depth, "/coordinates"), MAX_FAULTS))
    if not faults and len({len(position) for row in _sequences(coordinates, depth) for position in row}) > 1:
        faults.append(GisFault("/coordinates", "some positions have a height and some have none"))
    return faults


def _sequences(node: object, depth: int) -> Iterator[list[Any]]:
    """The lists of positions: a point's one position as a list, a line's positions, each ring's positions."""
    if depth == 0:
        yield [node]
    elif not isinstance(node, list):
        return
    elif depth == 1:
        yield node
    else:
        for child in node:
            yield from _sequences(child, depth - 1)


def _faults(kind: str, node: object, depth: int, pointer: str) -> Iterator[GisFault]:
    if depth == 0:
        yield from _position_faults(node, pointer)
        return
    if not isinstance(node, list) or not node:
        yield GisFault(pointer, f"a list of {_content(kind, depth)} is expected, with one at least")
        return
    for number, child in enumerate(node):
        yield from _faults(kind, child, depth - 1, f"{pointer}/{number}")
    if depth == 1:
        yield from _sequence_faults(kind, node, pointer)


def _content(kind: str, depth: int) -> str:
    inner = "rings" if kind in ("Polygon", "MultiPolygon") else "lines"
    return {1: "positions", 2: inner, 3: "polygons"}[depth]


def _position_faults(position: object, pointer: str) -> Iterator[GisFault]:
    if not isinstance(position, list) or len(position) not in (2, 3):
        yield GisFault(pointer, "a position has two numbers, or three with a height")
        return
    for place, number in enumerate(position):
        if type(number) not in (int, float) or not _is_finite(number):
            yield GisFault(f"{pointer}/{place}", f"'{str(number)[:40]}' is not a finite number")


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer beyond the range of a float
        return False


def _sequence_faults(kind: str, positions: list[object], pointer: str) -> Iterator[GisFault]:
    least = _LEAST_POSITIONS.get(kind, 1)
    if len(positions) < least:
        yield GisFault(pointer, f"{len(positions)} positions, at least {least} are needed")
    elif least == 4 and positions[0] != positions[-1]:
        yield GisFault(pointer, "the ring is not closed: its last position must be its first")
