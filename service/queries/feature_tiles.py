"""Vector tiles, drawn by PostGIS."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import shapely

from gis.crs import TM35FIN
from gis.tiles import Tile, TileMatrixSet, tile_affine, tile_area
from service.queries.data_version import load_data_version, version_text
from service.queries.feature_tile_statements import AFFINE, ASSET_CLASS, GRID, MARGIN, is_of_assets, tile_statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from service.queries.feature_collections import FeatureCollection
    from service.queries.statements import Statement

MOST_BYTES = 500_000
MOST_FEATURES = 6_000
THINNED_FROM_M = 5.0
"""Side of a pixel on the ground from which on small features are thinned: zoom 13 and less of WebMercatorQuad."""
_CELL_PIXELS = 4
_TOLERANCE_PIXELS = 0.25
_OF_ASSETS = (
    ASSET_CLASS,
    "condition_index",
    "condition_basis",
    "repair_backlog_eur",
    "needed_backlog_eur",
    "avoidable_backlog_eur",
)
_OF_AREAS = ("service_code", "name_fi", "name_sv", "population")


@dataclass(frozen=True)
class TileQuery:
    """Which tile is asked for.

    Attributes:
        collection_id: The collection.
        tiles: The tile matrix set.
        tile: Its place there.
        properties: Names of the properties that its features carry beside their id.
        municipality_code: Only features of this municipality.
    """

    collection_id: str
    tiles: TileMatrixSet
    tile: Tile
    properties: tuple[str, ...]
    municipality_code: str | None = None


def style_properties(collection: FeatureCollection) -> tuple[str, ...]:
    """Return the properties that a tile carries unless more are asked for: what styles and labels need."""
    if is_of_assets(collection):
        return _OF_ASSETS
    return tuple(name for name in _OF_AREAS if name in collection.properties)


def drawing_digest(query: TileQuery) -> str:
    """Return a text that changes when this service comes to draw the same data otherwise."""
    return _digest(_statement(query).text)


def is_thinned(query: TileQuery) -> bool:
    """Return whether small assets are thinned in a tile: drawing one may then take long."""
    return query.tiles.ground_cell_m(query.tile.zoom) > THINNED_FROM_M


def load_tile(connection: psycopg.Connection[Any], query: TileQuery) -> tuple[str, bytes]:
    """Return the version of the data and a Mapbox vector tile drawn from them, empty where there is nothing.

    It never has more bytes than `MOST_BYTES`, as long as it has more than one feature: where so many properties are
    asked for that it would, it is drawn again with fewer features, those with the largest backlog.
    """
    area = tile_area(query.tiles.id, query.tile, MARGIN / GRID)
    if area is None:
        return load_data_version(connection, query.municipality_code), b""
    values = _values(query, shapely.to_wkb(shapely.set_srid(area, TM35FIN.srid), include_srid=True))
    content, count, *version = _draw(connection, query, values, MOST_FEATURES)
    while len(content) > MOST_BYTES and count > 1:
        fewer = max(1, int(count * 0.95 * MOST_BYTES / len(content)))
        content, count, *version = _draw(connection, query, values, fewer)
    return version_text(*version[:2]), content if count else b""


def _values(query: TileQuery, area: bytes) -> dict[str, Any]:
    sides = zip(("west", "south", "east", "north"), query.tiles.tile_bounds(query.tile), strict=True)
    pixel = query.tiles.ground_cell_m(query.tile.zoom)
    metres = {"cell": pixel * _CELL_PIXELS, "tolerance": pixel * _TOLERANCE_PIXELS}
    affine = {} if is_thinned(query) else dict(zip(AFFINE, tile_affine(query.tiles.id, query.tile), strict=True))
    return {"area": area, **dict(sides), **metres, **affine, "municipality_code": query.municipality_code}


def _draw(connection: psycopg.Connection[Any], query: TileQuery, values: dict[str, Any], limit: int) -> Sequence[Any]:
    """Run the statement; unprepared where much is thinned, since a plan for any tile would be a bad one for that."""
    values = {**values, "limit": limit}
    cursor = _statement(query).ask(connection, values, prepare=not is_thinned(query), binary=True)
    row: Sequence[Any] = cursor.fetchone() or (b"", 0, None, None)
    return row


def _statement(query: TileQuery) -> Statement:
    return tile_statement(
        query.collection_id,
        query.tiles.crs.srid,
        query.properties,
        thinned=is_thinned(query),
        in_municipality=query.municipality_code is not None,
    )


@lru_cache(maxsize=1024)
def _digest(statement: str) -> str:
    told = f"{statement} {MOST_BYTES} {MOST_FEATURES} {_CELL_PIXELS} {_TOLERANCE_PIXELS}"
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
