"""Spatial filters: every function and literal, in every system, found by the spatial index."""

from __future__ import annotations

import json

import pytest
import shapely
from flask.testing import FlaskClient
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gis.crs import CRS84, GK_ZONES, SERVED_CRS, TM35FIN, parse_crs
from gis.projection import reproject
from service.database import Database, raw_connection
from service.filters.geometry import read_filter_geometry
from service.queries.feature_conditions import And, Comparison, Condition, Or, Predicate, Property, Spatial, Value
from service.queries.feature_selection import Selection
from service.queries.feature_statements import PageShape, page_statement

ITEMS = "/ogc/collections/building/items"
# Around some of the made buildings, which stand every 40 m from (380 000, 6 670 000): points and boxes of 20 m × 10 m.
LITERALS = {
    "POINT(380200 6670000)": shapely.Point(380200, 6670000),
    "POINT Z(380200 6670000 12)": shapely.Point(380200, 6670000),
    "LINESTRING(380100 6670005, 380500 6670045)": shapely.LineString([(380100, 6670005), (380500, 6670045)]),
    "POLYGON((380040 6670000, 380060 6670000, 380060 6670010, 380040 6670010, 380040 6670000))": shapely.box(
        380040, 6670000, 380060, 6670010
    ),
    "POLYGON((380050 6670005, 380500 6670005, 380500 6670200, 380050 6670200, 380050 6670005))": shapely.box(
        380050, 6670005, 380500, 6670200
    ),
    "MULTIPOINT((380044 6670003), (380050 6670005))": shapely.MultiPoint([(380044, 6670003), (380050, 6670005)]),
    "MULTILINESTRING((380040 6670000, 380060 6670010), (380100 6670100, 380300 6670100))": shapely.MultiLineString(
        [[(380040, 6670000), (380060, 6670010)], [(380100, 6670100), (380300, 6670100)]]
    ),
    "MULTIPOLYGON(((380000 6670000, 380100 6670000, 380100 6670100, 380000 6670000)), "
    "((381000 6670000, 381100 6670000, 381100 6670100, 381000 6670000)))": shapely.MultiPolygon(
        [
            shapely.Polygon([(380000, 6670000), (380100, 6670000), (380100, 6670100)]),
            shapely.Polygon([(381000, 6670000), (381100, 6670000), (381100, 6670100)]),
        ]
    ),
    "BBOX(380050, 6670005, 380500, 6670200)": shapely.box(380050, 6670005, 380500, 6670200),
}
MEANING = {
    "S_INTERSECTS": shapely.intersects,
    "S_EQUALS": shapely.equals,
    "S_DISJOINT": shapely.disjoint,
    "S_TOUCHES": shapely.touches,
    "S_WITHIN": shapely.within,
    "S_OVERLAPS": shapely.overlaps,
    "S_CROSSES": shapely.crosses,
    "S_CONTAINS": shapely.contains,
}


@pytest.fixture(scope="module")
def shapes(filled: Database) -> list[tuple[str, BaseGeometry]]:
    """The buildings at the corner of the grid, as they are stored."""
    statement = (
        "SELECT asset_id, ST_AsBinary(geometry) FROM asset WHERE asset_class = 1 AND asset_id BETWEEN 10 AND 800"
    )
    with filled.reading() as connection:
        rows = connection.exec_driver_sql(statement).fetchall()
    return sorted((f"091-{asset_id}", shapely.from_wkb(bytes(wkb))) for asset_id, wkb in rows)


def found(client: FlaskClient, text: str, **query: str) -> set[str]:
    answer = client.get(ITEMS, query_string={"filter": text, "limit": "10000", "properties": "name", **query})
    assert answer.status_code == 200, answer.json
    return {feature["id"] for feature in answer.json["features"]}


@pytest.mark.parametrize("function", MEANING)
@pytest.mark.parametrize("literal", LITERALS)
def test_a_spatial_function_means_what_simple_features_means(
    client: FlaskClient, shapes: list[tuple[str, BaseGeometry]], function: str, literal: str
) -> None:
    corner = "id <> '091-1' AND source_id <> '2' AND volume_m3 BETWEEN 32.5 AND 2600"
    crs = {"filter-crs": TM35FIN.uri}
    expected = {each for each, shape in shapes if MEANING[function](shape, LITERALS[literal])}
    assert found(client, f"{function}(geometry, {literal}) AND {corner}", **crs) == expected


def test_the_geometry_may_stand_on_either_side(client: FlaskClient) -> None:
    area = "POLYGON((380050 6670005, 380500 6670005, 380500 6670200, 380050 6670200, 380050 6670005))"
    for one, other in (("S_WITHIN", "S_CONTAINS"), ("S_INTERSECTS", "S_INTERSECTS")):
        crs = {"filter-crs": TM35FIN.uri}
        within = found(client, f"{one}(geometry, {area})", **crs)
        assert within
        assert found(client, f"{other}({area}, geometry)", **crs) == within


def test_a_collection_of_geometries_means_all_of_them(client: FlaskClient) -> None:
    crs = {"filter-crs": TM35FIN.uri}
    one, other = "POINT(380080 6670000)", "LINESTRING(380100 6670005, 380500 6670045)"
    both = found(client, f"S_INTERSECTS(geometry, GEOMETRYCOLLECTION({one}, {other}))", **crs)
    single = [found(client, f"S_INTERSECTS(geometry, {each})", **crs) for each in (one, other)]
    assert both == single[0] | single[1] != set()


@pytest.mark.parametrize("code", SERVED_CRS)
def test_literals_are_read_in_every_system_with_its_axes(client: FlaskClient, code: str) -> None:
    crs = parse_crs(code)
    area = shapely.segmentize(shapely.box(380050, 6670005, 380510, 6670215), 50)
    literal = mapping(reproject(area, TM35FIN, crs, target_axes_as_declared=True))
    as_json = json.dumps({"op": "s_intersects", "args": [{"property": "geometry"}, literal]})
    expected = found(
        client, "S_INTERSECTS(geometry, BBOX(380050, 6670005, 380510, 6670215))", **{"filter-crs": TM35FIN.uri}
    )
    assert found(client, as_json, **{"filter-lang": "cql2-json", "filter-crs": crs.uri}) == expected


def test_the_default_system_of_literals_is_crs84_whatever_comes_out(client: FlaskClient) -> None:
    box = "S_INTERSECTS(geometry, BBOX(24.84, 60.149, 24.86, 60.151))"
    assert found(client, box) == found(client, box, crs=TM35FIN.uri) != set()
    turned = "S_INTERSECTS(geometry, BBOX(60.149, 24.84, 60.151, 24.86))"
    assert found(client, turned, **{"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}) == found(client, box)
    assert found(client, turned) == set()


def test_a_filter_by_box_is_the_parameter_bbox(client: FlaskClient) -> None:
    answer = client.get(ITEMS, query_string={"bbox": "24.84,60.149,24.86,60.151", "limit": "10000"}).json
    ids = {feature["id"] for feature in answer["features"]}
    assert found(client, "S_INTERSECTS(geometry, BBOX(24.84, 60.149, 24.86, 60.151))") == ids


def test_a_literal_far_away_or_around_the_world_is_no_trouble(client: FlaskClient) -> None:
    world = "POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90))"
    assert len(found(client, f"S_WITHIN(geometry, {world}) AND municipality_code = '837'")) == 50
    assert len(found(client, "S_INTERSECTS(geometry, BBOX(170, -90, 30, 90)) AND municipality_code = '837'")) == 50
    for away in ("POINT(-70 -30)", "BBOX(-70, -30, -60, -20)", "LINESTRING(0 0, -100 50)"):
        assert found(client, f"S_INTERSECTS(geometry, {away})") == set()
        assert len(found(client, f"S_DISJOINT(geometry, {away}) AND municipality_code = '837'")) == 50
    half_away = "MULTIPOINT((24.84 60.15), (0 0))"
    assert found(client, f"S_CONTAINS(geometry, {half_away})") == set()


def test_features_without_geometry_meet_no_spatial_condition_nor_its_contrary(client: FlaskClient) -> None:
    box = "S_INTERSECTS(geometry, BBOX(24, 60, 25, 61))"
    without = found(client, "geometry IS NULL")
    assert without == {"091-8", "091-9"}
    assert not without & (found(client, box) | found(client, f"NOT {box}"))


def plan(database: Database, condition: Condition, values: dict[str, object], collection: str = "building") -> str:
    statement = page_statement(PageShape(Selection(collection, condition=condition), CRS84.code))
    with database.reading() as connection, raw_connection(connection).cursor() as cursor:
        cursor.execute("EXPLAIN " + statement.text, {**statement.constants, **values, "limit": 101}, prepare=False)  # type: ignore[arg-type]
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize("predicate", [each for each in Predicate if each is not Predicate.DISJOINT])
def test_a_spatial_condition_is_found_by_the_index(filled: Database, predicate: Predicate) -> None:
    node = {"type": "Point", "coordinates": [24.84, 60.15]}
    shown = plan(filled, Spatial(predicate, 0), {"filter_0": read_filter_geometry(node, CRS84, predicate)})
    assert "ix_asset_class_geometry" in shown
    assert "asset_class =" in shown
    assert "&&" in shown
    assert "st_transform" not in shown.lower().partition("index cond")[2].partition("\n")[0]


def test_the_index_serves_within_a_larger_condition_too(filled: Database) -> None:
    node = {"bbox": [25_496_000.0, 6_670_000.0, 25_496_100.0, 6_670_100.0]}
    turned = {"bbox": [6_670_000.0, 25_496_000.0, 6_670_100.0, 25_496_100.0]}
    assert node != turned
    ewkb = read_filter_geometry(turned, GK_ZONES[6], Predicate.INTERSECTS)
    more = Or((Comparison("=", Property("storeys"), Value(1, int)), Comparison(">", Property("name"), Value(2, str))))
    values = {"filter_0": ewkb, "filter_1": 3, "filter_2": "A"}
    assert "ix_asset_class_geometry" in plan(filled, And((Spatial(Predicate.INTERSECTS, 0), more)), values)
