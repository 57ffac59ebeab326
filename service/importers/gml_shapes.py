"""Points and polygons of GML 3 as Finnish registers write them: any spelling of the system, either order of axes.

The order of axes cannot be told from the name of the system: registers write EPSG:3067 and EPSG:3879 both ways. In
every system in use in Finland the northing (or latitude) says by its size which of the two it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import shapely

from service.importers.xml_stream import XmlElement, numbers_of

CODE = re.compile(r"(?<!\d)(\d{4,6})$")
# Northings of Finland in metres, whatever the projection, and latitudes; no easting or longitude lies there.
NORTHINGS = (6_400_000.0, 7_900_000.0)
LATITUDES = (58.0, 72.0)
Coordinates = list[tuple[float, ...]]


class GmlError(Exception):
    """A geometry cannot be read."""


@dataclass(frozen=True)
class GmlShape:
    """A geometry, easting first, and its coordinate system as an EPSG code, None where the file does not say."""

    shape: Any
    crs: str | None


def gml_shape(element: XmlElement) -> GmlShape:
    """Return a gml:Point or gml:Polygon.

    Raises:
        GmlError: Another geometry, or one without usable coordinates.
    """
    if element.name == "Point":
        return GmlShape(shapely.Point(_coordinates(element)[0]), _crs(element))
    if element.name == "Polygon":
        shells, holes = ([_ring(ring) for ring in element.all(side)] for side in ("exterior", "interior"))
        if len(shells) != 1:
            raise GmlError("The polygon has no outer ring.")
        return GmlShape(shapely.Polygon(shells[0], holes), _crs(element))
    raise GmlError(f"A {element.name} is no point and no polygon.")


def _ring(side: XmlElement) -> Coordinates:
    ring = side.first("LinearRing")
    coordinates = [] if ring is None else _coordinates(ring)
    if len(coordinates) < 4:
        raise GmlError("A ring of the polygon has fewer than four points.")
    return coordinates


def _coordinates(element: XmlElement) -> Coordinates:
    holders = [child for child in element.children if child.name in {"pos", "posList"}]
    size = 3 if any(each.attributes.get("srsDimension") == "3" for each in (element, *holders)) else 2
    try:
        numbers = [numbers_of(holder.text) for holder in holders]
    except ValueError as error:
        raise GmlError("The geometry has coordinates that are no numbers.") from error
    if not holders or any(not each or len(each) % size for each in numbers):
        raise GmlError("The geometry has no whole coordinates.")
    return [_easting_first(tuple(each[at : at + size])) for each in numbers for at in range(0, len(each), size)]


def _easting_first(pair: tuple[float, ...]) -> tuple[float, ...]:
    first, second, *height = pair
    return (second, first, *height) if _is_northing(first) and not _is_northing(second) else pair


def _is_northing(number: float) -> bool:
    return NORTHINGS[0] <= number <= NORTHINGS[1] or LATITUDES[0] <= number <= LATITUDES[1]


def _crs(element: XmlElement) -> str | None:
    code = CODE.search(element.attributes.get("srsName", "").strip())
    return None if code is None else f"EPSG:{code.group(1)}"
