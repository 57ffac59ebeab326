"""Transformation of coordinates, checked at the points of methods.md D (computed with PROJ 9.5.1)."""

import numpy as np
import pytest
import shapely

from gis.crs import CRS84, READABLE_CRS, SERVED_CRS, TM35FIN, WGS84
from gis.projection import reproject, transformer

CITIES = {
    "Helsinki": ((24.9384, 60.1699), (385611.317, 6672118.380), "EPSG:3879", (25496580.360, 6673003.607)),
    "Tampere": ((23.7610, 61.4978), (327614.161, 6822520.317), "EPSG:3878", (24487271.196, 6820988.344)),
    "Oulu": ((25.4651, 65.0121), (427657.548, 7210681.467), "EPSG:3880", (26474777.459, 7212794.895)),
    "Turku": ((22.2666, 60.4518), (239742.338, 6711088.987), "EPSG:3877", (23459636.120, 6704635.360)),
}


@pytest.mark.parametrize("city", CITIES)
def test_cities_land_where_the_register_of_methods_says_to_the_millimetre(city: str) -> None:
    degrees, metres, zone, zone_metres = CITIES[city]
    assert reproject(shapely.Point(degrees), CRS84).coords[0] == pytest.approx(metres, abs=6e-4)
    assert reproject(shapely.Point(zone_metres), SERVED_CRS[zone]).coords[0] == pytest.approx(metres, abs=2e-3)
    assert reproject(shapely.Point(metres), TM35FIN, SERVED_CRS[zone]).coords[0] == pytest.approx(zone_metres, abs=2e-3)


@pytest.mark.parametrize("city", CITIES)
def test_northing_stands_first_where_axes_are_as_declared(city: str) -> None:
    degrees, metres, zone, zone_metres = CITIES[city]
    here = shapely.Point(metres)
    in_zone = reproject(here, TM35FIN, SERVED_CRS[zone], target_axes_as_declared=True)
    assert in_zone.coords[0] == pytest.approx(zone_metres[::-1], abs=2e-3)
    from_latitude = reproject(shapely.Point(degrees[::-1]), WGS84, source_axes_as_declared=True)
    assert from_latitude.coords[0] == pytest.approx(metres, abs=6e-4)
    assert reproject(here, TM35FIN, TM35FIN, target_axes_as_declared=True).equals(here)


def test_old_zone_coordinates_without_prefix_land_on_the_same_place() -> None:
    oulu = CITIES["Oulu"][3]
    without_prefix = shapely.Point(oulu[0] - 26_000_000, oulu[1])
    assert reproject(without_prefix, READABLE_CRS["EPSG:3133"]).coords[0] == pytest.approx(CITIES["Oulu"][1], abs=2e-3)


def test_an_array_keeps_its_length_its_gaps_and_its_heights() -> None:
    flat, high = shapely.Point(24.9384, 60.1699), shapely.from_wkt("LINESTRING Z (24.9 60.1 12.5, 25 60.2 nan)")
    moved = reproject(np.array([flat, None, high], dtype=object), CRS84)
    assert moved[1] is None
    assert not shapely.has_z(moved[0])
    assert shapely.get_coordinates(moved[2], include_z=True)[:, 2] == pytest.approx([12.5, np.nan], nan_ok=True)
    assert moved[0].equals(reproject(flat, CRS84))


def test_the_input_array_is_not_changed() -> None:
    points = shapely.points([[24.9, 60.1]])
    reproject(points, CRS84)
    assert points[0].x == 24.9


def test_a_transformation_is_built_once() -> None:
    assert transformer(CRS84, TM35FIN) is transformer(CRS84, TM35FIN)


def test_a_coordinate_off_the_globe_becomes_infinite_instead_of_raising() -> None:
    assert np.isinf(reproject(shapely.Point(0, 1e9), CRS84).coords[0]).all()
