from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from gis.accuracy import accuracy_of
from gis.crs import GK_ZONES, GK_ZONES_WITHOUT_PREFIX, IMPORT_CRS, KKJ_ZONES, TM35FIN, WEB_MERCATOR, WGS84, Crs
from gis.crs_guess import GUESSED_SYSTEMS, guess_crs
from gis.crs_matching import known_crs
from gis.errors import UnknownCrsError
from gis.projection import transformer

# A municipality as a disc: small, middling, large.
RADII = (5_000.0, 15_000.0, 40_000.0)
UNNAMED_GK24 = (
    'PROJCS["unnamed",GEOGCS["unnamed",DATUM["European_Terrestrial_Reference_System_1989",SPHEROID["GRS 80",6378137,'
    '298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",24],PARAMETER["scale_factor",1],'
    'PARAMETER["false_easting",FALSE_EASTING],PARAMETER["false_northing",0],UNIT["metre",1]]'
)


def zone_of(longitude: float) -> int:
    return min(max(round(longitude), 19), 31)


@st.composite
def places(draw: st.DrawFn) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], BaseGeometry, int]:
    """Coordinates in EPSG:3067, the area that they lie in, and the number of the nearest zone."""
    longitude, latitude = draw(st.floats(20.5, 30.5)), draw(st.floats(60.0, 69.5))
    east, north = transformer(WGS84, TM35FIN).transform(longitude, latitude)
    radius = draw(st.sampled_from(RADII))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    points = np.column_stack([east, north]) + rng.uniform(-0.65, 0.65, (40, 2)) * radius
    return points, shapely.Point(east, north).buffer(radius), zone_of(longitude)


def systems_near(zone: int) -> list[Crs]:
    number = zone - 19
    near = range(max(number - 1, 0), min(number + 2, 13))
    zones = [family[each] for each in near for family in (GK_ZONES, GK_ZONES_WITHOUT_PREFIX)]
    return [WGS84, TM35FIN, *zones, KKJ_ZONES[3], WEB_MERCATOR]


@settings(max_examples=40, deadline=None)
@given(place=places(), data=st.data(), swapped=st.booleans())
def test_the_system_of_a_municipalitys_coordinates_is_among_the_guesses_and_only_alike_systems_are_beside_it(
    place: tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], BaseGeometry, int],
    data: st.DataObject,
    swapped: bool,
) -> None:
    points, area, zone = place
    crs = data.draw(st.sampled_from(systems_near(zone)))
    x, y = transformer(TM35FIN, crs).transform(points[:, 0], points[:, 1])
    guesses = guess_crs(np.column_stack([y, x] if swapped else [x, y]), area)
    assert (crs, swapped) in [(guess.crs, guess.swapped) for guess in guesses]
    # What cannot be told apart has no prefix: the zones side by side in a wide area, and TM35FIN.
    alike = {TM35FIN, *GK_ZONES_WITHOUT_PREFIX}
    others = {guess.crs for guess in guesses} - {crs}
    assert others <= (alike if crs in alike else set())


def test_what_lies_nowhere_in_the_area_has_no_guess() -> None:
    area = shapely.Point(327_000, 6_822_000).buffer(20_000)
    assert guess_crs(np.array([[1.0, 2.0], [3.0, 4.0]]), area) == []
    assert guess_crs(np.array([[np.nan, 2.0], [np.inf, 4.0]]), area) == []
    assert guess_crs(np.empty((0, 2)), area) == []


@pytest.mark.parametrize(("false_easting", "code"), [("24500000", "EPSG:3878"), ("500000", "EPSG:3131")])
def test_a_system_without_a_name_is_known_by_its_parameters(false_easting: str, code: str) -> None:
    found = known_crs(UNNAMED_GK24.replace("FALSE_EASTING", false_easting))
    assert (found.crs, found.by_parameters) == (IMPORT_CRS[code], True)


def test_the_ellipsoid_tells_wgs84_from_etrs89() -> None:
    other = UNNAMED_GK24.replace("FALSE_EASTING", "500000").replace("298.257222101", "298.257223563")
    found = known_crs(other)
    assert (found.by_parameters, found.crs.srid) == (False, 0)


@pytest.mark.parametrize(
    ("text", "code", "height"),
    [
        ("EPSG:3903", "EPSG:5048", "N2000"),
        ("EPSG:3901", "EPSG:2393", "N60"),
        ("EPSG:3878+3900", "EPSG:3878", "N2000"),
        ("EPSG:3878+8675", "EPSG:3878", "N43"),
        ("urn:ogc:def:crs:EPSG::3879", "EPSG:3879", None),
        ("EPSG:32635", "EPSG:32635", None),
    ],
)
def test_the_height_system_stands_beside_the_planes(text: str, code: str, height: str | None) -> None:
    found = known_crs(text)
    assert (found.crs.code, found.height_system) == (code, height)


def test_what_proj_does_not_know_is_refused() -> None:
    with pytest.raises(UnknownCrsError, match="not known"):
        known_crs("EPSG:999999")


@pytest.mark.parametrize("crs", GUESSED_SYSTEMS)
def test_the_accuracy_of_each_guessed_system_is_stated(crs: Crs) -> None:
    accuracy = accuracy_of(crs)
    assert accuracy.metres == (0.5 if crs in KKJ_ZONES else 1.0 if crs in (WGS84, WEB_MERCATOR) else 0.0)
    # The triangulation of the National Land Survey is more exact, and its grid does not come with pyproj.
    assert bool(accuracy.better) == (crs in KKJ_ZONES)


def test_a_transformation_of_unknown_accuracy_is_refused() -> None:
    local = Crs('LOCAL_CS["mine",UNIT["metre",1]]', "mine", 0, northing_first=False)
    with pytest.raises(UnknownCrsError):
        accuracy_of(local)
