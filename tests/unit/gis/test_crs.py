"""Coordinate reference systems, checked against PROJ's own register."""

import pyproj
import pytest

from gis.crs import CRS84, READABLE_CRS, SERVED_CRS, TM35FIN, parse_crs
from gis.errors import UnknownCrsError

SPELLINGS_OF_TM35FIN = [
    "http://www.opengis.net/def/crs/EPSG/0/3067",
    "https://www.opengis.net/def/crs/EPSG/0/3067",
    "http://www.opengis.net/def/crs/EPSG/9.9.1/3067",
    "urn:ogc:def:crs:EPSG::3067",
    "urn:x-ogc:def:crs:EPSG:6.11:3067",
    "http://www.opengis.net/gml/srs/epsg.xml#3067",
    "EPSG:3067",
    "epsg:3067",
    "[EPSG:3067]",
    " EPSG:3067 ",
]


@pytest.mark.parametrize("text", SPELLINGS_OF_TM35FIN)
def test_every_spelling_of_one_system_is_understood(text: str) -> None:
    assert parse_crs(text) is TM35FIN


@pytest.mark.parametrize(
    "text", ["http://www.opengis.net/def/crs/OGC/1.3/CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84", "crs84"]
)
def test_crs84_is_understood_in_every_spelling(text: str) -> None:
    assert parse_crs(text) is CRS84


@pytest.mark.parametrize(
    "text", ["", "EPSG", "EPSG:", "EPSG:99999", "EPSG:2393", "3067", "http://example.org/3067", "x" * 5000]
)
def test_an_unknown_system_is_refused_by_name_with_the_known_ones(text: str) -> None:
    with pytest.raises(UnknownCrsError) as caught:
        parse_crs(text)
    assert "EPSG:3067" in caught.value.faults[0].detail
    assert len(caught.value.faults[0].detail) < 1000


def test_systems_without_zone_prefix_are_read_from_files_but_not_served() -> None:
    assert parse_crs("EPSG:3133", READABLE_CRS).srid == 3133
    with pytest.raises(UnknownCrsError):
        parse_crs("EPSG:3133", SERVED_CRS)


def test_the_default_is_served_first_and_uris_lead_back_to_their_system() -> None:
    assert next(iter(SERVED_CRS.values())) is CRS84
    assert [parse_crs(crs.uri) for crs in SERVED_CRS.values()] == list(SERVED_CRS.values())
    assert CRS84.uri == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@pytest.mark.parametrize("code", list(READABLE_CRS))
def test_axis_order_name_and_kind_are_those_of_the_epsg_register(code: str) -> None:
    crs, registered = READABLE_CRS[code], pyproj.CRS(code)
    assert crs.northing_first == (registered.axis_info[0].direction == "north")
    assert crs.geographic == registered.is_geographic
    # The register calls the Finnish realisation EUREF-FIN since PROJ 9.8; people know it as ETRS89.
    assert crs is CRS84 or crs.name == registered.name.replace("EUREF-FIN", "ETRS89")
