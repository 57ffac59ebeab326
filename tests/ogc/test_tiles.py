"""Vector tiles, read by GDAL: what they hold, where it lies, and what clients are told of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from flask.testing import FlaskClient

from gis.crs import CRS84, TM35FIN
from gis.projection import reproject
from gis.tiles import ETRS_TM35FIN, TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, Tile, TileMatrixSet
from models.registry import ASSET_CLASSES
from service.queries.feature_registry import feature_collections
from service.queries.feature_tiles import style_properties

WATER, BUILDINGS = (385_015.0, 6_672_000.0), (382_000.0, 6_672_000.0)
DEFAULT = {
    "id",
    "asset_class",
    "condition_index",
    "condition_basis",
    "repair_backlog_eur",
    "needed_backlog_eur",
    "avoidable_backlog_eur",
}
Features = dict[str, dict[str, Any]]
Draw = Callable[..., Features]
SETS = pytest.mark.parametrize("tiles", TILE_MATRIX_SETS.values(), ids=TILE_MATRIX_SETS)


def tile_at(tiles: TileMatrixSet, zoom: int, place: tuple[float, float]) -> Tile:
    point = reproject(shapely.Point(place), TM35FIN, tiles.crs)
    side = tiles.cell_m(zoom) * 256
    return Tile(zoom, int((tiles.north - point.y) // side), int((point.x - tiles.west) // side))


def address(collection: str, tiles: TileMatrixSet, tile: Tile) -> str:
    return f"/ogc/collections/{collection}/tiles/{tiles.id}/{tile.zoom}/{tile.row}/{tile.column}"


def read_tile(content: bytes, layer: str, tiles: TileMatrixSet, tile: Tile, folder: Path) -> Features:
    """What GDAL reads from a tile, in the tile's system, by the features' ids."""
    path, metadata = folder / "tile.pbf", folder / "metadata.json"
    path.write_bytes(content)
    side = tiles.first_cell_m * 256
    corner = {"tile_origin_upper_left_x": tiles.west, "tile_origin_upper_left_y": tiles.north}
    described = {"format": "pbf", "crs": tiles.crs.code, **corner, "tile_dimension_zoom_0": side}
    metadata.write_text(json.dumps({**described, "json": json.dumps({"vector_layers": []})}))
    place = {"X": tile.column, "Y": tile.row, "Z": tile.zoom, "METADATA_FILE": str(metadata), "CLIP": "NO"}
    meta, _, shapes, columns = pyogrio.raw.read(path, layer=layer, **place)
    assert meta["crs"] == tiles.crs.code
    rows = [dict(zip(meta["fields"], row, strict=True)) for row in zip(*columns, strict=True)]
    found = {row["id"]: {**row, "geometry": shapely.from_wkb(shape)} for row, shape in zip(rows, shapes, strict=True)}
    assert len(found) == len(rows)
    return found


@pytest.fixture
def draw(client: FlaskClient, tmp_path: Path) -> Draw:
    """Asks for a tile and reads it."""

    def draw(collection: str, tiles: TileMatrixSet, tile: Tile, query: str = "") -> Features:
        answer = client.get(address(collection, tiles, tile) + query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
        return read_tile(answer.data, collection, tiles, tile, tmp_path)

    return draw


def items_of(
    client: FlaskClient, collection: str, tiles: TileMatrixSet, tile: Tile, units_beyond: float = 64
) -> Features:
    """The features that touch a tile or what lies some units of its grid beyond its edges, as the items of that box."""
    west, south, east, north = tiles.tile_bounds(tile)
    margin = units_beyond * (east - west) / 4096
    box = f"{west - margin},{south - margin},{east + margin},{north + margin}"
    crs = tiles.crs.uri
    page = client.get(f"/ogc/collections/{collection}/items?limit=10000&crs={crs}&bbox-crs={crs}&bbox={box}").json
    return {each["id"]: each for each in page["features"]}


@SETS
@pytest.mark.parametrize(("collection", "place"), [("water_main", WATER), ("building", BUILDINGS)])
def test_a_tile_holds_what_lies_in_its_box(
    client: FlaskClient, draw: Draw, tiles: TileMatrixSet, collection: str, place: tuple[float, float]
) -> None:
    tile = tile_at(tiles, 14 if tiles is WEB_MERCATOR_QUAD else 12, place)
    drawn = draw(collection, tiles, tile)
    least, most = (items_of(client, collection, tiles, tile, 64 + unit) for unit in (-1, 1))
    assert len(least) > 20
    assert set(least) <= set(drawn) <= set(most)
    for feature_id, feature in drawn.items():
        for name in DEFAULT - {"id", "asset_class"}:
            value, stored = feature.get(name), most[feature_id]["properties"][name]
            assert _as_tiles_tell(name, value, stored), (name, value, stored)


def _as_tiles_tell(name: str, value: Any, stored: Any) -> bool:
    """Money in whole euros, condition in thousandths."""
    if stored is None:
        return str(value) in ("None", "nan")
    if name.endswith("_eur"):
        return float(value).is_integer() and abs(value - stored) <= 0.5
    return bool(value == (round(stored, 3) if name == "condition_index" else stored))


@SETS
def test_a_feature_lies_in_the_tile_where_it_lies_on_earth(
    client: FlaskClient, draw: Draw, tiles: TileMatrixSet
) -> None:
    tile = tile_at(tiles, 14 if tiles is WEB_MERCATOR_QUAD else 12, BUILDINGS)
    unit = tiles.cell_m(tile.zoom) / 16
    items, drawn = items_of(client, "building", tiles, tile), draw("building", tiles, tile)
    whole = [each for each in drawn if shapely.box(*tiles.tile_bounds(tile)).contains(drawn[each]["geometry"])]
    assert len(whole) > 20
    for feature_id in whole:
        item = shapely.from_geojson(json.dumps(items[feature_id]["geometry"]))
        assert shapely.hausdorff_distance(item, drawn[feature_id]["geometry"]) < 2 * unit


@SETS
def test_rows_are_counted_from_the_top(draw: Draw, tiles: TileMatrixSet) -> None:
    upper = tile_at(tiles, 14, BUILDINGS)
    lower = upper._replace(row=upper.row + 1)
    norths = [
        {feature_id: each["geometry"].centroid.y for feature_id, each in draw("building", tiles, tile).items()}
        for tile in (upper, lower)
    ]
    apart = [[y for each, y in norths[i].items() if each not in norths[1 - i]] for i in (0, 1)]
    assert min(apart[0]) > max(apart[1])


def test_a_feature_has_the_id_of_the_asset_as_text_and_its_number(draw: Draw) -> None:
    features = draw("water_main", ETRS_TM35FIN, tile_at(ETRS_TM35FIN, 13, WATER))
    assert features
    for feature_id, feature in features.items():
        assert feature_id == f"091-{feature['mvt_id']}"


@pytest.mark.parametrize("collection", ["building", "valued_assets"])
def test_a_tile_carries_what_styles_need_and_what_is_asked_for_beside_it(draw: Draw, collection: str) -> None:
    tile = tile_at(WEB_MERCATOR_QUAD, 15, BUILDINGS)
    features = draw(collection, WEB_MERCATOR_QUAD, tile)
    assert {name for each in features.values() for name in each} == {*DEFAULT, "mvt_id", "geometry"}
    assert {each["asset_class"] for each in features.values()} == {"building"}
    added = draw(collection, WEB_MERCATOR_QUAD, tile, "?properties=name,built_year,municipality_code")
    assert {name for each in added.values() for name in each} - {
        name for each in features.values() for name in each
    } == {
        "name",
        "built_year",
        "municipality_code",
    }
    some_id = next(iter(features))
    assert added[some_id]["name"] == f"Talo {some_id.partition('-')[2]}"
    assert added[some_id]["repair_backlog_eur"] == features[some_id]["repair_backlog_eur"]


def test_attributes_of_the_class_itself_can_be_added(client: FlaskClient, draw: Draw) -> None:
    tile = tile_at(WEB_MERCATOR_QUAD, 15, BUILDINGS)
    features = draw("building", WEB_MERCATOR_QUAD, tile, "?properties=storeys,volume_m3,municipality_code")
    items = items_of(client, "building", WEB_MERCATOR_QUAD, tile, 65)
    assert features
    for feature_id, feature in features.items():
        assert feature["storeys"] == items[feature_id]["properties"]["storeys"]
        assert feature["volume_m3"] == items[feature_id]["properties"]["volume_m3"]


def test_every_property_of_every_collection_can_be_added(client: FlaskClient) -> None:
    tile = tile_at(WEB_MERCATOR_QUAD, 12, BUILDINGS)
    for collection in feature_collections().values():
        query = "?properties=" + ",".join(collection.properties)
        answer = client.get(address(collection.id, WEB_MERCATOR_QUAD, tile) + query)
        assert answer.status_code in (200, 204), (collection.id, answer.text)


@pytest.mark.parametrize("zoom", [9, 16])
@pytest.mark.parametrize("collection", feature_collections())
def test_there_are_tiles_of_every_collection(client: FlaskClient, collection: str, zoom: int) -> None:
    tile = tile_at(WEB_MERCATOR_QUAD, zoom, BUILDINGS)
    assert client.get(address(collection, WEB_MERCATOR_QUAD, tile)).status_code in (200, 204)


def test_areas_are_drawn_with_what_labels_need(draw: Draw) -> None:
    tile = tile_at(WEB_MERCATOR_QUAD, 12, BUILDINGS)
    districts = draw("district", WEB_MERCATOR_QUAD, tile)
    assert set(districts) == {"091-10", "091-20-A", "091-30/1 ä"}
    assert districts["091-10"]["name_fi"] == "Piiri 10"
    assert len({each["mvt_id"] for each in districts.values()}) == 3


def test_retired_assets_are_left_out_and_one_municipality_can_be_asked_for(client: FlaskClient, draw: Draw) -> None:
    tile = tile_at(WEB_MERCATOR_QUAD, 16, (380_220, 6_670_000))
    assert not {"091-5", "091-6", "091-7"} & set(draw("valued_assets", WEB_MERCATOR_QUAD, tile))
    path = address("valued_assets", WEB_MERCATOR_QUAD, tile)
    assert client.get(f"{path}?municipality=091").status_code == 200
    assert client.get(f"{path}?municipality=837").status_code == 204
    of_tampere = tile_at(WEB_MERCATOR_QUAD, 14, (327_500, 6_822_100))
    assert {each[:3] for each in draw("building", WEB_MERCATOR_QUAD, of_tampere, "?municipality=837")} == {"837"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("valued_assets/tiles/WebMercatorQuad/5/0/0", 204),
        ("valued_assets/tiles/WebMercatorQuad/24/16777215/16777215", 204),
        ("valued_assets/tiles/ETRS-TM35FIN/15/0/0", 204),
        ("valued_assets/tiles/WebMercatorQuad/5/32/0", 404),
        ("valued_assets/tiles/WebMercatorQuad/5/0/32", 404),
        ("valued_assets/tiles/WebMercatorQuad/25/0/0", 404),
        ("valued_assets/tiles/ETRS-TM35FIN/16/0/0", 404),
        ("valued_assets/tiles/WebMercatorQuad/999999999/0/0", 404),
        ("valued_assets/tiles/WebMercatorQuad/0/0/9999999999999999999999", 404),
        ("valued_assets/tiles/WorldCRS84Quad/0/0/0", 404),
        ("valued_assets/tiles/WorldCRS84Quad", 404),
        ("roads/tiles/WebMercatorQuad/0/0/0", 404),
        ("roads/tiles", 404),
        ("valued_assets/tiles/WebMercatorQuad/0/0", 404),
        ("valued_assets/tiles/WebMercatorQuad/0/0/0/0", 404),
    ],
)
def test_a_tile_with_nothing_in_it_is_empty_and_one_beyond_the_set_is_not_found(
    client: FlaskClient, path: str, status: int
) -> None:
    answer = client.get(f"/ogc/collections/{path}")
    assert answer.status_code == status
    assert (answer.data == b"") == (status == 204)
    assert status == 204 or answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "pointers"),
    [
        ("WebMercatorQuad/x/0/0", {"tileMatrix"}),
        ("WebMercatorQuad/0/-1/1.5", {"tileRow", "tileCol"}),
        ("WebMercatorQuad/0/%D9%A3/1e3", {"tileRow", "tileCol"}),
        ("WebMercatorQuad/0/0/0?properties=colour,storeys", {"properties"}),
        ("WebMercatorQuad/0/0/0?municipality=Helsinki&f=png", {"municipality", "f"}),
        ("WebMercatorQuad/0/0/0?bbox=1,2,3,4", {"bbox"}),
        ("WebMercatorQuad/0/0/0?municipality=091&municipality=837", {"municipality"}),
        ("WebMercatorQuad?properties=colour&f=tilejson", {"properties"}),
        ("WebMercatorQuad?properties=&f=tilejson", {"properties"}),
        ("WebMercatorQuad/0/0/0?properties=name,", {"properties"}),
        ("ETRS-TM35FIN?f=tilejson", {"f"}),
        ("ETRS-TM35FIN?f=xml", {"f"}),
    ],
)
def test_a_malformed_request_is_refused_with_every_fault(client: FlaskClient, path: str, pointers: set[str]) -> None:
    answer = client.get(f"/ogc/collections/building/tiles/{path}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {fault["pointer"] for fault in answer.json["errors"]} == pointers


def test_a_client_that_takes_no_tiles_is_told_so(client: FlaskClient) -> None:
    path = address("building", WEB_MERCATOR_QUAD, tile_at(WEB_MERCATOR_QUAD, 15, BUILDINGS))
    for accept in ("application/vnd.mapbox-vector-tile", "*/*", "", "application/x-protobuf", "text/html,*/*;q=0.8"):
        assert client.get(path, headers={"Accept": accept}).status_code == 200
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(f"{path}?f=mvt", headers={"Accept": "image/png"}).status_code == 200


def test_both_tile_matrix_sets_are_defined(client: FlaskClient) -> None:
    listed = client.get("/ogc/tileMatrixSets").json["tileMatrixSets"]
    assert [each["id"] for each in listed] == ["WebMercatorQuad", "ETRS-TM35FIN"]
    assert listed[0]["uri"] == "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
    finnish = client.get(listed[1]["links"][0]["href"]).json
    assert finnish["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3067"
    assert len(finnish["tileMatrices"]) == 16
    assert finnish["tileMatrices"][3] == {
        "id": "3",
        "scaleDenominator": pytest.approx(1024 / 0.00028),
        "cellSize": 1024,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-548576, 8388608],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": 8,
        "matrixHeight": 8,
    }


@SETS
def test_from_a_collection_a_client_finds_its_tiles(client: FlaskClient, tiles: TileMatrixSet, tmp_path: Path) -> None:
    def linked(document: dict[str, Any], rel: str) -> dict[str, Any]:
        (found,) = (each for each in document["links"] if each["rel"] == rel)
        return dict(found)

    collection = client.get("/ogc/collections/water_main").json
    tilesets = client.get(linked(collection, "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector")["href"]).json
    listed = next(each for each in tilesets["tilesets"] if each["tileMatrixSetId"] == tiles.id)
    assert listed["dataType"] == "vector"
    assert listed["crs"] == tiles.crs.uri
    tileset = client.get(linked(listed, "self")["href"]).json
    scheme = client.get(linked(tileset, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme")["href"]).json
    assert scheme["id"] == tiles.id
    assert set(tileset["layers"][0]["propertiesSchema"]["properties"]) == DEFAULT
    template = linked(tileset, "item")
    assert template["templated"] is True
    tile = tile_at(tiles, 12, WATER)
    href = template["href"].format(tileMatrix=tile.zoom, tileRow=tile.row, tileCol=tile.column)
    answer = client.get(href, headers={"Accept": template["type"]})
    assert answer.status_code == 200
    assert read_tile(answer.data, "water_main", tiles, tile, tmp_path)


def test_tilejson_says_where_to_get_tiles_and_what_they_carry(client: FlaskClient, tmp_path: Path) -> None:
    path = "/ogc/collections/water_main/tiles/WebMercatorQuad?f=tilejson&properties=name&municipality=091"
    tilejson = client.get(path).json
    assert tilejson["tilejson"] == "3.0.0"
    (layer,) = tilejson["vector_layers"]
    assert layer["id"] == "water_main"
    assert set(layer["fields"]) == {*DEFAULT, "name"}
    west, south, east, north = tilejson["bounds"]
    place = reproject(shapely.Point(WATER), TM35FIN, CRS84)
    assert west < place.x < east
    assert south < place.y < north
    tile = tile_at(WEB_MERCATOR_QUAD, 13, WATER)
    href = tilejson["tiles"][0].format(z=tile.zoom, y=tile.row, x=tile.column)
    assert href.endswith("?properties=name&municipality=091")
    assert read_tile(client.get(href).data, "water_main", WEB_MERCATOR_QUAD, tile, tmp_path)


def test_tiles_are_declared_and_described_as_the_standard_names_them(client: FlaskClient) -> None:
    conformance = client.get("/ogc/conformance").json["conformsTo"]
    for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}" in conformance
    paths = client.get("/ogc/api").json["paths"]
    ends = (".collection.vector.getTileSetsList", ".collection.vector.getTileSet", ".collection.vector.getTile")
    ids = [operation["get"]["operationId"] for operation in paths.values() if "get" in operation]
    for end in ends:
        assert sum(each.endswith(end) for each in ids) == len(feature_collections())


def test_styles_find_the_same_properties_in_every_class() -> None:
    assert {style_properties(feature_collections()[code]) for code in ASSET_CLASSES} == {
        style_properties(feature_collections()["valued_assets"])
    }


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/tileMatrixSets",
        "/ogc/tileMatrixSets/ETRS-TM35FIN",
        "/ogc/collections/district/tiles",
        "/ogc/collections/district/tiles/WebMercatorQuad",
    ],
)
def test_what_describes_tiles_is_there_for_programs_and_people(client: FlaskClient, path: str) -> None:
    document = client.get(path, headers={"Accept": "*/*"})
    assert document.headers["Content-Type"] == "application/json"
    assert {"self", "alternate"} <= {each["rel"] for each in document.json["links"]}
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in page.text
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(f"{path}?nonsense=1").status_code == 400
