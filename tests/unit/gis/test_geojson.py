"""GeoJSON geometry in and out."""

import contextlib
import math
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import CRS84, SERVED_CRS, TM35FIN, WGS84, Crs
from gis.errors import GeometryError, GisFault
from gis.geojson import GEOMETRY_TYPES, read_geometry, write_geometry

SQUARE = [[385000, 6672000], [385100, 6672000], [385100, 6672100], [385000, 6672100], [385000, 6672000]]
BOW_TIE = [[385000, 6672000], [385100, 6672100], [385100, 6672000], [385000, 6672100], [385000, 6672000]]


def faults_of(member: Any, crs: Crs = TM35FIN, **options: Any) -> list[GisFault]:
    with pytest.raises(GeometryError) as caught:
        read_geometry(member, crs=crs, **options)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Point", SQUARE[0]),
        ("MultiPoint", SQUARE[:2]),
        ("LineString", SQUARE[:3]),
        ("MultiLineString", [SQUARE[:2], SQUARE[2:4]]),
        ("Polygon", [SQUARE]),
        ("MultiPolygon", [[SQUARE]]),
    ],
)
def test_every_type_survives_the_way_in_and_out(kind: str, coordinates: Any) -> None:
    geometry = read_geometry({"type": kind, "coordinates": coordinates}, crs=TM35FIN)
    written = write_geometry(geometry, TM35FIN)
    assert written is not None
    assert written["type"] == kind
    assert shapely.equals(shapely.from_geojson(shapely.to_geojson(geometry)), geometry)


def test_degrees_and_both_axis_orders_end_at_the_same_place_and_come_back() -> None:
    one = read_geometry({"type": "Point", "coordinates": [24.9384, 60.1699]})
    other = read_geometry({"type": "Point", "coordinates": [60.1699, 24.9384]}, crs=WGS84)
    zone = read_geometry({"type": "Point", "coordinates": [6673003.607, 25496580.360]}, crs=SERVED_CRS["EPSG:3879"])
    assert one.equals(other)
    assert one.distance(zone) < 0.002
    assert write_geometry(one, WGS84)["coordinates"] == pytest.approx((60.1699, 24.9384))  # type: ignore[index]


def test_heights_are_kept() -> None:
    geometry = read_geometry({"type": "LineString", "coordinates": [[24.9, 60.1, 3.5], [25.0, 60.2, 4.0]]})
    assert [z for *_, z in geometry.coords] == [3.5, 4.0]


def test_polygons_end_counter_clockwise_as_rfc_7946_asks() -> None:
    geometry = read_geometry({"type": "Polygon", "coordinates": [SQUARE[::-1]]}, crs=TM35FIN)
    assert geometry.exterior.is_ccw  # type: ignore[attr-defined]


def test_a_self_crossing_polygon_is_refused_with_the_place_in_the_senders_coordinates() -> None:
    (fault,) = faults_of({"type": "Polygon", "coordinates": [BOW_TIE]})
    assert fault.pointer == "/coordinates"
    assert "Self-intersection at [385050.000, 6672050.000] (EPSG:3067)" in fault.detail
    crossing = [[60, 24], [60.1, 24.1], [60, 24.1], [60.1, 24], [60, 24]]
    (fault,) = faults_of({"type": "Polygon", "coordinates": [crossing]}, crs=WGS84)
    assert "Self-intersection at [60.0" in fault.detail


def test_each_bad_part_of_a_multipolygon_is_named() -> None:
    moved = [[x + 1000, y] for x, y in BOW_TIE]
    faults = faults_of({"type": "MultiPolygon", "coordinates": [[BOW_TIE], [SQUARE], [moved]]})
    assert [fault.pointer for fault in faults] == ["/coordinates/0", "/coordinates/2"]


def test_overlapping_parts_are_refused() -> None:
    (fault,) = faults_of({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]})
    assert fault.pointer == "/coordinates"


def test_a_line_of_one_place_is_refused() -> None:
    (fault,) = faults_of({"type": "LineString", "coordinates": [SQUARE[0], SQUARE[0]]})
    assert "Too few points" in fault.detail


@pytest.mark.parametrize(
    ("member", "pointer"),
    [
        (None, ""),
        ([], ""),
        ("POINT(1 2)", ""),
        ({}, "/type"),
        ({"type": "Circle", "coordinates": []}, "/type"),
        ({"type": "GeometryCollection", "coordinates": []}, "/type"),
        ({"type": ["Point"], "coordinates": []}, "/type"),
        ({"type": "point", "coordinates": [1, 2]}, "/type"),
        ({"type": "Point"}, "/coordinates"),
        ({"type": "Point", "coordinates": None}, "/coordinates"),
        ({"type": "Point", "coordinates": []}, "/coordinates"),
        ({"type": "Point", "coordinates": [1]}, "/coordinates"),
        ({"type": "Point", "coordinates": [1, 2, 3, 4]}, "/coordinates"),
        ({"type": "Point", "coordinates": [385000, "6672000"]}, "/coordinates/1"),
        ({"type": "Point", "coordinates": [True, 6672000]}, "/coordinates/0"),
        ({"type": "Point", "coordinates": [math.nan, 6672000]}, "/coordinates/0"),
        ({"type": "Point", "coordinates": [385000, math.inf]}, "/coordinates/1"),
        ({"type": "Point", "coordinates": [385000, 10**400]}, "/coordinates/1"),
        ({"type": "LineString", "coordinates": [SQUARE[0]]}, "/coordinates"),
        ({"type": "LineString", "coordinates": [SQUARE]}, "/coordinates/0"),
        ({"type": "Polygon", "coordinates": []}, "/coordinates"),
        ({"type": "Polygon", "coordinates": [[]]}, "/coordinates/0"),
        ({"type": "Polygon", "coordinates": [SQUARE[:3]]}, "/coordinates/0"),
        ({"type": "Polygon", "coordinates": [SQUARE[:4]]}, "/coordinates/0"),
        ({"type": "Polygon", "coordinates": SQUARE}, "/coordinates/0/0"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], []]}, "/coordinates/1"),
        ({"type": "LineString", "coordinates": [[385000, 6672000], [385000, 6672001, 3]]}, "/coordinates"),
    ],
)
def test_what_is_malformed_is_refused_at_its_place(member: Any, pointer: str) -> None:
    assert faults_of(member)[0].pointer == pointer


def test_every_fault_is_told() -> None:
    faults = faults_of({"type": "Polygon", "coordinates": [[[1, "a"], [2], [3, None], [4, 5]], SQUARE[:4]]})
    assert [fault.pointer for fault in faults] == [
        "/coordinates/0/0/1",
        "/coordinates/0/1",
        "/coordinates/0/2/1",
        "/coordinates/0",
        "/coordinates/1",
    ]
    assert {fault.pointer for fault in faults_of({"type": "X", "crs": {}})} == {"/type", "/coordinates", "/crs"}


def test_only_the_types_of_the_asset_class_are_allowed() -> None:
    (fault,) = faults_of({"type": "Polygon", "coordinates": [SQUARE]}, allowed_types=("POINT", "LINESTRING"))
    assert fault.pointer == "/type"
    assert fault.detail.endswith("allowed: Point, LineString")


@pytest.mark.parametrize(
    ("coordinates", "crs", "hint"),
    [
        ([385000, 6672000], CRS84, "looks like EPSG:3067"),
        ([25496580.360, 6673003.607], TM35FIN, "looks like EPSG:3879"),
        ([24.9384, 60.1699], TM35FIN, "looks like longitude and latitude"),
        ([60.1699, 24.9384], CRS84, "looks like latitude before longitude"),
        ([24.9384, 60.1699], WGS84, "looks like latitude before longitude"),
        ([6672000, 385000], TM35FIN, "looks like northing before easting"),
        ([2776130, 8438000], TM35FIN, "looks like EPSG:3857"),
        ([-73.9, 40.7], CRS84, "outside Finland"),
        ([0, 0], CRS84, "outside Finland"),
        ([0, 1e300], CRS84, "outside Finland"),
    ],
)
def test_coordinates_in_a_wrong_system_are_refused_with_what_they_look_like(
    coordinates: Any, crs: Crs, hint: str
) -> None:
    (fault,) = faults_of({"type": "Point", "coordinates": coordinates}, crs=crs)
    assert fault.pointer == "/coordinates"
    assert hint in fault.detail


def test_the_first_position_that_strays_is_the_one_named() -> None:
    (fault,) = faults_of({"type": "LineString", "coordinates": [SQUARE[0], [25496580, 6673003], [0, 0]]})
    assert fault.detail.startswith(
        "[25496580, 6673003], read as EPSG:3067, is outside Finland; it looks like EPSG:3879"
    )


def test_a_crs_member_that_contradicts_is_refused_and_one_that_agrees_is_not() -> None:
    point: dict[str, Any] = {"type": "Point", "coordinates": SQUARE[0]}
    contradicting = {**point, "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3879"}}}
    assert faults_of(contradicting)[0].pointer == "/crs"
    agreeing = {**point, "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3067"}}}
    assert read_geometry(agreeing, crs=TM35FIN).equals(shapely.Point(SQUARE[0]))


def test_a_polygon_of_a_million_points_is_refused_by_its_number() -> None:
    ring = [[385000 + n * 0.001, 6672000] for n in range(1_000_000)]
    (fault,) = faults_of({"type": "Polygon", "coordinates": [ring]})
    assert "more than 100000 positions" in fault.detail


def test_the_faults_of_a_large_geometry_are_told_up_to_a_hundred() -> None:
    assert len(faults_of({"type": "MultiPoint", "coordinates": [["a", "b"]] * 5000})) == 100


def test_no_geometry_is_no_geometry() -> None:
    assert write_geometry(None) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5),
)


@given(st.sampled_from(GEOMETRY_TYPES), JSON)
def test_no_coordinates_do_worse_than_being_refused(kind: str, coordinates: Any) -> None:
    with contextlib.suppress(GeometryError):
        read_geometry({"type": kind, "coordinates": coordinates})
