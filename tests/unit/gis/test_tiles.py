"""Tile arithmetic: where tiles lie, and what they cover of Finland."""

from __future__ import annotations

import itertools

import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.tiles import ETRS_TM35FIN, TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, Tile, TileMatrixSet, tile_affine, tile_area

SETS = st.sampled_from(list(TILE_MATRIX_SETS.values()))
HELSINKI = (385_611.3, 6_672_118.4)


def tile_at(tiles: TileMatrixSet, zoom: int, east: float, north: float) -> Tile:
    side = tiles.cell_m(zoom) * 256
    return Tile(zoom, int((tiles.north - north) // side), int((east - tiles.west) // side))


@st.composite
def tiles_of_a_set(draw: st.DrawFn) -> tuple[TileMatrixSet, Tile]:
    tiles = draw(SETS)
    zoom = draw(st.integers(0, tiles.zooms - 1))
    place = st.integers(0, 2**zoom - 1)
    return tiles, Tile(zoom, draw(place), draw(place))


def test_the_web_mercator_set_is_the_one_of_ogc() -> None:
    assert WEB_MERCATOR_QUAD.cell_m(0) == pytest.approx(156543.033928041, abs=1e-9)
    assert WEB_MERCATOR_QUAD.scale_denominator(0) == pytest.approx(559082264.028717, abs=1e-5)
    assert WEB_MERCATOR_QUAD.scale_denominator(24) == pytest.approx(33.3238997476, abs=1e-9)


def test_the_finnish_set_is_the_one_of_jhs_180() -> None:
    assert ETRS_TM35FIN.bounds == (-548576.0, 6291456.0, 1548576.0, 8388608.0)
    assert [ETRS_TM35FIN.cell_m(zoom) for zoom in range(16)] == [8192 / 2**zoom for zoom in range(16)]
    assert ETRS_TM35FIN.scale_denominator(15) == pytest.approx(892.857142857)


def test_a_web_mercator_tile_lies_where_every_web_map_has_it() -> None:
    lon, lat = pyproj.Transformer.from_crs(3067, 4326, always_xy=True).transform(*HELSINKI)
    assert (round(lon, 2), round(lat, 2)) == (24.94, 60.17)
    x, y = pyproj.Transformer.from_crs(3067, 3857, always_xy=True).transform(*HELSINKI)
    assert tile_at(WEB_MERCATOR_QUAD, 12, x, y) == Tile(12, 1185, 2331)  # as openstreetmap.org has it: 12/2331/1185


def test_rows_are_counted_from_the_top() -> None:
    assert ETRS_TM35FIN.tile_bounds(Tile(1, 0, 0))[3] == ETRS_TM35FIN.north
    assert ETRS_TM35FIN.tile_bounds(Tile(1, 1, 0))[3] < ETRS_TM35FIN.north


@pytest.mark.parametrize("tiles", TILE_MATRIX_SETS.values(), ids=TILE_MATRIX_SETS)
def test_there_are_no_tiles_beyond_the_set(tiles: TileMatrixSet) -> None:
    assert tiles.has(Tile(0, 0, 0))
    assert tiles.has(Tile(tiles.zooms - 1, 0, 2 ** (tiles.zooms - 1) - 1))
    for beyond in ((0, 0, 1), (0, 1, 0), (3, 8, 0), (tiles.zooms, 0, 0), (-1, 0, 0), (3, -1, 0), (3, 0, -1)):
        assert not tiles.has(Tile(*beyond)), beyond


@given(tiles_of_a_set())
def test_the_four_tiles_of_the_next_zoom_fill_a_tile(case: tuple[TileMatrixSet, Tile]) -> None:
    tiles, tile = case
    children = [
        tiles.tile_bounds(Tile(tile.zoom + 1, 2 * tile.row + down, 2 * tile.column + right))
        for down, right in itertools.product((0, 1), repeat=2)
    ]
    whole = shapely.box(*tiles.tile_bounds(tile))
    joined = shapely.box(*shapely.total_bounds([shapely.box(*each) for each in children]))
    assert shapely.equals_exact(whole, joined, 1e-6)
    assert sum(shapely.area(shapely.box(*each)) for each in children) == pytest.approx(shapely.area(whole))


def test_a_tile_covers_what_lies_in_it_and_its_margin() -> None:
    for tiles in TILE_MATRIX_SETS.values():
        place = pyproj.Transformer.from_crs(3067, tiles.crs.srid, always_xy=True).transform(*HELSINKI)
        tile = tile_at(tiles, 14, *place)
        area, wider = (tile_area(tiles.id, tile, margin) for margin in (0.0, 0.1))
        assert area is not None
        assert wider is not None
        assert area.contains(shapely.Point(HELSINKI))
        assert wider.contains(area)
        assert wider.area == pytest.approx(1.44 * area.area, rel=1e-3)


def test_a_tile_outside_finland_covers_nothing() -> None:
    assert tile_area("WebMercatorQuad", Tile(5, 31, 0), 0.1) is None
    assert tile_area("ETRS-TM35FIN", Tile(8, 0, 0), 0.1) is None


@pytest.mark.parametrize("tile_set_id", TILE_MATRIX_SETS)
def test_the_margin_ends_at_the_edge_of_the_set(tile_set_id: str) -> None:
    area = tile_area(tile_set_id, Tile(0, 0, 0), 0.5)
    assert area is not None
    assert shapely.is_valid(area)
    assert area.contains(shapely.Point(HELSINKI))


@given(tiles_of_a_set())
def test_no_tile_covers_more_than_finland(case: tuple[TileMatrixSet, Tile]) -> None:
    tiles, tile = case
    area = tile_area(tiles.id, tile, 1 / 64)
    assert area is None or (shapely.is_valid(area) and area.area < 1.5e12)


@given(
    tiles=SETS,
    zoom=st.integers(14, 24),
    east=st.floats(60_000, 730_000),
    north=st.floats(6_610_000, 7_780_000),
    share=st.tuples(st.floats(-1 / 64, 1 + 1 / 64), st.floats(-1 / 64, 1 + 1 / 64)),
)
def test_near_by_the_affine_map_is_the_projection_to_half_a_unit_of_the_grid(
    tiles: TileMatrixSet, zoom: int, east: float, north: float, share: tuple[float, float]
) -> None:
    zoom = min(zoom, tiles.zooms - 1)
    x, y = pyproj.Transformer.from_crs(3067, tiles.crs.srid, always_xy=True).transform(east, north)
    tile = tile_at(tiles, zoom, x, y)
    west, south, right, top = tiles.tile_bounds(tile)
    exact = west + share[0] * (right - west), south + share[1] * (top - south)
    place = pyproj.Transformer.from_crs(tiles.crs.srid, 3067, always_xy=True).transform(*exact)
    a, b, d, e, c, f = tile_affine(tiles.id, tile)
    moved = a * place[0] + b * place[1] + c, d * place[0] + e * place[1] + f
    unit = tiles.cell_m(zoom) / 16
    assert max(abs(moved[0] - exact[0]), abs(moved[1] - exact[1])) < max(unit / 2, 1e-6)
