"""`make bench-gis`: the service against TiPg on the same PostGIS, data and machine, alternating and warm.

Prints requests per second with 1 and 4 connections and their ratio to TiPg's for every kind of request that GIS clients
make; the CPU of server and PostgreSQL per 1 000 features; the memory of a worker after pages of 10 000 features.
Environment: BENCH_SECONDS, of each measurement (4); BENCH_ROUNDS (2); BENCH_KEEP=1 keeps the database for the next run;
BENCH_ONLY, a regular expression, measures only what its name matches (`limit 10000|single`); BENCH_CLUSTER, the folder
of the cluster under .local (bench-cluster).

What costs most, and why it stays (perf and py-spy, four connections):

- A page of 10 000 lines: PostgreSQL 75 ms, the process 20 ms. Of PostgreSQL's, some 30 ms write the properties as text
  (`row_to_json` took 13 ms more), 20 ms look up each feature's figures in the newest valuation, which stand in a table
  of their own so that a run is stored by COPY and history stays, 10 ms are the geometry with its transformation. Of the
  process's, most is taking 8 MB in and giving them out.
- A bbox: 4.7 ms of PostgreSQL, half of it in reading rows through indexes: a third goes down two B-trees for each
  feature, to its class's attributes and to its valuation. It is the price of one table of all assets, which sums and
  tiles of all classes gain by.
- A drawn tile of 2 200 lines, zoom 14, takes PostgreSQL 7.2 ms, its steps measured one by one: 3.3 encode, of which the
  ids as text are an eighth and stay, as styles and links name them; 1.2 find the lines and keep them aside; 0.6 look up
  their figures, from rows of 32 neighbours each, where the key's index of valuations took 3.3; 0.8 bring geometries
  onto the grid by an affine map, where the projection took 2.3; the rest makes texts of ids and sorts by backlog. The
  process adds 1.2. Kept and revalidated tiles cost one question for the version of the data.
- A first view at low zooms looks at each asset of the register, joined to its figures and sorted out by hashing, anew
  after each write.
- A single feature: 0.10 ms of PostgreSQL and 0.27 ms of the process, where the feature's own text and links are less
  than a hundredth: the rest is gunicorn handing the connection from its polling thread to a working one and back,
  sending head and body, and waiting for one round trip to the database. Plain requests no longer come to Flask at all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import psycopg
from bench_gis_data import COUNTS, HOW_FAIR, driver_url, fill
from bench_gis_load import GENERATOR, requests_per_second
from bench_gis_requests import Comparison, comparisons, first_views, tile_comparisons
from bench_gis_servers import ROOT, Server, install_peer, our_server, peer_server, postgres_cpu_seconds

from service.cluster.cluster import Cluster
from service.operations.database_logins import prepare_database

SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2"))
KEEP = os.environ.get("BENCH_KEEP") == "1"
ONLY = os.environ.get("BENCH_ONLY", "")
CONNECTIONS = (1, 4)
DATABASE = "bench_gis"
LARGE_PAGE, FEATURES_OF_CPU = 10_000, 1_000


def main() -> None:
    """Set up the data, run both servers, measure and print."""
    versions = install_peer()
    cluster = Cluster(ROOT / ".local" / os.environ.get("BENCH_CLUSTER", "bench-cluster"))
    cluster.start()
    try:
        url = _filled(cluster)
        _print_header(url, versions)
        service_url = cluster.service_url(DATABASE)
        fresh_server = our_server(service_url, "service that keeps no tiles", KUNTOKANTA_KEPT_TILES_BYTES="0")
        with our_server(service_url) as ours, peer_server(url) as peer, fresh_server as fresh:
            _compare(comparisons(ours.collections, peer.collections, ONLY))
            if re.search(ONLY, "tiles"):
                _compare(tile_comparisons(fresh.collections, ours.collections, peer.collections))
                _print_first_views(fresh)
            _print_costs(url, (ours, peer))
    finally:
        if not KEEP:
            cluster.drop_database(DATABASE)
        cluster.stop()


def _filled(cluster: Cluster) -> str:
    url = cluster.url(DATABASE)
    if not (KEEP and _is_filled(url)):
        cluster.drop_database(DATABASE)
        cluster.create_database(DATABASE)
        fill(url, cluster.service_url(DATABASE))
    prepare_database(url, cluster.service_url(DATABASE))  # also where it was kept from before
    return url


def _is_filled(url: str) -> bool:
    try:
        with psycopg.connect(driver_url(url)) as connection:
            return connection.execute("SELECT to_regclass('peer.building') IS NOT NULL").fetchone() == (True,)
    except psycopg.OperationalError:
        return False


def _print_header(url: str, versions: str) -> None:
    with psycopg.connect(driver_url(url)) as connection:
        (postgis,) = connection.execute("SELECT version() || ', PostGIS ' || PostGIS_Lib_Version()").fetchone() or ("",)
    counts = ", ".join(f"{count:,} {name}".replace(",", " ") for name, count in COUNTS.items())
    print(f"{counts}\n{postgis.partition(' on ')[0]}; {versions}\n{HOW_FAIR}")
    print(f"Load by {GENERATOR}; {os.cpu_count()} cores; best of {ROUNDS} rounds of {SECONDS:.0f} s, alternating.\n")


def _compare(compared: Iterable[Comparison]) -> None:
    print(f"\n{'requests per second':44} {'connections':>11} {'service':>9} {'TiPg':>9} {'ratio':>7} {'at least':>8}")
    for each in compared:
        for connections in CONNECTIONS:
            _print_comparison(each, connections)


def _print_comparison(each: Comparison, connections: int) -> None:
    """Measure both in turn, each warmed up; the best round of each counts, as a shared machine has its hiccups."""
    best = {"ours": 0.0, "peer": 0.0}
    for urls in (each.ours, each.peer):
        requests_per_second(urls, 1, 1, each.headers)
    for _ in range(ROUNDS):
        for name, urls in (("ours", each.ours), ("peer", each.peer)):
            headers = each.headers if name == "ours" else {}
            best[name] = max(best[name], requests_per_second(urls, connections, SECONDS, headers))
    ratio = best["ours"] / best["peer"] if best["peer"] else float("inf")
    wanted = f"{each.wanted * 2 / 3:.1f}" if each.wanted and connections == max(CONNECTIONS) else ""
    verdict = " short" if wanted and ratio < each.wanted * 2 / 3 else ""
    figures = f"{best['ours']:>9.1f} {best['peer']:>9.1f} {ratio:>7.1f} {wanted:>8}{verdict}"
    print(f"{each.name:44} {connections:>11} {figures}", flush=True)


def _print_first_views(fresh: Server) -> None:
    """Print what whoever opens a map first waits for: one tile of each zoom, drawn."""
    print()
    for name, seconds, size in first_views(fresh.collections):
        print(f"{name:44} {seconds * 1000:>8.0f} ms {size // 1000:>6} kB", flush=True)


def _print_costs(url: str, servers: Sequence[Server]) -> None:
    print()
    with psycopg.connect(driver_url(url)) as connection:
        status = Path(f"/proc/{connection.info.backend_pid}/status").read_text()
    postmaster = int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))
    for server in servers:
        page = f"{server.collections}water_main/items?limit={FEATURES_OF_CPU}"
        before = server.cpu_seconds(), postgres_cpu_seconds(postmaster)
        seconds = max(SECONDS, 4)
        requests = requests_per_second([page], 1, seconds) * seconds
        own, database = server.cpu_seconds() - before[0], postgres_cpu_seconds(postmaster) - before[1]
        per_page = 1000 / requests
        requests_per_second([f"{server.collections}water_main/items?limit={LARGE_PAGE}"], 4, seconds)
        print(
            f"{server.name}: CPU per 1 000 features {own * per_page:.1f} ms, PostgreSQL's {database * per_page:.1f} ms;"
            f" a worker's peak memory after pages of {LARGE_PAGE} features {server.peak_worker_mib():.0f} MiB"
        )


if __name__ == "__main__":
    main()
