"""What a request for tiles asks for: tile matrix set, place of the tile, properties and municipality."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gis.tiles import TILE_MATRIX_SETS, Tile
from service.errors import Fault, MalformedRequest, NotFound
from service.ogc.reach import check_within_reach, readable_municipalities
from service.ogc.tiles_documents import MVT
from service.operations.principals import the_only_one
from service.queries.feature_tiles import style_properties

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MIMEAccept

    from gis.tiles import TileMatrixSet
    from service.ogc.faults import FaultList
    from service.queries.feature_collections import FeatureCollection

TILE_PARAMETERS = ("f", "properties", "municipality")
_OTHER_TYPES = ("application/x-protobuf", "application/octet-stream")
_INDEX = re.compile(r"[0-9]+", re.ASCII)
_MOST_DIGITS = 9
_MUNICIPALITY = re.compile(r"[0-9]{3}", re.ASCII)


def tile_matrix_set_or_404(tile_matrix_set_id: str) -> TileMatrixSet:
    """Return a tile matrix set; raises `NotFound` where there is none of this id."""
    tiles = TILE_MATRIX_SETS.get(tile_matrix_set_id)
    if tiles is None:
        known = ", ".join(TILE_MATRIX_SETS)
        raise NotFound(f"There is no tile matrix set '{tile_matrix_set_id[:60]}'; there are {known}")
    return tiles


def read_place(tiles: TileMatrixSet, place: Mapping[str, str]) -> Tile:
    """Return the tile that the address of a request names.

    Args:
        tiles: The tile matrix set.
        place: Texts of `tileMatrix`, `tileRow` and `tileCol`, in this order.

    Raises:
        MalformedRequest: One of them is not a whole number.
        NotFound: The set has no such tile.
    """
    faults = [
        Fault(name, f"'{text[:40]}' is not a whole number from 0 on")
        for name, text in place.items()
        if not _INDEX.fullmatch(text)
    ]
    if faults:
        raise MalformedRequest("There can be no such tile", faults)
    indexes = [text.lstrip("0") or "0" for text in place.values()]
    if max(map(len, indexes)) <= _MOST_DIGITS and tiles.has(tile := Tile(*map(int, indexes))):
        return tile
    raise NotFound(f"{tiles.id} has no tile {'/'.join(index[:40] for index in indexes)}")


def read_properties(collection: FeatureCollection, text: str | None, faults: FaultList) -> tuple[str, ...]:
    """Return the properties that tiles carry: what styles need, and what `properties` adds."""
    given = style_properties(collection)
    asked = [] if text is None else text.split(",")
    for name in asked:
        if name not in collection.properties and name not in given:
            unknown = f"'{name[:60]}' is not a property of '{collection.id}'; see its schema"
            faults.add("properties", unknown if name else "a name is missing")
    return tuple(dict.fromkeys((*given, *asked)))


def read_municipality(text: str | None, faults: FaultList) -> str | None:
    """Return the municipality that is asked for or that the request is limited to, None for all.

    Raises:
        NotPermitted: Another one is asked for than the token holds for.
        MalformedRequest: The token holds for several, and none of them is asked for.
    """
    if text is not None and not _MUNICIPALITY.fullmatch(text):
        faults.add("municipality", f"'{text[:40]}' is not a municipality code of three digits")
        return None
    own = readable_municipalities()
    if text is not None:
        check_within_reach((text,))
        return text
    return None if own is None else the_only_one(own)


def takes_tiles(accepted: MIMEAccept) -> bool:
    """Return whether an Accept header takes vector tiles, by any of the names that they go by."""
    return not accepted or accepted.best_match([MVT, *_OTHER_TYPES]) is not None
