"""Coordinate reference systems: which ones are understood, how they are written, which axis comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from gis.errors import GisFault, UnknownCrsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_URI = "http://www.opengis.net/def/crs/{authority}/{version}/{code}"
_SPELLINGS = (
    re.compile(r"https?://www\.opengis\.net/def/crs/(?P<authority>EPSG|OGC)/[\w.]+/(?P<code>\w+)", re.IGNORECASE),
    re.compile(r"urn:(?:x-)?ogc:def:crs:(?P<authority>EPSG|OGC):[\w.]*:(?P<code>\w+)", re.IGNORECASE),
    re.compile(r"https?://www\.opengis\.net/gml/srs/(?P<authority>epsg)\.xml#(?P<code>\d+)", re.IGNORECASE),
    re.compile(r"\[?(?P<authority>EPSG|OGC):(?P<code>\w+)\]?", re.IGNORECASE),
    re.compile(r"(?P<authority>)(?P<code>CRS84)", re.IGNORECASE),
)


@dataclass(frozen=True)
class Crs:
    """A coordinate reference system.

    Attributes:
        code: Authority and code as PROJ reads it, e.g. `EPSG:3067`.
        name: Its name in the EPSG register.
        srid: Its number in PostGIS. CRS84 is 4326 there, where longitude always comes first.
        northing_first: Whether the register puts northing or latitude before easting or longitude.
        geographic: Whether coordinates are degrees; only then may a box cross the antimeridian.
    """

    code: str
    name: str
    srid: int
    northing_first: bool
    geographic: bool = False

    @property
    def uri(self) -> str:
        """The identifier that OGC API uses."""
        authority, code = self.code.split(":")
        return _URI.format(authority=authority, version="1.3" if authority == "OGC" else "0", code=code)


CRS84 = Crs("OGC:CRS84", "WGS 84 longitude, latitude", 4326, northing_first=False, geographic=True)
TM35FIN = Crs("EPSG:3067", "ETRS89 / TM35FIN(E,N)", 3067, northing_first=False)
WGS84 = Crs("EPSG:4326", "WGS 84", 4326, northing_first=True, geographic=True)
WEB_MERCATOR = Crs("EPSG:3857", "WGS 84 / Pseudo-Mercator", 3857, northing_first=False)
ETRS89 = Crs("EPSG:4258", "ETRS89", 4258, northing_first=True, geographic=True)
TM35FIN_NORTHING_FIRST = Crs("EPSG:5048", "ETRS89 / TM35FIN(N,E)", 5048, northing_first=True)


def _gk_zones(first_srid: int, name: str) -> tuple[Crs, ...]:
    """The thirteen Gauss-Krüger zones 19 to 31, whose codes follow each other (methods.md D)."""
    return tuple(
        Crs(f"EPSG:{srid}", f"ETRS89 / {name}{zone}FIN", srid, northing_first=True)
        for zone, srid in zip(range(19, 32), range(first_srid, first_srid + 13), strict=True)
    )


def _by_code(*systems: Crs) -> Mapping[str, Crs]:
    return MappingProxyType({system.code: system for system in systems})


GK_ZONES = _gk_zones(3873, "GK")
GK_ZONES_WITHOUT_PREFIX = _gk_zones(3126, "ETRS-GK")

KKJ_ZONES = (
    Crs("EPSG:3386", "KKJ / Finland zone 0", 3386, northing_first=True),
    Crs("EPSG:2391", "KKJ / Finland zone 1", 2391, northing_first=True),
    Crs("EPSG:2392", "KKJ / Finland zone 2", 2392, northing_first=True),
    Crs("EPSG:2393", "KKJ / Finland Uniform Coordinate System", 2393, northing_first=True),
    Crs("EPSG:2394", "KKJ / Finland zone 4", 2394, northing_first=True),
    Crs("EPSG:3387", "KKJ / Finland zone 5", 3387, northing_first=True),
)
"""The zones of the old system by the number that their eastings begin with; zone 3 is YKJ, of the whole country."""

SERVED_CRS = _by_code(CRS84, TM35FIN, WGS84, WEB_MERCATOR, *GK_ZONES)
"""Systems in which features are served and boxes are read, the default first."""

READABLE_CRS = _by_code(*SERVED_CRS.values(), ETRS89, TM35FIN_NORTHING_FIRST, *GK_ZONES_WITHOUT_PREFIX)
"""Systems in which incoming geometry may be."""

IMPORT_CRS = _by_code(*READABLE_CRS.values(), *KKJ_ZONES)
"""Systems of files that are known by name; files may be in any other that PROJ knows."""


def parse_crs(text: str, among: Mapping[str, Crs] = SERVED_CRS) -> Crs:
    """Return the system that an identifier names.

    Args:
        text: A URI (`http://www.opengis.net/def/crs/EPSG/0/3067`), a URN (`urn:ogc:def:crs:EPSG::3067`), a CURIE
            (`EPSG:3067`, `[EPSG:3067]`) or `CRS84`.
        among: The systems that are allowed, by code.

    Raises:
        UnknownCrsError: The text is no such identifier, or names a system that is not among them.

    >>> parse_crs("http://www.opengis.net/def/crs/EPSG/0/3067").name
    'ETRS89 / TM35FIN(E,N)'
    >>> parse_crs("urn:ogc:def:crs:OGC:1.3:CRS84") is parse_crs("OGC:CRS84") is CRS84
    True
    """
    found = among.get(_code(text.strip()))
    if found is None:
        allowed = ", ".join(among)
        raise UnknownCrsError(
            [GisFault("", f"'{text[:100]}' is not a known coordinate reference system; known: {allowed}")]
        )
    return found


def _code(text: str) -> str:
    for spelling in _SPELLINGS:
        if match := spelling.fullmatch(text):
            return f"{match['authority'] or 'OGC'}:{match['code']}".upper()
    return ""
