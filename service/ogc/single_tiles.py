"""Tiles, read in front of the application: what the view in `tiles` gives to who asks plainly."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from gis.tiles import TILE_MATRIX_SETS, Tile
from service.ogc.plain_reads import PlainAnswer
from service.ogc.tiles_current import current_tile, known_tile
from service.ogc.tiles_documents import MVT
from service.ogc.tiles_parameters import takes_tiles
from service.queries.feature_registry import feature_collections
from service.queries.feature_tiles import TileQuery, is_thinned, style_properties

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from service.database import Database
    from service.ogc.tiles_current import CurrentTile
    from service.ogc.tiles_kept import KeptTiles

_PATH = re.compile(
    r"/ogc/collections/(?P<collection>[a-z_]+)/tiles/(?P<set>[A-Za-z0-9-]+)"
    r"/(?P<zoom>[0-9]{1,2})/(?P<row>[0-9]{1,9})/(?P<column>[0-9]{1,9})",
    re.ASCII,
)
_QUERY = re.compile(r"(?:municipality=(?P<municipality>[0-9]{3}))?", re.ASCII)
_ETAG = re.compile(r'(?:W/)?"([0-9a-f]+)"')
_ROUTE = "/ogc/collections/<collection_id>/tiles/<tile_matrix_set_id>/<matrix>/<row>/<column>"
_CACHE = {"Cache-Control": "no-cache, public"}
_UNCHANGED = {**_CACHE, "Vary": "Accept-Encoding"}


class SingleTiles:
    """Reads tiles in front of the application.

    Args:
        kept: The application's kept tiles.
    """

    def __init__(self, kept: KeptTiles) -> None:
        self._kept = kept

    def __call__(self, database: Database, environ: WSGIEnvironment) -> PlainAnswer | None:
        """Return the answer to a plain request for a tile; None where it is none, there is none, or it takes long.

        Drawing many assets may be interrupted: it is the application's, which is to say so and not to begin anew.
        """
        query = _asked_for(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        if query is None or not _takes_tiles(environ.get("HTTP_ACCEPT", "")):
            return None
        given = environ.get("HTTP_IF_NONE_MATCH")
        tag = _ETAG.fullmatch(given) if given is not None else None
        if given is not None and tag is None:
            return None
        read = known_tile if is_thinned(query) else current_tile
        with database.asking() as connection:
            tile = read(connection, self._kept, query, tag[1].__eq__ if tag else None)
        return None if tile is None else _answer(tile)


def _answer(tile: CurrentTile) -> PlainAnswer:
    if tile.content is None:
        return PlainAnswer(tile.tag, headers=_UNCHANGED, status="304 NOT MODIFIED", weak=True, route=_ROUTE)
    if not tile.content:
        return PlainAnswer(tile.tag, headers=_CACHE, status="204 NO CONTENT", weak=True, route=_ROUTE)
    return PlainAnswer(tile.tag, tile.content, {"Content-Type": MVT, **_CACHE}, weak=True, route=_ROUTE)


@lru_cache(maxsize=4096)
def _asked_for(path: str, parameters: str) -> TileQuery | None:
    found, asked = _PATH.fullmatch(path), _QUERY.fullmatch(parameters)
    if found is None or asked is None:
        return None
    collection, tiles = feature_collections().get(found["collection"]), TILE_MATRIX_SETS.get(found["set"])
    tile = Tile(int(found["zoom"]), int(found["row"]), int(found["column"]))
    if collection is None or tiles is None or not tiles.has(tile):
        return None
    return TileQuery(collection.id, tiles, tile, style_properties(collection), asked["municipality"])


@lru_cache(maxsize=256)
def _takes_tiles(accepted: str) -> bool:
    return takes_tiles(parse_accept_header(accepted, MIMEAccept))
