"""The requests that `make bench-gis` compares: the same question to both servers, checked to have the same answer."""

from __future__ import annotations

import json
import math
import random
import re
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

import pyproj

from service.demo.benchmark import COLUMNS, DISTRICT_M, ORIGIN, ROWS

DEPTH = 500_000
PAGES_TO_DEPTH = 50
BBOX_SIDE_M = 330.0  # holds about 200 of the million lines
PLACES = 60
MOST_BESIDE_A_BOX = 1.15
WANTED_OF_TILES = {14: 3.0, 15: 3.0, 16: 3.0}  # two thirds of it are the 2x that drawn tiles are to reach
_BBOX, _SINGLE = "a bbox of about 200 features", "a single feature"
_DEEP = f"lines, limit 10 after {DEPTH}"
_PAGES: dict[str, tuple[str, float]] = {
    "lines, limit 10": ("water_main/items?limit=10", 30.0),
    "lines, limit 100": ("water_main/items?limit=100", 15.0),
    "lines, limit 1000": ("water_main/items?limit=1000", 9.0),
    "lines, limit 10000": ("water_main/items?limit=10000", 8.0),
    "polygons, limit 1000": ("building/items?limit=1000", 0.0),
    "attribute filter, 100 of 0.7 %": ("water_main/items?built_year=1965&limit=100", 1.8),
    "attribute filter, all of 0.05 %": (
        "water_main/items?depth_m=1.23&criticality=3&status=in_use&is_lined=true&limit=1000",
        0.0,
    ),
}
_DEGREES = pyproj.Transformer.from_crs(3067, 4326, always_xy=True)


@dataclass(frozen=True)
class Comparison:
    """One question to both.

    Attributes:
        name: What is asked.
        ours: The service's addresses, asked in turn.
        peer: TiPg's.
        wanted: The ratio that a prototype reached; two thirds of it are to be kept.
        headers: Sent to the service.
    """

    name: str
    ours: list[str] = field(default_factory=list)
    peer: list[str] = field(default_factory=list)
    wanted: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)


def comparisons(ours: str, peer: str, only: str = "") -> Iterator[Comparison]:
    """Give the comparisons; `ours` and `peer` are the addresses up to a collection's name.

    Args:
        ours: The service's.
        peer: TiPg's.
        only: Regular expression of the names of those that are given.
    """
    named: dict[str, Callable[[], Comparison]] = {
        **{name: partial(_same, ours, peer, name, [query], wanted) for name, (query, wanted) in _PAGES.items()},
        _BBOX: lambda: _same(ours, peer, _BBOX, _boxes(), 3.3),
        _SINGLE: partial(_single, ours, peer),
        _DEEP: partial(_at_depth, ours, peer),
    }
    return (made() for name, made in named.items() if re.search(only, name))


def _same(ours: str, peer: str, name: str, queries: list[str], wanted: float) -> Comparison:
    compared = Comparison(name, [ours + each for each in queries], [peer + each for each in queries], wanted)
    for our_url, peer_url in list(zip(compared.ours, compared.peer, strict=True))[:3]:
        _check_same(_get(our_url), _get(peer_url))
    return compared


def _boxes() -> list[str]:
    numbers = random.Random(4)
    boxes = []
    for _ in range(PLACES):
        west = ORIGIN[0] + numbers.uniform(0, COLUMNS * DISTRICT_M - BBOX_SIDE_M)
        south = ORIGIN[1] + numbers.uniform(0, ROWS * DISTRICT_M - BBOX_SIDE_M)
        sides = _DEGREES.transform_bounds(west, south, west + BBOX_SIDE_M, south + BBOX_SIDE_M)
        boxes.append(f"water_main/items?limit=1000&bbox={','.join(f'{side:.6f}' for side in sides)}")
    return boxes


def _single(ours: str, peer: str) -> Comparison:
    ids = [each["id"] for each in _get(f"{ours}water_main/items?limit=10000")["features"]]
    chosen = random.Random(5).sample(ids, PLACES)
    peers = [f"{peer}water_main/items/{each.partition('-')[2]}" for each in chosen]
    return Comparison(_SINGLE, [f"{ours}water_main/items/{each}" for each in chosen], peers, 3.0)


def _at_depth(ours: str, peer: str) -> Comparison:
    href = f"{ours}water_main/items?limit={DEPTH // PAGES_TO_DEPTH}"
    for _ in range(PAGES_TO_DEPTH):
        href = next(link["href"] for link in _get(href)["links"] if link["rel"] == "next")
    deep = href.replace(f"limit={DEPTH // PAGES_TO_DEPTH}", "limit=10")
    offset = f"{peer}water_main/items?limit=10&offset={DEPTH}"
    _check_same(_get(deep), _get(offset))
    return Comparison(_DEEP, [deep], [offset])


def tile_comparisons(fresh: str, ours: str, peer: str) -> Iterator[Comparison]:
    """Give the comparisons of tiles: drawn for each request, kept as the service is run, and revalidated.

    Args:
        fresh: The service's address where it keeps no tiles, up to a collection's name.
        ours: The service's address.
        peer: TiPg's, which draws each time.
    """
    for zoom in (14, 15, 16, 10):
        path = f"water_main/tiles/WebMercatorQuad/{zoom}"
        tiles = _tiles_of(zoom)
        peers = [f"{peer}{path}/{x}/{y}" for x, y in tiles]
        drawn, kept = ([f"{base}{path}/{y}/{x}" for x, y in tiles] for base in (fresh, ours))
        sizes, etags = zip(*map(_size_and_etag, kept), strict=True)
        peer_size = max(_size_and_etag(url)[0] for url in peers[:20])
        name, wanted = (
            f"z{zoom} (≤ {max(sizes) // 1000} against {peer_size // 1000} kB)",
            WANTED_OF_TILES.get(zoom, 0.0),
        )
        yield Comparison(f"drawn tiles, {name}", drawn, peers, wanted)
        yield Comparison(f"kept tiles, {name}", kept[:20], peers[:20], wanted)
        if zoom == 14:
            headers = {"If-None-Match": etags[0]}
            yield Comparison(f"a revalidated tile, z{zoom}", kept[:1], peers[:1], 30.0, headers)


def first_views(fresh: str) -> Iterator[tuple[str, float, int]]:
    """Give name, seconds and bytes of the tile in the middle at zooms that show many assets, best of three."""
    for collection in ("valued_assets", "water_main"):
        for zoom in range(4, 15):
            x, y = _middle(zoom)
            url = f"{fresh}{collection}/tiles/WebMercatorQuad/{zoom}/{y}/{x}"
            sizes, seconds = zip(*(_timed(url) for _ in range(3)), strict=True)
            yield f"{collection}, z{zoom}", min(seconds), sizes[0]


def _timed(url: str) -> tuple[int, float]:
    start = time.perf_counter()
    size, _ = _size_and_etag(url)
    return size, time.perf_counter() - start


def _middle(zoom: int) -> tuple[int, int]:
    return _tile(zoom, ORIGIN[0] + COLUMNS * DISTRICT_M / 2, ORIGIN[1] + ROWS * DISTRICT_M / 2)


def _tiles_of(zoom: int) -> list[tuple[int, int]]:
    """Return places of many tiles that lie wholly in the area, none of them twice, or of the one in its middle."""
    if zoom <= 10:
        return [_middle(zoom)]
    numbers = random.Random(zoom)
    places = [(numbers.uniform(0.2, 0.8), numbers.uniform(0.2, 0.8)) for _ in range(300)]
    found = (_tile(zoom, ORIGIN[0] + x * COLUMNS * DISTRICT_M, ORIGIN[1] + y * ROWS * DISTRICT_M) for x, y in places)
    return list(dict.fromkeys(found))


def _tile(zoom: int, east: float, north: float) -> tuple[int, int]:
    longitude, latitude = _DEGREES.transform(east, north)
    x = int((longitude + 180) / 360 * 2**zoom)
    y = int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * 2**zoom)
    return x, y


def _check_same(ours: dict[str, Any], peer: dict[str, Any]) -> None:
    """End the benchmark where the two do not give the same features with the same properties.

    TiPg gives features beside a box too: it takes the box around the box in the register's system.
    """
    mine = {int(each["id"].partition("-")[2]): each["properties"] for each in ours["features"]}
    theirs = {each["id"]: each["properties"] for each in peer["features"]}
    if not mine.keys() <= theirs.keys() or len(theirs) > MOST_BESIDE_A_BOX * len(mine):
        raise SystemExit(f"not the same features: {len(mine)} and {len(theirs)}")
    for number, properties in mine.items():
        if {**theirs[number], "id": number} != {**properties, "id": number}:
            raise SystemExit(f"not the same properties of {number}: {properties} and {theirs[number]}")


def _get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(quote(url, safe=":/?&=,%-_."), timeout=120) as answer:
        return dict(json.load(answer))


def _size_and_etag(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=120) as answer:
        return len(answer.read()), answer.headers.get("ETag", "")
