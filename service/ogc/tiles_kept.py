"""Tiles that were drawn, kept by each process for whoever asks next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.queries.feature_tiles import TileQuery

KEPT_TILES = "ogc_tiles"
"""Where an application has its kept tiles."""
_OVERHEAD = 1000


class KeptTiles:
    """Tiles with the tag of the data that they show; those not asked for longest go first.

    A tile of many assets takes a second to draw and everybody who opens the map asks for it first.

    Args:
        most_bytes: How much is kept at most; nothing at 0.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._lock = threading.Lock()
        self._tiles: OrderedDict[TileQuery, tuple[str, bytes]] = OrderedDict()

    def __contains__(self, query: TileQuery) -> bool:
        """Tell whether a tile is kept, of whatever data."""
        with self._lock:
            return query in self._tiles

    def filled(self) -> tuple[int, int]:
        """Return how many tiles are kept, and what they take, in bytes."""
        with self._lock:
            return len(self._tiles), self._bytes

    def get(self, query: TileQuery, tag: str) -> bytes | None:
        """Return a tile as it was drawn from data of this tag, None where it is not kept."""
        with self._lock:
            kept = self._tiles.get(query)
            if kept is None or kept[0] != tag:
                return None
            self._tiles.move_to_end(query)
            return kept[1]

    def keep(self, query: TileQuery, tag: str, content: bytes) -> None:
        """Keep a tile in place of what was kept of it."""
        with self._lock:
            _, before = self._tiles.pop(query, ("", None))
            self._tiles[query] = (tag, content)
            self._bytes += _size(content) - (_size(before) if before is not None else 0)
            while self._bytes > self._most_bytes:
                _, (_, dropped) = self._tiles.popitem(last=False)
                self._bytes -= _size(dropped)


def _size(content: bytes) -> int:
    return len(content) + _OVERHEAD
