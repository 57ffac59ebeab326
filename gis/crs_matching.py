"""Which coordinate system a text means: an identifier, or well-known text matched by its parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.crs import IMPORT_CRS, Crs
from gis.errors import GisFault, UnknownCrsError

if TYPE_CHECKING:
    from collections.abc import Mapping

HEIGHT_SYSTEMS: Mapping[int, str] = {3900: "N2000", 5717: "N60", 8675: "N43"}
"""The Finnish height systems by EPSG code; NN, the oldest, has none."""

_HEIGHT_NAME = re.compile(r"\b(N2000|N60|N43|NN)\b")
_SHOWN = 80
# Of what may differ between two writings of one system: 0.1 mm, 1e-9 of a scale, some 0.1 mm as an angle.
_TOLERANCE = {"metre": 1e-4, "unity": 1e-9, "degree": 1e-9}
# 298.257222101 (GRS 80) and 298.257223563 (WGS 84) are to stay apart.
_FLATTENING_TOLERANCE = 1e-7


@dataclass(frozen=True)
class KnownCrs:
    """A coordinate system as it was understood.

    Attributes:
        crs: The system of the plane.
        by_parameters: True where the text names no known system and one with the same parameters was taken.
        height_system: N2000, N60, N43 or NN, None where the text says nothing about heights.
    """

    crs: Crs
    by_parameters: bool = False
    height_system: str | None = None


@lru_cache(maxsize=256)
def known_crs(text: str) -> KnownCrs:
    """Return the system that a text means.

    Args:
        text: An identifier as PROJ reads it (`EPSG:3878`, a URN) or well-known text. The systems in use in Finland are
            found again in well-known text without identifiers, as MapInfo and old Shapefiles have it, by projection,
            parameters and ellipsoid.

    Raises:
        UnknownCrsError: PROJ does not know it.
    """
    try:
        told = CRS.from_user_input(text)
    except CRSError as error:
        raise UnknownCrsError([GisFault("", f"The coordinate system {text[:_SHOWN]} is not known.")]) from error
    height = next((_height_system(part) for part in told.sub_crs_list if part.is_vertical), None)
    plane = _plane(told)
    epsg = plane.to_epsg(min_confidence=100)
    if epsg is not None:
        return KnownCrs(_registered(epsg, plane), height_system=height)
    same = _same_parameters(plane)
    if same is not None:
        return KnownCrs(same, by_parameters=True, height_system=height)
    crs = Crs(plane.to_wkt(), plane.name, 0, northing_first=False, geographic=plane.is_geographic)
    return KnownCrs(crs, height_system=height)


def _plane(crs: CRS) -> CRS:
    """Return the part of a system that has the plane's coordinates, without a transformation that it brings along."""
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    return crs.source_crs if crs.is_bound and crs.source_crs is not None else crs


def _registered(epsg: int, plane: CRS) -> Crs:
    code = f"EPSG:{epsg}"
    return IMPORT_CRS.get(code) or Crs(code, plane.name, epsg, northing_first=False, geographic=plane.is_geographic)


def _height_system(vertical: CRS) -> str | None:
    named = _HEIGHT_NAME.search(vertical.name.upper())
    return HEIGHT_SYSTEMS.get(vertical.to_epsg() or 0) or (named[0] if named else None)


def _same_parameters(plane: CRS) -> Crs | None:
    return next((crs for crs in IMPORT_CRS.values() if _alike(plane, CRS.from_user_input(crs.code))), None)


def _alike(one: CRS, other: CRS) -> bool:
    if one.ellipsoid is None or other.ellipsoid is None or one.is_geographic or other.is_geographic:
        return False
    a, b = one.ellipsoid, other.ellipsoid
    if not np.isclose(a.semi_major_metre, b.semi_major_metre, rtol=0, atol=1e-3):
        return False
    same_shape = np.isclose(a.inverse_flattening, b.inverse_flattening, rtol=0, atol=_FLATTENING_TOLERANCE)
    return bool(same_shape) and _same_projection(one, other)


def _same_projection(one: CRS, other: CRS) -> bool:
    first, second = one.coordinate_operation, other.coordinate_operation
    if first is None or second is None or first.method_name != second.method_name:
        return False
    mine = {each.name: each for each in first.params}
    theirs = {each.name: each for each in second.params}
    return mine.keys() == theirs.keys() and all(
        mine[name].unit_name == each.unit_name
        and abs(float(mine[name].value) - float(each.value)) <= _TOLERANCE.get(each.unit_name, 0.0)
        for name, each in theirs.items()
    )
