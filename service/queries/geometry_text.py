"""Geometry columns as text, made by PostGIS in the system that the client asks for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

from gis.crs import TM35FIN, Crs

# A millimetre either way, and no `crs` member.
_METRE_DIGITS, _DEGREE_DIGITS, _PLAIN = 3, 8, 0


def in_system(geometry: ColumnElement[Any], crs: Crs) -> ColumnElement[Any]:
    """Return the expression that gives a geometry of EPSG:3067 in a system, easting or longitude first."""
    return geometry if crs.code == TM35FIN.code else func.ST_Transform(geometry, crs.srid)


def geojson_text(geometry: ColumnElement[Any], crs: Crs) -> ColumnElement[str]:
    """Return the expression that gives a geometry of EPSG:3067 as GeoJSON text, axes as the system declares them."""
    shape = in_system(geometry, crs)
    in_axis_order = func.ST_FlipCoordinates(shape) if crs.northing_first else shape
    return func.ST_AsGeoJSON(in_axis_order, _digits(crs), literal_column(str(_PLAIN)))


def wkt_text(geometry: ColumnElement[Any], crs: Crs) -> ColumnElement[str]:
    """Return the expression that gives a geometry of EPSG:3067 as WKT, easting or longitude first."""
    return func.ST_AsText(in_system(geometry, crs), _digits(crs))


def _digits(crs: Crs) -> ColumnElement[int]:
    return literal_column(str(_DEGREE_DIGITS if crs.geographic else _METRE_DIGITS))
