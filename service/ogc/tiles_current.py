"""Tiles as they are now: drawn only where neither the client nor this process has them so already."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.queries.data_version import load_data_version
from service.queries.feature_tiles import drawing_digest, load_tile

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import psycopg

    from service.ogc.tiles_kept import KeptTiles
    from service.queries.feature_tiles import TileQuery


@dataclass(frozen=True)
class CurrentTile:
    """A tile as it is now.

    Attributes:
        tag: Text of its weak ETag.
        content: The tile, empty where there is nothing in it; None where the client has it as it is.
    """

    tag: str
    content: bytes | None


def current_tile(
    connection: psycopg.Connection[Any], kept: KeptTiles, query: TileQuery, knows: Callable[[str], bool] | None
) -> CurrentTile:
    """Return a tile.

    Drawing tells the version of what is drawn: it is asked for beforehand only where it may save the drawing.

    Args:
        connection: A connection to ask.
        kept: Tiles that were drawn before, and this one when it has been drawn.
        query: The tile that is asked for.
        knows: Tells whether the client has the tile of a tag; None where it says nothing of what it has.
    """
    if (known := known_tile(connection, kept, query, knows)) is not None:
        return known
    version, content = load_tile(connection, query)
    tag = _tag(version, query)
    kept.keep(query, tag, content)
    return CurrentTile(tag, content)


def known_tile(
    connection: psycopg.Connection[Any], kept: KeptTiles, query: TileQuery, knows: Callable[[str], bool] | None
) -> CurrentTile | None:
    """Return a tile as `current_tile` does where it needs no drawing, None where it does."""
    if knows is None and query not in kept:
        return None
    tag = _tag(load_data_version(connection, query.municipality_code), query)
    if knows is not None and knows(tag):
        return CurrentTile(tag, None)
    content = kept.get(query, tag)
    return None if content is None else CurrentTile(tag, content)


def _tag(version: str, query: TileQuery) -> str:
    told = f"{version} {query.municipality_code} {drawing_digest(query)}"
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()
