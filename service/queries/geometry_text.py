"""Geometry columns as GeoJSON text, made by PostGIS in the system that the client asks for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

from gis.crs import TM35FIN, Crs

# A millimetre either way, and no `crs` member.
_METRE_DIGITS, _DEGREE_DIGITS, _PLAIN = 3, 8, 0


def geojson_text(geometry: ColumnElement[Any], crs: Crs) -> ColumnElement[str | None]:
    """Return the expression that gives a geometry of EPSG:3067 as GeoJSON text, axes as the system declares them."""
    shape = geometry if crs.code == TM35FIN.code else func.ST_Transform(geometry, crs.srid)
    in_axis_order = func.ST_FlipCoordinates(shape) if crs.northing_first else shape
    digits = _DEGREE_DIGITS if crs.geographic else _METRE_DIGITS
    return func.ST_AsGeoJSON(in_axis_order, literal_column(str(digits)), literal_column(str(_PLAIN)))
