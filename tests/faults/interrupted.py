"""An import in a worker, of which the worker or the database is killed at a random moment, against one left alone."""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from register import MUNICIPALITY, PROFILE, state_of_register, write_files

from service.cluster import Cluster, postmaster
from service.cluster.place import find_place
from service.database import Database
from service.errors import KuntokantaError
from service.importers.pipeline import import_file
from service.operations.database_logins import prepare_database
from service.operations.jobs import IMPORT, enqueue, look_at_job
from service.operations.seeding import seed
from service.operations.stored_files import NewFile
from service.queries.jobs import JobKey

ROOT = Path(__file__).resolve().parents[2]
PREPARED = "prepared"
ENDS_WITHIN_S = 120
_OPTIONS = {"profile": PROFILE, "municipality": MUNICIPALITY, "dry_run": False, "accept_partial": False}


@dataclass(frozen=True)
class Trial:
    """What happened in one trial: what was killed when, the attempts that the job took, and whether all is well."""

    killed: str
    after_s: float
    attempts: int
    is_whole: bool
    is_equal: bool


def try_kills(cluster: Cluster, folder: Path, rows: int, kills: int, tell: Callable[[str], None]) -> list[Trial]:
    """Kill the worker and the database in turn, each at a moment of its own; return what came of it."""
    earlier, later = write_files(folder, rows)
    before = _prepare(cluster, earlier)
    clean, seconds = _undisturbed(cluster, later)
    tell(f"undisturbed: {seconds:.1f} s in the worker; {clean}")
    trials = []
    for number in range(kills):
        kill = (_kill_worker, _kill_database)[number % 2]
        # Each in its own part of the time that it takes, so that the moments lie all over it.
        moment = (number // 2 + random.random()) / ((kills + 1) // 2) * seconds * 1.05
        trials.append(_try(cluster, later, kill, moment, (before, clean)))
        tell(f"{number + 1}: {trials[-1]}")
    return trials


def _prepare(cluster: Cluster, earlier: Path) -> dict[str, Any]:
    cluster.create_database(PREPARED)
    prepare_database(cluster.url(PREPARED), cluster.service_url(PREPARED))
    with _open(cluster, PREPARED) as database:
        seed(database)
        report = import_file(database, earlier, PROFILE, MUNICIPALITY, changed_by="the year before")
        assert report.applied, report.as_dict()
        return state_of_register(database)


def _undisturbed(cluster: Cluster, later: Path) -> tuple[dict[str, Any], float]:
    with _database(cluster) as (database, url), _worker(url):
        key = _ask(database, later)
        row = _ended(cluster, database, key)
        return state_of_register(database), (row["finished_at"] - row["started_at"]).total_seconds()


def _try(
    cluster: Cluster,
    later: Path,
    kill: Callable[[Cluster, subprocess.Popen[bytes]], None],
    moment: float,
    states: tuple[dict[str, Any], dict[str, Any]],
) -> Trial:
    with _database(cluster) as (database, url):
        with _worker(url) as worker:
            key = _ask(database, later)
            _until(lambda: look_at_job(database, key)["state"] != "queued")
            time.sleep(moment)
            kill(cluster, worker)
            is_whole = state_of_register(database) in states
            if worker.poll() is None:  # it outlives the database
                row = _ended(cluster, database, key)
        if kill is _kill_worker:
            with _worker(url):
                row = _ended(cluster, database, key)
        is_equal = row["state"] == "finished" and state_of_register(database) == states[1]
    return Trial(kill.__name__.removeprefix("_kill_"), round(moment, 2), row["attempts"], is_whole, is_equal)


def _kill_worker(_cluster: Cluster, worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()


def _kill_database(cluster: Cluster, _worker: subprocess.Popen[bytes]) -> None:
    """Have PostgreSQL shut down at once, as when the power fails, and start it again."""
    place = find_place(cluster.directory)
    pid = None if place is None else postmaster.running_pid(place)
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    _until(lambda: cluster.address() is None)
    cluster.start()


def _ask(database: Database, file: Path) -> JobKey:
    with file.open("rb") as content:
        stored = NewFile(file.name, "application/geo+json", content)
        asked = {**_OPTIONS, "file_name": file.name}
        return JobKey(MUNICIPALITY, IMPORT.name, enqueue(database, IMPORT, MUNICIPALITY, asked, "import", stored))


def _ended(cluster: Cluster, database: Database, key: JobKey) -> dict[str, Any]:
    _until(lambda: look_at_job(database, key)["state"] not in ("queued", "running"))
    return look_at_job(database, key)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + ENDS_WITHIN_S
    while True:
        with suppress(KuntokantaError):  # the database is not back yet
            if condition():
                return
        assert time.monotonic() < end, "it does not end"
        time.sleep(0.02)


@contextmanager
def _database(cluster: Cluster) -> Iterator[tuple[Database, str]]:
    """Give a register with the earlier file."""
    name = f"faults_{secrets.token_hex(6)}"
    cluster.create_database(name, PREPARED)
    try:
        with _open(cluster, name) as database:
            yield database, cluster.service_url(name)
    finally:
        cluster.drop_database(name)


@contextmanager
def _open(cluster: Cluster, name: str) -> Iterator[Database]:
    database = Database(cluster.service_url(name), pool_size=4)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _worker(url: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(Path(sys.executable).parent / "kuntokanta"), "work"]
    environment = {**os.environ, "KUNTOKANTA_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(60)
