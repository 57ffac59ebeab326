"""In which coordinate system coordinates are that say nothing: one in which they lie where they must lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import GK_ZONES, GK_ZONES_WITHOUT_PREFIX, KKJ_ZONES, TM35FIN, WEB_MERCATOR, WGS84, Crs
from gis.finland import Bounds
from gis.projection import transformer

Floats: TypeAlias = npt.NDArray[np.float64]

GUESSED_SYSTEMS = (WGS84, TM35FIN, *GK_ZONES, *GK_ZONES_WITHOUT_PREFIX, *KKJ_ZONES, WEB_MERCATOR)
LEAST_SHARE = 0.9
MOST_POINTS = 500

# Where coordinates of Finland may be at all in degrees, in Web Mercator, and northings of any Gauss-Krüger zone.
_DEGREES: Bounds = (15.0, 55.0, 36.0, 73.0)
_MERCATOR: Bounds = (1.6e6, 7.4e6, 4.1e6, 12.2e6)
_SOUTH, _NORTH = 6.4e6, 7.9e6
_RETURN_M = 1.0
_ZONE_DEGREES = 2.0


@dataclass(frozen=True)
class CrsGuess:
    """A system in which the coordinates lie in the area.

    Attributes:
        crs: The system.
        swapped: True where northing or latitude comes first.
        share: Share of the coordinates that lie in the area, 0–1.
    """

    crs: Crs
    swapped: bool
    share: float

    def __str__(self) -> str:
        order = "latitude first" if self.crs.geographic else "northing first"
        return f"{self.crs.code} ({self.crs.name}{', ' + order if self.swapped else ''})"


def guess_crs(coordinates: Floats, area: BaseGeometry) -> list[CrsGuess]:
    """Return the systems in which at least nine of ten coordinates lie in an area, the likeliest first.

    One guess can be trusted as far as the area is small: neighbouring zones without prefix lie some 50 km apart.

    Args:
        coordinates: Shape (n, 2), in the file's order; those that are not finite are left out.
        area: Where they must lie, in EPSG:3067.
    """
    sample = sampled(coordinates)
    if not len(sample):
        return []
    shapely.prepare(area)
    guesses = [
        CrsGuess(crs, swapped, share_inside(sample, crs, area, swapped=swapped))
        for crs in _systems_of(area)
        for swapped in (False, True)
    ]
    return sorted((each for each in guesses if each.share >= LEAST_SHARE), key=lambda each: -each.share)


def _systems_of(area: BaseGeometry) -> list[Crs]:
    """Return the systems that may be used in an area: zones without prefix only within two degrees of their meridian.

    TM35FIN and zone 27 without prefix have the same meridian and lie some 3 km apart: only there both must be asked.
    """
    box = shapely.bounds(area)
    west, _, east, _ = transformer(TM35FIN, WGS84).transform_bounds(*box)
    return [
        crs
        for crs in GUESSED_SYSTEMS
        if crs not in GK_ZONES_WITHOUT_PREFIX
        or west - _ZONE_DEGREES <= 19 + GK_ZONES_WITHOUT_PREFIX.index(crs) <= east + _ZONE_DEGREES
    ]


def sampled(coordinates: Floats) -> Floats:
    """Return at most 500 finite coordinates, spread evenly over those given."""
    finite = coordinates[np.isfinite(coordinates).all(axis=1)]
    return finite[:: max(1, -(-len(finite) // MOST_POINTS))]


def share_inside(coordinates: Floats, crs: Crs, area: BaseGeometry, *, swapped: bool = False) -> float:
    """Return the share of coordinates that lie in an area (EPSG:3067) if they are in a system, 0–1."""
    x, y = coordinates[:, int(swapped)], coordinates[:, int(not swapped)]
    west, south, east, north = _domain(crs)
    near = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    if near.mean() < LEAST_SHARE:
        return 0.0
    there = transformer(crs, TM35FIN)
    easting, northing = there.transform(x[near], y[near])
    # A projection far from its meridian folds back on itself: such a place does not lead back to its coordinates.
    back = np.hypot(*np.subtract(there.transform(*_inverse(crs, easting, northing)), (easting, northing)))
    return float(np.sum(shapely.contains_xy(area, easting, northing) & (back < _RETURN_M)) / len(x))


def _inverse(crs: Crs, easting: Floats, northing: Floats) -> tuple[Floats, Floats]:
    x, y = transformer(TM35FIN, crs).transform(easting, northing)
    return x, y


def _domain(crs: Crs) -> Bounds:
    if crs.geographic:
        return _DEGREES
    if crs is WEB_MERCATOR:
        return _MERCATOR
    prefix = _prefix(crs)
    return prefix * 1e6, _SOUTH, (prefix + 1) * 1e6, _NORTH


def _prefix(crs: Crs) -> int:
    """Return the zone number that eastings begin with, 0 where the system has none."""
    if crs in GK_ZONES:
        return 19 + GK_ZONES.index(crs)
    return KKJ_ZONES.index(crs) if crs in KKJ_ZONES else 0
