"""Geometries within a filter: checked, cut to Finland and brought into EPSG:3067, so that the index serves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import shape

from gis.bbox import bbox_in_finland, parse_bbox
from gis.crs import TM35FIN
from gis.errors import GeometryError, GisFault
from gis.finland import finland_in
from gis.geojson import GEOMETRY_TYPES
from gis.geojson_coordinates import check_coordinates
from gis.projection import reproject
from service.queries.feature_conditions import Predicate

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from gis.crs import Crs

MAX_POINTS = 5_000
"""Most positions of the geometries of one literal."""

_MOST_PIECES = 20_000
_LEAST_PIECE_DEGREES, _LEAST_PIECE_M = 0.01, 1000.0  # as for a bbox: edges bend when they are transformed
_NEEDS_THE_WHOLE = (Predicate.CONTAINS, Predicate.EQUALS)


def is_geometry(node: object) -> bool:
    """Return whether a node of a filter is a geometry or a box."""
    return isinstance(node, dict) and ("bbox" in node or "type" in node)


def read_filter_geometry(node: dict[str, Any], crs: Crs, predicate: Predicate) -> bytes:
    """Return a geometry of a filter as EWKB in EPSG:3067; empty where nothing that is there can be meant.

    Every feature lies in Finland, so that only what lies there can decide; but a feature contains nothing of which a
    part lies elsewhere.

    Args:
        node: GeoJSON geometry, or an object with `bbox`.
        crs: System of the coordinates, axes as it declares them.
        predicate: What it is read for.

    Raises:
        GisError: It is no geometry, has too many positions, crosses itself or lies off the globe.
    """
    if "bbox" in node:
        geometry = _read_box(node["bbox"], crs)
        return _ewkb([geometry] if geometry else [])
    parts = _read_parts(node, crs)
    within = [each for part in parts if not (each := _cut_to_finland(part, crs)).is_empty]
    if len(within) < len(parts) and predicate in _NEEDS_THE_WHOLE:
        within = []
    return _ewkb([_bring_home(part, crs) for part in within])


def _read_box(numbers: object, crs: Crs) -> BaseGeometry | None:
    if not isinstance(numbers, list) or not all(type(number) in (int, float) for number in numbers):
        raise _fault("a box is BBOX(west, south, east, north), four or six numbers")
    return bbox_in_finland(parse_bbox(",".join(map(repr, numbers)), crs))


def _read_parts(node: dict[str, Any], crs: Crs) -> list[BaseGeometry]:
    """The simple geometries of a literal, easting or longitude first."""
    collected = node.get("geometries") if node.get("type") == "GeometryCollection" else [node]
    if not isinstance(collected, list) or not collected:
        raise _fault("a GeometryCollection has a list of geometries")
    left, parts = MAX_POINTS, []
    for each in collected:
        geometry = _read_simple(each, left)
        left -= int(shapely.get_num_coordinates(geometry))
        parts += [_checked(part, crs) for part in shapely.get_parts(geometry)]
    return parts


def _read_simple(node: object, most_points: int) -> BaseGeometry:
    kind = node.get("type") if isinstance(node, dict) else None
    if not isinstance(node, dict) or kind not in GEOMETRY_TYPES:
        raise _fault(f"'{str(kind)[:40]}' is not a geometry type that is known here: {', '.join(GEOMETRY_TYPES)}")
    if faults := check_coordinates(kind, node.get("coordinates"), most_points):
        raise GeometryError(faults)
    return shapely.force_2d(shape({"type": kind, "coordinates": node["coordinates"]}))


def _checked(part: BaseGeometry, crs: Crs) -> BaseGeometry:
    if not shapely.is_valid(part):
        raise _fault(f"the geometry is not valid: {shapely.is_valid_reason(part)}")
    if crs.northing_first:
        part = shapely.transform(part, lambda places: places[:, ::-1])
    west, south, east, north = part.bounds
    if crs.geographic and (max(-south, north) > 90 or max(-west, east) > 360):
        detail = f"the geometry lies off the globe when it is read as {crs.code}; filter-crs says in which system it is"
        raise _fault(detail)
    return part


def _cut_to_finland(part: BaseGeometry, crs: Crs) -> BaseGeometry:
    finland = shapely.box(*finland_in(crs))
    return part if shapely.covers(finland, part) else shapely.intersection(part, finland)


def _bring_home(part: BaseGeometry, crs: Crs) -> BaseGeometry:
    if crs.code == TM35FIN.code:
        return part
    least = _LEAST_PIECE_DEGREES if crs.geographic else _LEAST_PIECE_M
    piece = max(least, part.length / _MOST_PIECES)
    return reproject(shapely.segmentize(part, piece), crs, TM35FIN)


def _ewkb(parts: list[BaseGeometry]) -> bytes:
    if len(parts) == 1:
        geometry = parts[0]
    elif len({shapely.get_dimensions(part) for part in parts}) == 1:
        geometry = shapely.unary_union(parts)
    else:
        geometry = shapely.GeometryCollection(parts)
    if not all(map(math.isfinite, geometry.bounds)) and not geometry.is_empty:
        raise _fault("the geometry cannot be transformed into EPSG:3067")
    ewkb: bytes = shapely.to_wkb(shapely.set_srid(geometry, TM35FIN.srid), include_srid=True)
    return ewkb


def _fault(detail: str) -> GeometryError:
    return GeometryError([GisFault("", detail)])
