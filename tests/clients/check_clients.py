"""`make check-clients`: desktop GIS reads the service from a register of its own, and each says what it saw.

QGIS, headless, reads every collection of the demo municipality (see read_with_qgis.py); ogr2ogr copies a collection of
100 000 features into a GeoPackage, whole, within a window, filtered and into EPSG:3067. Needs Debian's `qgis` and
`python3-qgis` beside what `make setup` installs, and takes some minutes, so that it is no part of `make test`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "bench"))

from bench_gis_servers import our_server  # noqa: E402 — found through the line above

from service.acting import acting_as, operator  # noqa: E402
from service.cluster.cluster import Cluster  # noqa: E402
from service.database import Database  # noqa: E402
from service.demo import benchmark  # noqa: E402
from service.operations.database_logins import prepare_database  # noqa: E402
from service.operations.demo import DEMO_MUNICIPALITY, load_benchmark_municipality, load_demo  # noqa: E402
from service.operations.seeding import seed  # noqa: E402
from service.operations.valuation import value_municipality  # noqa: E402
from service.operations.valuation_computation import ValuationRequest  # noqa: E402
from service.settings import DatabaseLimits  # noqa: E402

DATABASE = "check_clients"
SYSTEM_PYTHON = "/usr/bin/python3"
MUNICIPALITY, BUILDINGS = "837", 100_000
PAGE_SIZE = 10_000
DEMO, LARGE = "demo", "large"
WINDOW = ("24.6", "62.25", "24.8", "62.35")
FILTER = "built_year >= 1950 AND built_year < 1970"


def main() -> int:
    """Read with both clients; return how many checks went wrong."""
    picture = sys.argv[1] if len(sys.argv) > 1 else None
    with _served(DEMO) as address:
        failures = _read_with_qgis(address, picture)
    with _served(LARGE) as address, tempfile.TemporaryDirectory() as folder:
        failures += sum(_copy_with_ogr(address, Path(folder)))
    return min(failures, 100)


@contextmanager
def _served(register: str) -> Iterator[str]:
    cluster = Cluster(ROOT / ".local" / "bench-cluster")
    cluster.start()
    try:
        cluster.drop_database(DATABASE)
        cluster.create_database(DATABASE)
        url = cluster.service_url(DATABASE)
        prepare_database(cluster.url(DATABASE), url)
        with acting_as(operator()):
            _fill(url, register)
        with our_server(url) as server:
            yield server.collections.removesuffix("/collections/")
    finally:
        cluster.drop_database(DATABASE)
        cluster.stop_if_unused()


def _fill(url: str, register: str) -> None:
    database = Database(url, limits=DatabaseLimits(statement_ms=0))
    try:
        seed(database)
        if register == DEMO:
            load_demo(database, only_if_empty=True)
        else:
            benchmark.SHARES = {"building": 1.0, "water_main": 0.0}
            load_benchmark_municipality(database, MUNICIPALITY, BUILDINGS)
        code = DEMO_MUNICIPALITY if register == DEMO else MUNICIPALITY
        value_municipality(database, ValuationRequest(code, 2026, created_by="check-clients"))
    finally:
        database.close()


def _read_with_qgis(address: str, picture: str | None) -> int:
    script = [
        SYSTEM_PYTHON,
        str(Path(__file__).with_name("read_with_qgis.py")),
        address,
        *([picture] if picture else []),
    ]
    return subprocess.run(script, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, check=False).returncode


def _copy_with_ogr(address: str, folder: Path) -> Iterator[bool]:
    """Copy in several ways; give for each whether it went wrong."""
    everything = _copied(address, folder / "all.gpkg", [])
    yield _is_wrong("all of it", everything, BUILDINGS)
    projected = _copied(address, folder / "tm35.gpkg", ["-t_srs", "EPSG:3067"])
    yield _is_wrong("into EPSG:3067", projected, BUILDINGS)
    for name, option, sql in (
        ("window", ["-spat", *WINDOW], _window_sql()),
        ("filter", ["-where", FILTER], f"WHERE {FILTER}"),
        ("window and filter", ["-spat", *WINDOW, "-where", FILTER], f"{_window_sql()} AND {FILTER}"),
    ):
        copied = _copied(address, folder / f"{name.replace(' ', '_')}.gpkg", [*option, "-t_srs", "EPSG:3067"])
        expected = _count(folder / "all.gpkg", sql)["features"]
        yield _is_wrong(name, copied, expected)


def _window_sql() -> str:
    west, south, east, north = WINDOW
    return f"WHERE ST_Intersects(geom, BuildMbr({west}, {south}, {east}, {north}))"


def _copied(address: str, target: Path, options: list[str]) -> dict[str, int]:
    """Copy the collection; anything that ogr2ogr says is a warning."""
    started = time.perf_counter()
    command = ["ogr2ogr", "-f", "GPKG", str(target), f"OAPIF:{address}", "building", "-nlt", "GEOMETRY"]
    command += ["-oo", f"PAGE_SIZE={PAGE_SIZE}", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if done.returncode or said:
        print(f"  ogr2ogr says ({done.returncode}): {said}")
    counted = _count(target, "")
    print(f"  {time.perf_counter() - started:.1f} s", flush=True)
    return {**counted, "warnings": bool(said) + done.returncode}


def _count(target: Path, where: str) -> dict[str, int]:
    query = f"SELECT count(*) AS features, count(DISTINCT id) AS ids FROM building {where}"
    command = ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", str(target), "-dialect", "SQLite", "-sql", query]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(shown)["features"][0]["properties"])


def _is_wrong(name: str, copied: dict[str, int], expected: int) -> bool:
    wrong = copied["features"] != expected or copied["ids"] != expected or copied["warnings"] > 0
    print(f"ogr2ogr, {name}: {copied} of {expected}{' FAILED' if wrong else ''}", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
