"""`make bench`: valuation and report on 100 000 and 1 000 000 assets, measured in one run.

Prints seconds and peak memory of load + compute + store in a process of its own, how the cost grows, and the time of
the `backlog` report by class and district from stored results, the valuation's own SQL and arithmetic apart. Then
thirty years of budgets, beside the same in pandas (`bench_scenario`; pandas is installed under .local).
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench_scenario import bench_pandas, bench_scenario

from service.acting import acting_as, operator
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.database_logins import prepare_database
from service.operations.demo import load_benchmark_municipality
from service.operations.reporting import ReportRequest, render_report
from service.operations.seeding import seed
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest
from service.settings import DatabaseLimits

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"020": 100_000, "837": 1_000_000}  # two municipalities of any name
REPEATS = 20


def value_in_this_process(url: str, municipality_code: str) -> None:
    """Value once and print seconds per step and peak memory as JSON; run as a process of its own."""
    database = Database(url, pool_size=2, limits=DatabaseLimits(statement_ms=600_000))
    marks: list[tuple[str, float]] = []
    start = time.perf_counter()
    value_municipality(
        database,
        ValuationRequest(municipality_code, 2026, created_by="bench"),
        lambda step: marks.append((step, time.perf_counter())),
    )
    end = time.perf_counter()
    ends = [mark for _, mark in marks[1:]] + [end]
    steps = {step: stop - begin for (step, begin), stop in zip(marks, ends, strict=True)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    sys.stdout.write(json.dumps({"seconds": end - start, "steps": steps, "peak_gib": peak}))
    database.close()


def measured(url: str, municipality_code: str) -> dict[str, object]:
    """Return what a valuation in a fresh process measured."""
    command = [sys.executable, __file__, url, municipality_code]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    return dict(json.loads(done.stdout))


def report_milliseconds(database: Database, municipality_code: str) -> float:
    """Return the median time of the backlog report by class and district, as JSON."""
    request = ReportRequest("backlog", municipality_code, group_by=["class", "district"])
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        render_report(database, request)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def main() -> None:
    """Load both municipalities into a database of their own, measure and print."""
    cluster = Cluster(ROOT / ".local" / "bench-cluster")
    cluster.start()
    cluster.drop_database("bench")
    cluster.create_database("bench")
    url = cluster.service_url("bench")
    prepare_database(cluster.url("bench"), url)
    database = Database(url, limits=DatabaseLimits(statement_ms=600_000))
    try:
        seed(database)
        seconds = {code: _bench(database, url, code, count) for code, count in SIZES.items()}
        growth = seconds["837"] / seconds["020"]
        print(f"1 000 000 assets cost {growth:.1f} times what 100 000 cost (10.0 is linear)")
        years = {code: bench_scenario(url, code, count) for code, count in SIZES.items()}
        print(f"1 000 000 assets under budgets cost {years['837'] / years['020']:.1f} times what 100 000 cost")
        bench_pandas(database, "837", years["837"])
    finally:
        database.close()
        cluster.drop_database("bench")
        cluster.stop()


def _bench(database: Database, url: str, code: str, count: int) -> float:
    start = time.perf_counter()
    load_benchmark_municipality(database, code, count)
    print(f"{count:>9} assets loaded in {time.perf_counter() - start:.1f} s")
    best = min((measured(url, code) for _ in range(2)), key=lambda each: float(str(each["seconds"])))
    steps = ", ".join(f"{step} {seconds:.2f} s" for step, seconds in dict(best["steps"]).items())  # type: ignore[call-overload]
    print(f"{count:>9} assets valued in {best['seconds']:.2f} s ({steps}), peak memory {best['peak_gib']:.2f} GiB")
    print(f"{count:>9} assets: backlog report by class and district {report_milliseconds(database, code):.0f} ms")
    return float(str(best["seconds"]))


if __name__ == "__main__":
    with acting_as(operator()):
        if len(sys.argv) == 3:
            value_in_this_process(sys.argv[1], sys.argv[2])
        else:
            main()
