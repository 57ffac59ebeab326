"""GeoJSON geometry in and out: what comes in is checked as a whole and ends in EPSG:3067."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import mapping

from gis.crs import CRS84, READABLE_CRS, TM35FIN, Crs, parse_crs
from gis.errors import GeometryError, GisFault, UnknownCrsError
from gis.finland import lies_in_finland, probable_crs
from gis.geojson_coordinates import MAX_POINTS, check_coordinates
from gis.projection import reproject

if TYPE_CHECKING:
    from collections.abc import Collection

    from shapely.geometry.base import BaseGeometry

GEOMETRY_TYPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
"""The types of RFC 7946 that are read; a GeometryCollection is none of them."""

_PLACE = re.compile(r"(?P<reason>.*)\[(?P<x>\S+) (?P<y>\S+?)(?: \S+)?\]")


def read_geometry(
    member: object,
    *,
    allowed_types: Collection[str] = GEOMETRY_TYPES,
    crs: Crs = CRS84,
    max_points: int = MAX_POINTS,
) -> BaseGeometry:
    """Return a GeoJSON geometry as shapely geometry in EPSG:3067, heights kept, polygons counter-clockwise.

    Args:
        member: The `geometry` member as parsed from JSON.
        allowed_types: Types that may be, in any case (`POINT` or `Point`).
        crs: System of the coordinates, whose axes stand as it declares them, as OGC API sends them.
        max_points: Most positions that are read.

    Raises:
        GeometryError: With every fault and its JSON pointer within the geometry: an unknown or unwanted type,
            coordinates that are not finite numbers, an open ring, too many points, a self-crossing (with its place),
            a place outside Finland (with the reference system that the numbers look like).
    """
    coordinates, kind = _checked_members(member, allowed_types, crs)
    if faults := check_coordinates(kind, coordinates, max_points):
        raise GeometryError(faults)
    given = _build(kind, coordinates)
    geometry = reproject(given, crs, TM35FIN, source_axes_as_declared=True)
    if not lies_in_finland(geometry.bounds):
        raise GeometryError([_first_outside(given, geometry, crs)])
    if faults := _invalid_places(geometry, crs):
        raise GeometryError(faults)
    return shapely.orient_polygons(geometry)


def write_geometry(geometry: BaseGeometry | None, crs: Crs = CRS84) -> dict[str, Any] | None:
    """Return a geometry of EPSG:3067 as GeoJSON in a system, its axes as declared; None stays None."""
    if geometry is None:
        return None
    return mapping(reproject(geometry, TM35FIN, crs, target_axes_as_declared=True))


def _checked_members(member: object, allowed_types: Collection[str], crs: Crs) -> tuple[object, str]:
    if not isinstance(member, dict):
        raise GeometryError([GisFault("", "a geometry is an object with `type` and `coordinates`")])
    faults = _type_faults(member.get("type"), allowed_types)
    if "coordinates" not in member:
        faults.append(GisFault("/coordinates", "the geometry has no coordinates"))
    if "crs" in member and not _names(member["crs"], crs):
        detail = f"coordinates are read as {crs.code}; a geometry has no `crs` member of its own (RFC 7946, 4)"
        faults.append(GisFault("/crs", detail))
    if faults:
        raise GeometryError(faults)
    return member["coordinates"], member["type"]


def _type_faults(kind: object, allowed_types: Collection[str]) -> list[GisFault]:
    allowed = {name.upper() for name in allowed_types}
    if isinstance(kind, str) and kind in GEOMETRY_TYPES and kind.upper() in allowed:
        return []
    names = ", ".join(name for name in GEOMETRY_TYPES if name.upper() in allowed)
    return [GisFault("/type", f"'{str(kind)[:40]}' is not a geometry type that is allowed here; allowed: {names}")]


def _names(declared: object, crs: Crs) -> bool:
    """Whether a `crs` member of GeoJSON 2008 names the system that the coordinates are read in anyway."""
    properties = declared.get("properties") if isinstance(declared, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    try:
        return isinstance(name, str) and parse_crs(name, READABLE_CRS).code == crs.code
    except UnknownCrsError:
        return False


def _build(kind: str, coordinates: Any) -> BaseGeometry:
    if kind == "Polygon":
        return shapely.Polygon(coordinates[0], coordinates[1:])
    if kind == "MultiPolygon":
        return shapely.MultiPolygon([(polygon[0], polygon[1:]) for polygon in coordinates])
    simple: BaseGeometry = getattr(shapely, kind)(coordinates)
    return simple


def _first_outside(given: BaseGeometry, geometry: BaseGeometry, crs: Crs) -> GisFault:
    """Name the first position outside Finland, as it was sent, and what it looks like."""
    outside = [not lies_in_finland((x, y, x, y)) for x, y in shapely.get_coordinates(geometry)]
    first, second = shapely.get_coordinates(given)[outside.index(True)]
    looks_like = probable_crs(second, first) if crs.northing_first else probable_crs(first, second)
    hint = f"; it looks like {looks_like}" if looks_like else ""
    return GisFault("/coordinates", f"[{first:.10g}, {second:.10g}], read as {crs.code}, is outside Finland{hint}")


def _invalid_places(geometry: BaseGeometry, crs: Crs) -> list[GisFault]:
    """Faults of each part, named where the sender finds them: in the sender's system and axis order."""
    parts = shapely.get_parts(geometry)
    faults = []
    for number, part in enumerate(parts):
        if not shapely.is_valid(part):
            pointer = f"/coordinates/{number}" if len(parts) > 1 else "/coordinates"
            faults.append(GisFault(pointer, _reason(part, crs)))
    if not faults and not shapely.is_valid(geometry):
        faults.append(GisFault("/coordinates", _reason(geometry, crs)))
    return faults


def _reason(geometry: BaseGeometry, crs: Crs) -> str:
    reason = str(shapely.is_valid_reason(geometry))
    match = _PLACE.fullmatch(reason)
    if match is None:
        return reason
    place = shapely.Point(float(match["x"]), float(match["y"]))
    first, second = reproject(place, TM35FIN, crs, target_axes_as_declared=True).coords[0][:2]
    digits = 7 if crs.geographic else 3
    return f"{match['reason']} at [{first:.{digits}f}, {second:.{digits}f}] ({crs.code})"
