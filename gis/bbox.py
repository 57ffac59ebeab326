"""Bounding boxes as OGC API Features writes them: `west,south,east,north` or with heights as third and sixth number."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString, Point

from gis.crs import CRS84, TM35FIN, Crs
from gis.errors import BboxError, GisFault
from gis.finland import finland_in
from gis.projection import reproject

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_IS_NUMBER = re.compile(rf" *{_NUMBER} *", re.ASCII)

BBOX_PATTERN = rf"^{_NUMBER}(,{_NUMBER}){{3}}((,{_NUMBER}){{2}})?$"
"""What any box looks like; its south must lie south of its north, too, and both on the globe."""

_MOST_PIECES = 1000
# A parallel bends 1²/(8·3700) km = 3 cm away from its chord over a kilometre at 60° N.
_LEAST_PIECE_DEGREES, _LEAST_PIECE_M = 0.01, 1000.0


@dataclass(frozen=True)
class Bbox:
    """A box in some reference system, easting or longitude first whatever the system declares.

    Attributes:
        west: Least easting or longitude; greater than `east` where the box crosses the antimeridian.
        south: Least northing or latitude.
        east: Greatest easting or longitude.
        north: Greatest northing or latitude.
        crs: System of these four.
        heights: Lowest and highest height, m, where the box has them.
    """

    west: float
    south: float
    east: float
    north: float
    crs: Crs = CRS84
    heights: tuple[float, float] | None = None


def parse_bbox(text: str, crs: Crs = CRS84) -> Bbox:
    """Return the box that a text of four or six numbers describes, its axes as the system declares them.

    Raises:
        BboxError: With every fault: wrong count, no number, not finite, least above greatest, outside the globe.
            West may exceed east in a geographic system, where the box crosses the antimeridian.

    >>> parse_bbox("24.9,60.1,25.0,60.2").north
    60.2
    """
    parts = text.split(",")
    if len(parts) not in (4, 6):
        raise BboxError([GisFault("", f"a bounding box has 4 or 6 numbers with commas between, not {len(parts)}")])
    numbers, faults = _finite_numbers(parts)
    if faults:
        raise BboxError(faults)
    box = _ordered(numbers, crs)
    if faults := _contradictions(box):
        raise BboxError(faults)
    return box


def bbox_in_finland(box: Bbox) -> BaseGeometry | None:
    """Return the part of a box that can hold anything, in EPSG:3067; None where nothing of it lies in Finland.

    The box is cut to Finland first, since projections lose their meaning far away, and its edges are divided before
    they are transformed, since a parallel is not straight in EPSG:3067. A box without width is a line, or a point.
    """
    pieces = [piece for west, east in _longitudes(box) if (piece := _cut_to_finland(box, west, east)) is not None]
    if not pieces:
        return None
    return pieces[0] if len(pieces) == 1 else shapely.unary_union(pieces)


def _finite_numbers(parts: list[str]) -> tuple[list[float], list[GisFault]]:
    numbers, faults = [], []
    for place, part in enumerate(parts, start=1):
        number = float(part) if _IS_NUMBER.fullmatch(part) else math.nan
        if not math.isfinite(number):
            faults.append(GisFault("", f"number {place} of the bounding box, '{part[:40]}', is not a finite number"))
        numbers.append(number)
    return numbers, faults


def _ordered(numbers: list[float], crs: Crs) -> Bbox:
    half = len(numbers) // 2
    (first_low, second_low), (first_high, second_high) = numbers[:2], numbers[half : half + 2]
    heights = (numbers[2], numbers[5]) if len(numbers) == 6 else None
    if crs.northing_first:
        return Bbox(second_low, first_low, second_high, first_high, crs, heights)
    return Bbox(first_low, second_low, first_high, second_high, crs, heights)


def _contradictions(box: Bbox) -> list[GisFault]:
    details = []
    north_axis, east_axis = ("latitude", "longitude") if box.crs.geographic else ("northing", "easting")
    if box.south > box.north:
        details.append(f"least {north_axis} {box.south:g} is above the greatest, {box.north:g}")
    if box.west > box.east and not box.crs.geographic:
        details.append(f"least {east_axis} {box.west:g} is above the greatest, {box.east:g}")
    if box.heights and box.heights[0] > box.heights[1]:
        details.append(f"least height {box.heights[0]:g} is above the greatest, {box.heights[1]:g}")
    if box.crs.geographic:
        details += [f"latitude {value:g} is not within -90 … 90" for value in (box.south, box.north) if abs(value) > 90]
        details += [
            f"longitude {value:g} is not within -360 … 360" for value in (box.west, box.east) if abs(value) > 360
        ]
    return [GisFault("", f"{detail} (axes of {box.crs.code})") for detail in details]


def _longitudes(box: Bbox) -> tuple[tuple[float, float], ...]:
    """West and east of the box, and in degrees also of the box once around the globe to either side."""
    if not box.crs.geographic:
        return ((box.west, box.east),)
    east = box.east if box.west <= box.east else box.east + 360
    if east - box.west >= 360:
        return ((-180.0, 180.0),)
    return tuple((box.west + turn, east + turn) for turn in (-360, 0, 360))


def _cut_to_finland(box: Bbox, west: float, east: float) -> BaseGeometry | None:
    finland_west, finland_south, finland_east, finland_north = finland_in(box.crs)
    west, east = max(west, finland_west), min(east, finland_east)
    south, north = max(box.south, finland_south), min(box.north, finland_north)
    if west > east or south > north:
        return None
    rectangle = _rectangle(west, south, east, north)
    if box.crs.code == TM35FIN.code:
        return rectangle
    least = _LEAST_PIECE_DEGREES if box.crs.geographic else _LEAST_PIECE_M
    piece = max(least, max(east - west, north - south) / _MOST_PIECES)
    return reproject(shapely.segmentize(rectangle, piece), box.crs, TM35FIN)


def _rectangle(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A polygon, or the line or point that a box without width or height is."""
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    return Point(west, south) if (west, south) == (east, north) else LineString([(west, south), (east, north)])
