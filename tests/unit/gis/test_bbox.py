"""Bounding boxes of OGC API Features."""

import contextlib

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.bbox import Bbox, bbox_in_finland, parse_bbox
from gis.crs import CRS84, SERVED_CRS, TM35FIN, WGS84, Crs
from gis.errors import BboxError
from gis.finland import FINLAND, finland_in
from gis.projection import reproject

GK25 = SERVED_CRS["EPSG:3879"]


def test_four_numbers_are_west_south_east_north() -> None:
    assert parse_bbox("24.9,60.1,25.1,60.3") == Bbox(24.9, 60.1, 25.1, 60.3, CRS84, None)


def test_six_numbers_bring_heights() -> None:
    assert parse_bbox("24.9,60.1,-5,25.1,60.3,40") == Bbox(24.9, 60.1, 25.1, 60.3, CRS84, (-5, 40))


@pytest.mark.parametrize("crs", [WGS84, GK25])
def test_northing_comes_first_where_the_system_says_so(crs: Crs) -> None:
    box = parse_bbox("60,24,61,25", crs)
    assert (box.west, box.south, box.east, box.north) == (24, 60, 25, 61)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "4 or 6 numbers"),
        ("1,2,3", "4 or 6 numbers"),
        ("1,2,3,4,5", "4 or 6 numbers"),
        ("24,60,NaN,61", "number 3"),
        ("24,60,25,inf", "number 4"),
        ("24,60,25,1e999", "number 4"),
        ("a,60,25,61", "number 1 of the bounding box, 'a'"),
        ("24,,25,61", "number 2"),
        ("24,61,25,60", "latitude 61 is above"),
        ("24,60,5,25,61,4", "height 5 is above"),
        ("24,60,25,91", "latitude 91"),
        ("-400,60,25,61", "longitude -400"),
    ],
)
def test_a_malformed_box_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(BboxError, match=said):
        parse_bbox(text)


def test_every_fault_is_told_not_the_first_only() -> None:
    with pytest.raises(BboxError) as caught:
        parse_bbox("x,60,y,inf")
    assert len(caught.value.faults) == 3
    with pytest.raises(BboxError) as caught:
        parse_bbox("500000,7000000,400000,6900000", TM35FIN)
    assert len(caught.value.faults) == 2


def test_a_box_in_degrees_holds_what_lies_in_it_and_no_more() -> None:
    area = bbox_in_finland(parse_bbox("20,65,30,66"))
    assert area is not None
    inside, outside = shapely.points([[25, 65.0005], [25, 65.9995]]), shapely.points([[25, 64.9995], [25, 66.0005]])
    assert shapely.intersects(area, reproject(inside, CRS84)).all()
    assert not shapely.intersects(area, reproject(outside, CRS84)).any()


@pytest.mark.parametrize("width", [0.5, 5, 12])
def test_the_edge_of_a_wide_box_follows_the_parallel_within_a_decimetre(width: float) -> None:
    area = bbox_in_finland(parse_bbox(f"{26 - width / 2},62,{26 + width / 2},63"))
    assert area is not None
    longitudes = np.linspace(26 - width / 2 + 0.01, 26 + width / 2 - 0.01, 997)
    a_decimetre = 0.1 / 111_000
    inside = shapely.points(longitudes, np.full(997, 62 + a_decimetre))
    outside = shapely.points(longitudes, np.full(997, 62 - a_decimetre))
    assert shapely.intersects(area, reproject(inside, CRS84)).all()
    assert not shapely.intersects(area, reproject(outside, CRS84)).any()


def test_the_same_box_in_two_axis_orders_is_the_same_area() -> None:
    one, other = bbox_in_finland(parse_bbox("24,60,25,61")), bbox_in_finland(parse_bbox("60,24,61,25", WGS84))
    assert one is not None
    assert one.equals(other)


@pytest.mark.parametrize("text", ["-180,-90,180,90", "170,50,169,80", "-360,-90,360,90", "-350,50,-320,75"])
def test_a_box_around_the_globe_holds_all_of_finland(text: str) -> None:
    area = bbox_in_finland(parse_bbox(text))
    assert area is not None
    assert area.contains(shapely.box(*FINLAND))


@pytest.mark.parametrize("text", ["-75,40,-70,45", "170,50,-170,80", "24,-80,25,-70"])
def test_a_box_elsewhere_or_across_the_antimeridian_holds_nothing(text: str) -> None:
    assert bbox_in_finland(parse_bbox(text)) is None


def test_a_box_across_the_antimeridian_that_reaches_finland_holds_its_part() -> None:
    area = bbox_in_finland(parse_bbox("25,50,-170,80"))
    assert area is not None
    east, west = reproject(shapely.Point(25.5, 62), CRS84), reproject(shapely.Point(24.5, 62), CRS84)
    assert area.intersects(east)
    assert not area.intersects(west)


@pytest.mark.parametrize(("text", "kind"), [("25,60,25,60", "Point"), ("25,60,25,61", "LineString")])
def test_a_box_without_width_still_touches_what_it_lies_on(text: str, kind: str) -> None:
    area = bbox_in_finland(parse_bbox(text))
    assert area is not None
    assert area.geom_type == kind


def test_a_box_in_metres_of_the_register_is_taken_as_it_is() -> None:
    area = bbox_in_finland(parse_bbox("385000,6672000,386000,6673000", TM35FIN))
    assert area is not None
    assert area.bounds == (385000, 6672000, 386000, 6673000)


@given(st.text(max_size=60))
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    with contextlib.suppress(BboxError):
        bbox_in_finland(parse_bbox(text))


@given(st.sampled_from(list(SERVED_CRS.values())), st.lists(st.floats(-1e8, 1e8), min_size=4, max_size=4))
def test_any_box_in_any_system_gives_an_area_in_finland_or_none(crs: Crs, numbers: list[float]) -> None:
    try:
        area = bbox_in_finland(parse_bbox(",".join(map(str, numbers)), crs))
    except BboxError:
        return
    assert area is None or max(map(abs, area.bounds)) < 1e8


@pytest.mark.parametrize("crs", SERVED_CRS.values(), ids=SERVED_CRS)
def test_finland_has_bounds_in_every_served_system(crs: Crs) -> None:
    west, south, east, north = finland_in(crs)
    assert west < east
    assert south < north
