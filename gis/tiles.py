"""Tile matrix sets: which part of the earth a tile covers, rows counted from the top."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis.bbox import Bbox, bbox_in_finland
from gis.crs import TM35FIN, WEB_MERCATOR, Crs
from gis.projection import transformer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from gis.finland import Bounds

TILE_PIXELS = 256
_FITTED = 3  # places along each side of a tile
_PIXEL_M = 0.00028  # the pixel by which OGC turns cell sizes into scales


class Tile(NamedTuple):
    """Place of a tile in its set: zoom, row from the top, column from the left."""

    zoom: int
    row: int
    column: int


@dataclass(frozen=True)
class TileMatrixSet:
    """Square tiles over one square of a projected system, four of the next zoom in each.

    Attributes:
        id: Name in addresses.
        title: Name for people.
        crs: System of the tiles, easting first.
        west: Easting of the upper left corner of all matrices, m.
        north: Northing of that corner, m.
        first_cell_m: Side of a pixel at zoom 0, m in the projection.
        zooms: Number of zooms, from 0 on.
        ground_scale: Metres on the ground in the middle of Finland for a metre of the projection.
        uri: Identifier in OGC's register, where it is registered.
    """

    id: str
    title: str
    crs: Crs
    west: float
    north: float
    first_cell_m: float
    zooms: int
    ground_scale: float = 1.0
    uri: str | None = None

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north of the whole set."""
        side = self.first_cell_m * TILE_PIXELS
        return self.west, self.north - side, self.west + side, self.north

    def cell_m(self, zoom: int) -> float:
        """Return the side of a pixel in the projection, m."""
        return self.first_cell_m / float(2**zoom)

    def ground_cell_m(self, zoom: int) -> float:
        """Return about the side of a pixel on the ground in Finland, m."""
        return self.cell_m(zoom) * self.ground_scale

    def scale_denominator(self, zoom: int) -> float:
        """Return the scale by OGC's pixel of 0.28 mm."""
        return self.cell_m(zoom) / _PIXEL_M

    def has(self, tile: Tile) -> bool:
        """Return whether there is such a tile."""
        return 0 <= tile.zoom < self.zooms and max(tile.row, tile.column) < 2**tile.zoom and min(tile[1:]) >= 0

    def tile_bounds(self, tile: Tile) -> Bounds:
        """Return west, south, east, north of a tile in the set's system.

        >>> ETRS_TM35FIN.tile_bounds(Tile(1, 0, 0))
        (-548576.0, 7340032.0, 500000.0, 8388608.0)
        """
        side = self.cell_m(tile.zoom) * TILE_PIXELS
        west, north = self.west + tile.column * side, self.north - tile.row * side
        return west, north - side, west + side, north


_WEB_MERCATOR_HALF_M = 20_037_508.342789244

WEB_MERCATOR_QUAD = TileMatrixSet(
    id="WebMercatorQuad",
    title="Google Maps Compatible for the World",
    crs=WEB_MERCATOR,
    west=-_WEB_MERCATOR_HALF_M,
    north=_WEB_MERCATOR_HALF_M,
    first_cell_m=2 * _WEB_MERCATOR_HALF_M / TILE_PIXELS,
    zooms=25,
    ground_scale=0.44,  # cosine of 64° N, reckoned on the ellipsoid
    uri="http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
)
ETRS_TM35FIN = TileMatrixSet(
    id="ETRS-TM35FIN",
    title="JHS 180, ETRS-TM35FIN for Finland",
    crs=TM35FIN,
    west=-548_576.0,
    north=8_388_608.0,
    first_cell_m=8192.0,
    zooms=16,
)
TILE_MATRIX_SETS: Mapping[str, TileMatrixSet] = MappingProxyType(
    {each.id: each for each in (WEB_MERCATOR_QUAD, ETRS_TM35FIN)}
)


@lru_cache(maxsize=4096)
def tile_area(tile_set_id: str, tile: Tile, margin: float) -> BaseGeometry | None:
    """Return what a tile covers of Finland, in EPSG:3067 with edges bent as the projection bends them.

    Args:
        tile_set_id: The tile matrix set.
        tile: The tile.
        margin: How far beyond its edges too, in shares of its side; never beyond the set's own edges.

    Returns:
        The area, or None if the tile lies wholly outside Finland.
    """
    tiles = TILE_MATRIX_SETS[tile_set_id]
    west, south, east, north = tiles.tile_bounds(tile)
    least_west, least_south, most_east, most_north = tiles.bounds
    beyond = margin * (east - west)
    box = Bbox(
        max(west - beyond, least_west),
        max(south - beyond, least_south),
        min(east + beyond, most_east),
        min(north + beyond, most_north),
        tiles.crs,
    )
    return bbox_in_finland(box)


@lru_cache(maxsize=4096)
def tile_affine(tile_set_id: str, tile: Tile) -> tuple[float, ...]:
    """Return the affine map from EPSG:3067 to a tile's system that fits the projection best over the tile.

    The smaller the tile, the better it fits: over one of web mercator, zoom 14 in Finland, it differs by less than
    a quarter of a four-thousandth of its side.

    Returns:
        The map's numbers a, b, d, e, c, f: x = a east + b north + c, y = d east + e north + f.
    """
    tiles = TILE_MATRIX_SETS[tile_set_id]
    west, south, east, north = tiles.tile_bounds(tile)
    x, y = (each.ravel() for each in np.meshgrid(np.linspace(west, east, _FITTED), np.linspace(south, north, _FITTED)))
    easting, northing = transformer(tiles.crs, TM35FIN).transform(x, y)
    middle = np.array([easting.mean(), northing.mean()])
    known = np.column_stack([easting - middle[0], northing - middle[1], np.ones(len(x))])
    (a, d), (b, e), (c, f) = np.linalg.lstsq(known, np.column_stack([x, y]), rcond=None)[0].tolist()
    return a, b, d, e, float(c - (a * middle[0] + b * middle[1])), float(f - (d * middle[0] + e * middle[1]))
