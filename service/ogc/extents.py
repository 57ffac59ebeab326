"""Extents in CRS84, kept for a while: they change slowly and every client asks for them first."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from gis.crs import CRS84, TM35FIN
from gis.projection import transformer
from service.queries.feature_extents import load_extents, load_municipal_extents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.finland import Bounds
    from service.database import Database

KEPT_SECONDS = 60.0
_DIGITS = 6


class Extents:
    """The extents of all collections of one database, as a whole and of each municipality that was asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._kept: dict[str | None, tuple[float, Mapping[str, Bounds | None]]] = {}

    def within(self, municipality_codes: frozenset[str] | None) -> Mapping[str, Bounds | None]:
        """Return the same as `by_collection` for those who may see several municipalities; None for all."""
        if municipality_codes is None:
            return self.by_collection(None)
        parts = [self.by_collection(code) for code in sorted(municipality_codes)]
        return {name: _around([part[name] for part in parts]) for name in parts[0]}

    def by_collection(self, municipality_code: str | None) -> Mapping[str, Bounds | None]:
        """Return west, south, east, north in degrees by collection, at most a minute old.

        Args:
            municipality_code: Only what lies in this municipality, for those who may see no other; None for all.
        """
        with self._lock:
            read_at, extents = self._kept.get(municipality_code, (-KEPT_SECONDS, {}))
            if time.monotonic() - read_at >= KEPT_SECONDS:
                extents = self._read(municipality_code)
                self._kept[municipality_code] = time.monotonic(), extents
            return extents

    def _read(self, municipality_code: str | None) -> Mapping[str, Bounds | None]:
        with self._database.reading() as connection:
            if municipality_code is None:
                extents = load_extents(connection)
            else:
                extents = load_municipal_extents(connection, municipality_code)
        return {each: _degrees(bounds) for each, bounds in extents.items()}


def _around(boxes: Sequence[Bounds | None]) -> Bounds | None:
    sides = tuple(zip(*(box for box in boxes if box is not None), strict=True))
    return (min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])) if sides else None


def _degrees(bounds: Bounds | None) -> Bounds | None:
    """The box in degrees, grown to whole millionths of a degree so that nothing falls outside by rounding."""
    if bounds is None:
        return None
    west, south, east, north = transformer(TM35FIN, CRS84).transform_bounds(*bounds, densify_pts=21)
    step = 10**-_DIGITS
    return tuple(round(side, _DIGITS) for side in (west - step, south - step, east + step, north + step))
