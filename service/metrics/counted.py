"""What is counted, in each process: requests, problems, the pool of connections, tiles kept.

Where gunicorn has named a folder (`PROMETHEUS_MULTIPROC_DIR`), the numbers lie in mapped files there, which every
process reads. A process takes over the files of an ended one whose place it has, and counts on: there are never more
files than places, however often processes are renewed.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values

from service.metrics.shared import FOLDER, place

if TYPE_CHECKING:
    from collections.abc import Mapping

if FOLDER in os.environ:
    values.ValueClass = values.MultiProcessValue(place)  # type: ignore[no-untyped-call]

OWN = CollectorRegistry()
"""What this process counts, where it is the only one."""
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_REQUESTS = Counter("kuntokanta_requests", "Requests answered.", ["route", "method", "status"], registry=OWN)
_SECONDS = Histogram(
    "kuntokanta_request_seconds", "Time until an answer was sent whole.", ["route"], buckets=_BUCKETS, registry=OWN
)
_PROBLEMS = Counter("kuntokanta_problems", "Problem documents sent.", ["kind", "status"], registry=OWN)
_POOL = {
    "requests_num": Counter("kuntokanta_pool_requests", "Connections asked of the pools.", registry=OWN),
    "requests_queued": Counter("kuntokanta_pool_waits", "Times that no connection was free.", registry=OWN),
    "requests_wait_ms": Counter("kuntokanta_pool_wait_milliseconds", "Time waited for connections.", registry=OWN),
    "requests_errors": Counter("kuntokanta_pool_refusals", "Times that none came free in time.", registry=OWN),
}
_LIVE: dict[str, Any] = {"multiprocess_mode": "livesum", "registry": OWN}
_CONNECTIONS = Gauge("kuntokanta_pool_connections", "Connections of the pools, in use and free.", **_LIVE)
_TILES = Gauge("kuntokanta_kept_tiles", "Tiles kept in memory, over all processes.", **_LIVE)
_TILE_BYTES = Gauge("kuntokanta_kept_tiles_bytes", "Memory of kept tiles, over all processes.", **_LIVE)
_MEMORY = Gauge(
    "kuntokanta_process_resident_bytes", "Resident memory of each process.", multiprocess_mode="liveall", registry=OWN
)


def count_request(route: str, method: str, status: str, seconds: float) -> None:
    """Count a request that was answered."""
    requests, times = _of_route(route, method if method in _METHODS else "other", status)
    requests.inc()
    times.observe(seconds)


@lru_cache(maxsize=4096)
def _of_route(route: str, method: str, status: str) -> tuple[Counter, Histogram]:
    return _REQUESTS.labels(route, method, status), _SECONDS.labels(route)


def count_problem(kind: str, status: int) -> None:
    """Count a problem document."""
    _PROBLEMS.labels(kind, str(status)).inc()


def note_pool(news: Mapping[str, int], connections: int) -> None:
    """Note what psycopg's pool has counted since it was last asked, and how many connections it has."""
    for name, counter in _POOL.items():
        counter.inc(news.get(name, 0))
    _CONNECTIONS.set(connections)


def note_tiles(count: int, size: int) -> None:
    """Note how many tiles this process keeps, and their bytes."""
    _TILES.set(count)
    _TILE_BYTES.set(size)


def note_memory() -> None:
    """Note the memory of this process."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 — a Path costs more than the reading
        pages = int(file.read().split()[1])
    _MEMORY.set(pages * os.sysconf("SC_PAGESIZE"))
