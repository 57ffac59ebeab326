"""OGC API Tiles Part 1: the abstract tests of its annex, and TileJSON, which the standard leaves to others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyogrio
import pytest

STANDARD = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0"
Get = Callable[..., Any]
MVT = "application/vnd.mapbox-vector-tile"
RELATION = "http://www.opengis.net/def/rel/ogc/1.0/"
# A tile that holds buildings, and one on the other side of the earth; of each tile matrix set.
PLACES = {"WebMercatorQuad": ((14, 4742, 9324), (12, 4000, 10)), "ETRS-TM35FIN": ((12, 3352, 1817), (8, 250, 250))}
SETS = pytest.mark.parametrize("matrix_set", PLACES)


@pytest.fixture
def tileset(get: Get, matrix_set: str) -> dict[str, Any]:
    return dict(get(f"/collections/building/tiles/{matrix_set}").json)


def tile_href(tileset: dict[str, Any], place: tuple[int, int, int]) -> str:
    (template,) = [link["href"] for link in tileset["links"] if link["rel"] == "item"]
    return str(template.format(tileMatrix=place[0], tileRow=place[1], tileCol=place[2]))


def test_conformance(get: Get, validate: Callable[[Any, str], None]) -> None:
    """/conf/core/conformance-success: the core is declared."""
    answer = get("/conformance")
    validate(answer.json, "confClasses")
    assert f"{STANDARD}/conf/core" in answer.json["conformsTo"]


@SETS
def test_tile(get: Get, tileset: dict[str, Any], matrix_set: str, tmp_path: Path) -> None:
    """/conf/core/tc-op, tc-success, /conf/mvt/content: where the template says, what lies there, in the tile's grid."""
    zoom, row, column = PLACES[matrix_set][0]
    answer = get(tile_href(tileset, (zoom, row, column)), accept=MVT)
    assert (answer.status, answer.media_type) == (200, MVT)
    (tmp_path / "tile.pbf").write_bytes(answer.content)
    scheme = get(f"/tileMatrixSets/{matrix_set}").json["tileMatrices"][zoom]
    side = scheme["cellSize"] * scheme["tileWidth"]
    west = scheme["pointOfOrigin"][0] + column * side
    north = scheme["pointOfOrigin"][1] - row * side
    box, crs = f"{west},{north - side},{west + side},{north}", tileset["crs"]
    items = get(f"/collections/building/items?limit=10000&bbox={box}&bbox-crs={crs}&crs={crs}").json["features"]
    (layer,) = pyogrio.list_layers(tmp_path / "tile.pbf")
    assert layer[0] == "building"
    assert layer[1] is not None
    read = pyogrio.raw.read(tmp_path / "tile.pbf", layer="building", columns=["id"], CLIP="NO")
    assert {each["id"] for each in items} <= set(read[3][0])
    assert all(shape is not None for shape in read[2])


@SETS
def test_tiles_without_content(get: Get, tileset: dict[str, Any], matrix_set: str) -> None:
    """/conf/core/tc-error: 204 where there is nothing, 404 or 400 beyond the tile matrix set."""
    empty = get(tile_href(tileset, PLACES[matrix_set][1]))
    assert (empty.status, empty.content) == (204, b"")
    for place in ((12, 4096, 0), (12, 0, 4096), (99, 0, 0)):
        assert get(tile_href(tileset, place)).status == 404
    assert get(tile_href(tileset, (12, -1, 0))).status == 400


def test_definition_of_a_tile(get: Get) -> None:
    """/conf/core/tc-tilematrix-definition, tc-tilerow-definition, tc-tilecol-definition: required, text and whole
    numbers."""
    definition = get("/api").json
    path = "/collections/building/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"
    shared = definition["components"]["parameters"]
    listed = definition["paths"][path]["get"]["parameters"]
    parameters = [shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in listed]
    found = {each["name"]: each["schema"]["type"] for each in parameters if each["in"] == "path" and each["required"]}
    assert found == {"tileMatrixSetId": "string", "tileMatrix": "string", "tileRow": "integer", "tileCol": "integer"}


@SETS
def test_tileset(get: Get, tileset: dict[str, Any], matrix_set: str) -> None:
    """/conf/tileset/description: JSON with the tile matrix set by link, and by URI where it is registered."""
    answer = get(f"/collections/building/tiles/{matrix_set}", accept="application/json")
    assert (answer.status, answer.media_type) == (200, "application/json")
    registered = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{matrix_set}"
    assert tileset.get("tileMatrixSetURI") == (registered if matrix_set == "WebMercatorQuad" else None)
    (scheme,) = answer.links(f"{RELATION}tiling-scheme")
    assert get(scheme["href"]).json["id"] == matrix_set
    (item,) = answer.links("item")
    assert all(name in item["href"] for name in ("{tileMatrix}", "{tileRow}", "{tileCol}"))
    assert (item["type"], item["templated"]) == (MVT, True)


def test_list_of_tilesets(get: Get) -> None:
    """/conf/tilesets-list/tileset-links, /conf/geodata-tilesets/desc-links, operation: under /tiles, linked, of every
    collection."""
    for collection in get("/collections").json["collections"]:
        (link,) = [each for each in collection["links"] if each["rel"] == f"{RELATION}tilesets-vector"]
        assert link["href"].endswith(f"/collections/{collection['id']}/tiles")
        answer = get(link["href"], accept="application/json")
        assert (answer.status, answer.media_type) == (200, "application/json")
        for each in answer.json["tilesets"]:
            assert each["dataType"] == "vector"
            assert each["crs"].startswith("http://www.opengis.net/def/crs/")
            links = {link["rel"]: link["href"] for link in each["links"]}
            assert links["self"] == f"{link['href']}/{each['tileMatrixSetId']}"
            assert f"{RELATION}tiling-scheme" in links
            whole = get(links["self"]).json
            assert {name: whole[name] for name in each if name != "links"} == {
                name: value for name, value in each.items() if name != "links"
            }


def test_definition_of_tiles(get: Get) -> None:
    """/conf/oas30/completeness, operation-id: every list, tileset and tile is described under the standard's suffix."""
    paths = get("/api").json["paths"]
    base = "/tiles/{tileMatrixSetId}"
    for collection in get("/collections").json["collections"]:
        for path, suffix in (
            ("/tiles", "getTileSetsList"),
            (base, "getTileSet"),
            (f"{base}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", "getTile"),
        ):
            operation = paths[f"/collections/{collection['id']}{path}"]["get"]
            assert operation["operationId"].endswith(f".collection.vector.{suffix}")
    assert {"/tileMatrixSets", "/tileMatrixSets/{tileMatrixSetId}"} <= paths.keys()


def test_tilejson(get: Get) -> None:
    """TileJSON 3.0 of web mercator: where the tiles are and what their layer holds."""
    tileset = get("/collections/building/tiles/WebMercatorQuad")
    (link,) = [each for each in tileset.links("alternate") if "tilejson" in each["href"]]
    answer = get(link["href"])
    assert (answer.status, answer.json["tilejson"], answer.json["scheme"]) == (200, "3.0.0", "xyz")
    zoom, row, column = PLACES["WebMercatorQuad"][0]
    (template,) = answer.json["tiles"]
    assert get(template.format(z=zoom, y=row, x=column)).status == 200
    assert [each["id"] for each in answer.json["vector_layers"]] == ["building"]
    assert all(each["fields"] for each in answer.json["vector_layers"])
