"""Where things may lie: Finland with its waters, and what a coordinate outside it probably is instead."""

from __future__ import annotations

from functools import lru_cache

from gis.crs import CRS84, GK_ZONES, TM35FIN, WEB_MERCATOR, Crs
from gis.projection import transformer

Bounds = tuple[float, float, float, float]

FINLAND: Bounds = (40_000.0, 6_520_000.0, 790_000.0, 7_800_000.0)
"""West, south, east, north in EPSG:3067, m: the area of use of EPSG:3067 (19.08–31.59° E, 58.84–70.09° N) enclosed."""

_EDGE_POINTS = 21
_MARGIN_M = 10_000.0


@lru_cache(maxsize=64)
def finland_in(crs: Crs) -> Bounds:
    """Return the bounds of Finland in a system, easting first: a box around the box of EPSG:3067 and some margin.

    The margin makes up for edges that are bent by the projection between the points where they are looked at.
    """
    wider = (FINLAND[0] - _MARGIN_M, FINLAND[1] - _MARGIN_M, FINLAND[2] + _MARGIN_M, FINLAND[3] + _MARGIN_M)
    west, south, east, north = transformer(TM35FIN, crs).transform_bounds(*wider, densify_pts=_EDGE_POINTS)
    return west, south, east, north


def lies_in_finland(bounds: Bounds) -> bool:
    """Return whether a box in EPSG:3067 lies wholly within Finland; a box of infinite or unknown sides does not.

    >>> lies_in_finland((385611.3, 6672118.4, 385700.0, 6672200.0))
    True
    >>> lies_in_finland((24.9, 60.1, 25.0, 60.2))
    False
    """
    west, south, east, north = bounds
    return FINLAND[0] <= west <= east <= FINLAND[2] and FINLAND[1] <= south <= north <= FINLAND[3]


def probable_crs(x: float, y: float) -> str | None:
    """Return a phrase that says what a coordinate pair (easting or longitude first) looks like; None if like nothing.

    Tells the systems in use in Finland apart by the size of their numbers: a GK easting begins with its zone number.

    >>> probable_crs(25496580.4, 6673003.6)
    'EPSG:3879'
    >>> probable_crs(60.17, 24.94)
    'latitude before longitude'
    """
    for crs in (CRS84, TM35FIN, *GK_ZONES):
        if _inside(x, y, crs):
            return "longitude and latitude (CRS84)" if crs.geographic else crs.code
    if _inside(y, x, CRS84):
        return "latitude before longitude"
    if any(_inside(y, x, crs) for crs in (TM35FIN, *GK_ZONES)):
        return "northing before easting"
    return WEB_MERCATOR.code if _inside(x, y, WEB_MERCATOR) else None


def _inside(x: float, y: float, crs: Crs) -> bool:
    west, south, east, north = _zone_bounds(crs) if crs in GK_ZONES else finland_in(crs)
    return west <= x <= east and south <= y <= north


def _zone_bounds(crs: Crs) -> Bounds:
    """Bounds of a GK zone by its prefix: 500 km on either side of the false easting, zone·10⁶ + 500 000 m."""
    zone = crs.srid - GK_ZONES[0].srid + 19
    _, south, _, north = finland_in(crs)
    return zone * 1e6, south, (zone + 1) * 1e6, north
