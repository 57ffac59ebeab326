"""Tiles of a register of 30 000 assets: small whatever is asked for, the worst assets kept, found by the index."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import text

from gis.crs import TM35FIN
from gis.projection import reproject
from gis.tiles import ETRS_TM35FIN, TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, Tile, TileMatrixSet, tile_affine, tile_area
from models import Base
from models.registry import ASSET_CLASSES
from service.app import create_app
from service.database import Database, raw_connection
from service.operations.demo import load_benchmark_municipality
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest
from service.queries import feature_tiles
from service.queries.feature_registry import feature_collections
from service.queries.feature_tile_statements import AFFINE, tile_statement
from service.queries.feature_tiles import MOST_BYTES, style_properties
from service.queries.statistics import refresh_statistics
from service.settings import Settings

ASSETS = 30_000
MIDDLE = (385_000.0, 6_912_000.0)
SETS = pytest.mark.parametrize("tiles", TILE_MATRIX_SETS.values(), ids=TILE_MATRIX_SETS)
IN_AREA = text(
    "SELECT municipality_code || '-' || a.asset_id AS id, v.repair_backlog_eur::float8 AS backlog,"
    " ST_XMin(geometry) AS west, ST_YMin(geometry) AS south FROM asset a"
    " LEFT JOIN asset_valuation v USING (municipality_code, asset_id)"
    " WHERE ST_Within(geometry, ST_GeomFromEWKB(:area))"
)


@pytest.fixture(scope="module")
def module_template(template_database: str) -> str:
    """A register without the towns of the other tests: the assets of this module are a town of the same code."""
    return template_database


@pytest.fixture(scope="module")
def valued(module_database: Database) -> Database:
    load_benchmark_municipality(module_database, "091", ASSETS)
    value_municipality(module_database, ValuationRequest("091", 2026, scenario="baseline"))
    with module_database.writing() as session:
        refresh_statistics(raw_connection(session.connection()), Base.metadata.tables)
    return module_database


@pytest.fixture(scope="module")
def client(valued: Database) -> FlaskClient:
    return create_app(Settings(database_url="", open_reading=True), valued).test_client()


def tile_at(tiles: TileMatrixSet, zoom: int) -> Tile:
    point = reproject(shapely.Point(MIDDLE), TM35FIN, tiles.crs)
    side = tiles.cell_m(zoom) * 256
    return Tile(zoom, int((tiles.north - point.y) // side), int((point.x - tiles.west) // side))


def drawn(client: FlaskClient, tiles: TileMatrixSet, tile: Tile, folder: Path, query: str = "") -> dict[str, float]:
    """Backlogs by id of the assets in a tile, in the order of the tile."""
    path = folder / "tile.pbf"
    place = f"{tiles.id}/{tile.zoom}/{tile.row}/{tile.column}"
    path.write_bytes(client.get(f"/ogc/collections/valued_assets/tiles/{place}{query}").data)
    meta, _, _, columns = pyogrio.raw.read(path, layer="valued_assets")
    by_name = dict(zip(meta["fields"], columns, strict=True))
    return dict(zip(by_name["id"].tolist(), by_name["repair_backlog_eur"].tolist(), strict=True))


def within(database: Database, tiles: TileMatrixSet, tile: Tile) -> list[Any]:
    area = tile_area(tiles.id, tile, 0.0)
    assert area is not None
    ewkb = shapely.to_wkb(shapely.set_srid(area, TM35FIN.srid), include_srid=True)
    with database.reading() as connection:
        return list(connection.execute(IN_AREA, {"area": ewkb}).all())


@SETS
@pytest.mark.parametrize("collection", ["valued_assets", "water_main"])
def test_no_tile_is_large_at_any_zoom_whatever_is_asked_for(
    client: FlaskClient, tiles: TileMatrixSet, collection: str
) -> None:
    everything = "?properties=" + ",".join(feature_collections()[collection].properties)
    for zoom in range(2, tiles.zooms):
        tile = tile_at(tiles, zoom)
        path = f"/ogc/collections/{collection}/tiles/{tiles.id}/{zoom}/{tile.row}/{tile.column}"
        sizes = [len(client.get(path + query).data) for query in ("", everything)]
        assert max(sizes) <= MOST_BYTES == 500_000, zoom


@SETS
def test_a_map_of_the_whole_municipality_shows_the_worst_asset_of_each_place(
    client: FlaskClient, valued: Database, tmp_path: Path, tiles: TileMatrixSet
) -> None:
    zoom = 10 if tiles is WEB_MERCATOR_QUAD else 7
    tile = tile_at(tiles, zoom)
    assets, shown = within(valued, tiles, tile), drawn(client, tiles, tile, tmp_path)
    assert 1000 < len(shown) < len(assets) / 2
    side = 4 * tiles.ground_cell_m(zoom)
    of_cell: dict[tuple[float, float], list[Any]] = {}
    for asset in assets:
        of_cell.setdefault((asset.west // side, asset.south // side), []).append(asset)
    edge_cells = 0
    for cell in of_cell.values():
        kept = [asset for asset in cell if asset.id in shown]
        edge_cells += not kept  # the worst of the cell lies beyond the tile's edge
        assert not kept or (len(kept) == 1 and kept[0].backlog == max(asset.backlog for asset in cell))
    assert edge_cells < len(of_cell) / 20


@SETS
def test_near_by_every_asset_is_shown(
    client: FlaskClient, valued: Database, tmp_path: Path, tiles: TileMatrixSet
) -> None:
    tile = tile_at(tiles, 14 if tiles is WEB_MERCATOR_QUAD else 11)
    assert {asset.id for asset in within(valued, tiles, tile)} <= set(drawn(client, tiles, tile, tmp_path))


def test_where_not_all_can_be_sent_those_with_the_largest_backlog_are(
    valued: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> list[tuple[str, float]]:
        client = create_app(Settings(database_url="", open_reading=True), valued).test_client()
        return list(drawn(client, WEB_MERCATOR_QUAD, tile_at(WEB_MERCATOR_QUAD, 11), tmp_path).items())

    every = shown()
    assert [backlog for _, backlog in every] == sorted((backlog for _, backlog in every), reverse=True)
    monkeypatch.setattr(feature_tiles, "MOST_BYTES", 50_000)
    some = shown()
    assert (tmp_path / "tile.pbf").stat().st_size <= 50_000
    assert 100 < len(some) < len(every)
    assert some == every[: len(some)]


def test_a_tile_is_the_same_each_time_it_is_drawn(valued: Database) -> None:
    tile = tile_at(ETRS_TM35FIN, 8)
    path = f"/ogc/collections/valued_assets/tiles/ETRS-TM35FIN/8/{tile.row}/{tile.column}"
    settings = Settings(database_url="", open_reading=True)
    answers = [create_app(settings, valued).test_client().get(path) for _ in range(2)]
    assert answers[0].data == answers[1].data != b""
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


@pytest.mark.parametrize("collection", ["valued_assets", "lighting_column", "district"])
def test_a_tile_is_found_by_the_spatial_index(valued: Database, collection: str) -> None:
    names = style_properties(feature_collections()[collection])
    statement = tile_statement(collection, 3857, names, thinned=False, in_municipality=False)
    tile = tile_at(WEB_MERCATOR_QUAD, 15)
    area = shapely.set_srid(tile_area("WebMercatorQuad", tile, 0.0), TM35FIN.srid)
    west, south, east, north = WEB_MERCATOR_QUAD.tile_bounds(tile)
    values = {"west": west, "south": south, "east": east, "north": north, "tolerance": 1, "limit": 100}
    affine = dict(zip(AFFINE, tile_affine("WebMercatorQuad", tile), strict=True))
    bound = {**statement.constants, **values, **affine, "area": shapely.to_wkb(area, include_srid=True)}
    with valued.reading() as connection:
        raw = raw_connection(connection)
        raw.execute("SET LOCAL enable_seqscan = off")  # of so few rows a scan may be chosen rightly
        rows = raw.execute(f"EXPLAIN {statement.text}", bound, prepare=False).fetchall()
    plan = "\n".join(row[0] for row in rows)
    of_class = f"((asset_class = '{ASSET_CLASSES['lighting_column'].number}'::smallint) AND (geometry &&"
    index, condition = {
        "valued_assets": ("ix_asset_class_geometry", "(geometry &&"),
        "lighting_column": ("ix_asset_class_geometry", of_class),
        "district": ("ix_district_geometry", "(geometry &&"),
    }[collection]
    assert index in plan
    assert f"Index Cond: {condition}" in plan
    assert collection != "lighting_column" or "on lighting_column" not in plan
    by_whole_key = r"using pk_map_figures on map_figures .*\n +Index Cond: .*run_id = .* AND \(block = "
    assert bool(re.search(by_whole_key, plan)) == (collection != "district")
