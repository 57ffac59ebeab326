"""`make bench-import`: a million lines of twenty attributes from a GeoPackage into the register, beside ogr2ogr.

Prints the rate of the import (read, checked, matched, merged, every asset's first version written) and that of
`ogr2ogr -f PostgreSQL` with COPY, of the same file into the same cluster, both with a spatial index; the peak memory
of the importing process; and the second import of the same file, which finds nothing to do.
What a million lines cost into an empty register, in 37 s (of which ogr2ogr needs 7.3 for one table without any of
this): reading, mapping and COPY 8; districts and numbers 5; assets 14.4, of which their keys 7, their spatial index 6;
the class's rows 2.1; history 2.7; what else is asked of rows and register 4. That is 45 s of two processors' work:
the wanted ratio would be out of reach even if nothing had to wait for anything else.
Environment: BENCH_ROWS (1000000); BENCH_CLUSTER, the folder of the cluster under .local (bench-cluster).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from bench_gis_data import driver_url
from bench_import_data import LAYER, MUNICIPALITY, PROFILE, prepare_register, write_file

from service.acting import acting_as, operator
from service.cluster.cluster import Cluster
from service.database import Database
from service.importers.pipeline import import_file
from service.importers.profile_file import parse_profile
from service.operations.database_logins import prepare_database
from service.operations.import_report import Severity
from service.operations.seeding import seed

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "bench_import"
WANTED_RATIO, WANTED_GIB, WANTED_SPEEDUP = 0.40, 1.0, 2.0


def main() -> None:
    """Write the file, set up the register, measure both programs and print."""
    count = int(os.environ.get("BENCH_ROWS", "1000000"))
    path = ROOT / ".local" / "bench-import.gpkg"
    cluster = Cluster(ROOT / ".local" / os.environ.get("BENCH_CLUSTER", "bench-cluster"))
    cluster.start()
    try:
        write_file(path, count)
        _register(cluster)
        print(f"{count} lines, 20 attributes, {path.stat().st_size / 1e6:.0f} MB; {os.cpu_count()} cores")
        _compare(cluster.url(DATABASE), cluster.service_url(DATABASE), path, count)
    finally:
        path.unlink(missing_ok=True)
        cluster.drop_database(DATABASE)
        cluster.stop()


def _register(cluster: Cluster) -> None:
    """Make a register that has the municipality with boundary and districts, and no assets."""
    cluster.drop_database(DATABASE)
    cluster.create_database(DATABASE)
    prepare_database(cluster.url(DATABASE), cluster.service_url(DATABASE))
    database = Database(cluster.service_url(DATABASE))
    try:
        seed(database)
        prepare_register(database)
    finally:
        database.close()


def _compare(owner_url: str, url: str, path: Path, count: int) -> None:
    peer_s = min(_peer_seconds(owner_url, path, count) for _ in range(2))
    print(f"ogr2ogr with COPY      {peer_s:7.1f} s {count / peer_s:9.0f} rows/s (better of two)")
    first, second = (_imported(owner_url, url, path, outcome, count) for outcome in ("added", "unchanged"))
    for name, done in (("first import", first), ("second import", second)):
        print(f"{name:22} {done['seconds']:7.1f} s {count / done['seconds']:9.0f} rows/s, {done['steps']}")
    gib = max(first["peak_gib"], second["peak_gib"])
    _verdict("rate of the import to ogr2ogr's", peer_s / first["seconds"], WANTED_RATIO)
    _verdict("speed of the second to the first", first["seconds"] / second["seconds"], WANTED_SPEEDUP)
    print(f"peak memory {gib:.2f} GiB (at most {WANTED_GIB:.0f}){'' if gib <= WANTED_GIB else ': too much'}")


def _verdict(name: str, ratio: float, wanted: float) -> None:
    print(f"{name}: {ratio:.2f} (at least {wanted:.2f}){'' if ratio >= wanted else ': short'}")


def _peer_seconds(url: str, path: Path, count: int) -> float:
    """Return how long ogr2ogr takes, with its own defaults: a serial key and a GiST index of the geometry."""
    arguments = ["-f", "PostgreSQL", f"PG:{driver_url(url)}", str(path), LAYER, "-nln", "peer", "-overwrite"]
    started = time.perf_counter()
    subprocess.run(["ogr2ogr", *arguments, "--config", "PG_USE_COPY", "YES"], check=True)
    seconds = time.perf_counter() - started
    with psycopg.connect(driver_url(url)) as connection:
        assert connection.execute("SELECT count(*) FROM peer").fetchone() == (count,)
        assert connection.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'peer'").fetchone() == (2,)
    return seconds


def _imported(owner_url: str, url: str, path: Path, outcome: str, count: int) -> dict[str, float]:
    """Import in a process of its own; return seconds, seconds by step and peak memory."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, __file__, url, str(path)], check=True, stdout=subprocess.PIPE, text=True, env=environment
    )
    found = dict(json.loads(done.stdout))
    assert found["errors"] == [], found
    assert found[outcome] == count, found
    with psycopg.connect(driver_url(owner_url)) as connection:
        for table in ("asset", "street_segment", "asset_version"):
            assert connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (count,)
    return found


def import_in_this_process(url: str, path: Path) -> None:
    """Import once and print what happened as JSON."""
    database = Database(url, pool_size=1)
    marks: list[tuple[str, float]] = []
    started = time.perf_counter()
    report = import_file(
        database,
        path,
        parse_profile(PROFILE),
        MUNICIPALITY,
        changed_by="bench",
        progress=lambda step, _done, _total: marks.append((step, time.perf_counter())),
    )
    ended = time.perf_counter()
    read = max((at for step, at in marks if step == "read"), default=started)
    document = {
        "seconds": ended - started,
        "steps": f"{read - started:.1f} s to the end of the file, {ended - read:.1f} s after",
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024,
        "added": report.total("added"),
        "unchanged": report.total("unchanged"),
        "errors": [fault.detail for fault in report.faults if fault.severity is Severity.ERROR][:5],
    }
    sys.stdout.write(json.dumps(document))
    database.close()


if __name__ == "__main__":
    with acting_as(operator()):
        if len(sys.argv) == 3:
            import_in_this_process(sys.argv[1], Path(sys.argv[2]))
        else:
            main()
