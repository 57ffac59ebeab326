"""Whole collections over real connections: constant memory, one snapshot, and nothing left of a client that hung up."""

from __future__ import annotations

import gzip
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from backports import zstd
from sqlalchemy import text

from service.cluster.cluster import Cluster
from service.database import Database, raw_connection
from service.errors import TookTooLong
from service.ogc.bulk import EXPORTS_AT_A_TIME
from service.queries.feature_bulk import read_csv_lines
from service.queries.feature_query import FeatureQuery
from service.settings import DatabaseLimits

ROOT = Path(__file__).resolve().parents[2]
ITEMS = "/ogc/collections/building/items"
MANY = 200_000
GROWTH_MIB = 24
MANY_BUILDINGS = """
    INSERT INTO asset (municipality_code, asset_id, asset_class, name, status, is_protected, source_system, source_id,
                       geometry, row_version, changed_at)
    SELECT '049', n, 1::int2, 'Talo ' || n, 'in_use', false, 'test', n::text,
           ST_MakeEnvelope(370000 + n % 1000, 6670000 + n / 1000, 370010 + n % 1000, 6670010 + n / 1000, 3067),
           1, '2026-01-01'
    FROM generate_series(1, {many}) AS n;
    INSERT INTO building (municipality_code, asset_id, storeys)
    SELECT '049', n, n % 8 FROM generate_series(1, {many}) AS n;
    SELECT refresh_statistics(ARRAY['asset', 'building'])
"""
MEASURED = """
import resource, sys
from service.app import create_app
from service.database import Database
from service.settings import Settings

def peak_kib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

database = Database(sys.argv[1], pool_size=2)
client = create_app(Settings(database_url="", open_reading=True), database).test_client()

def read(query):
    with client.get("{items}?" + query) as answer:
        assert answer.status_code == 200, answer.status_code
        return sum(len(part) for part in answer.response)

read("limit=1")
read("f=" + sys.argv[2] + "&limit=5000")
before = peak_kib()
size = read("f=" + sys.argv[2] + "&municipality=049")
print(peak_kib() - before, size)
database.close()
"""


@pytest.fixture(scope="module")
def large(filled: Database) -> Database:
    """The database with a municipality of many buildings more."""
    with filled.writing() as session:
        raw_connection(session.connection()).execute(MANY_BUILDINGS.format(many=MANY).encode())
    return filled


@pytest.fixture(scope="module")
def large_url(large: Database, cluster: Cluster) -> str:
    with large.reading() as connection:
        return cluster.service_url(connection.exec_driver_sql("SELECT current_database()").scalar_one())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the service makes its files."""
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def address(large_url: str, folder: Path) -> Iterator[str]:
    """Where the service listens: one process of gunicorn with the settings that it runs with."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings = {"DATABASE_URL": large_url, "OPEN_READING": "true", "WORKERS": "1"}
        environment = {f"KUNTOKANTA_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "service" / "gunicorn.py"), "service.wsgi:app"]
        service = subprocess.Popen(
            [*command, "--bind", f"fd://{listening.fileno()}"],
            env={**os.environ, **environment, "TMPDIR": str(folder)},
            cwd=ROOT,
            pass_fds=[listening.fileno()],
        )
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        service.terminate()
        service.wait(timeout=60)


@contextmanager
def asked(address: str, query: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    """A request whose answer has begun; the connection is cut at the end, read or not."""
    connection = http.client.HTTPConnection(address, timeout=60)
    with closing(connection):
        connection.request("GET", f"{ITEMS}?{query}", headers=headers)
        with connection.getresponse() as answer:
            yield answer


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold within a generous time."""
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.05)
    return False


def exports_in_the_database(database: Database) -> int:
    """How many exports hold a connection in a transaction."""
    count = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND state <> 'idle'"
    )
    with database.reading() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE NONE")  # only the login itself sees what its connections do
        return int(connection.exec_driver_sql(count).scalar_one())


@pytest.mark.parametrize("form", ["csv", "gpkg", "flatgeobuf"])
def test_200_000_features_take_hardly_more_memory_than_5000(large_url: str, form: str) -> None:
    program = MEASURED.replace("{items}", ITEMS)
    command = [sys.executable, "-c", program, large_url, form]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    grown_kib, size = map(int, done.stdout.split())
    assert size > 20_000_000
    assert grown_kib < GROWTH_MIB * 1024


def test_a_client_that_hangs_up_while_csv_comes_ends_the_query(large: Database, address: str) -> None:
    with asked(address, "f=csv") as answer:
        answer.read(1000)
        assert exports_in_the_database(large) == 1
    assert eventually(lambda: exports_in_the_database(large) == 0)


@pytest.mark.parametrize("form", ["gpkg", "flatgeobuf"])
def test_a_client_that_hangs_up_while_a_file_is_made_ends_the_query_and_leaves_no_file(
    large: Database, address: str, folder: Path, form: str
) -> None:
    with closing(http.client.HTTPConnection(address, timeout=60)) as connection:
        connection.request("GET", f"{ITEMS}?f={form}")
        assert eventually(lambda: any(folder.glob("*/*")))
        assert exports_in_the_database(large) == 1
    assert eventually(lambda: exports_in_the_database(large) == 0)
    assert not list(folder.iterdir())


def test_a_file_leaves_nothing_behind_when_it_is_sent_or_cut(address: str, folder: Path) -> None:
    with asked(address, "f=gpkg&municipality=837") as answer:
        assert not list(folder.iterdir())
        assert len(answer.read()) == int(answer.headers["Content-Length"])
    with asked(address, "f=gpkg&municipality=091") as answer:
        answer.read(10)
    assert not list(folder.iterdir())


def test_csv_is_of_one_moment_however_long_it_is_read(large: Database, address: str) -> None:
    move = text("UPDATE asset SET name = :name WHERE municipality_code = '049' AND asset_id > 199000")
    with asked(address, "f=csv&municipality=049&properties=name") as answer:
        head = answer.read(1000)
        with large.writing() as session:
            session.execute(move, {"name": "Siirretty"})
        content = head + answer.read()
    assert content.count(b"\r\n") == MANY + 1
    assert b"Siirretty" not in content


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_csv_is_packed_as_it_comes(address: str, encoding: str) -> None:
    with asked(address, "f=csv&municipality=837", **{"Accept-Encoding": encoding}) as answer:
        assert answer.headers["Content-Encoding"] == encoding
        assert answer.headers["Transfer-Encoding"] == "chunked"
        content = {"gzip": gzip.decompress, "zstd": zstd.decompress}[encoding](answer.read())
    assert content.count(b"\r\n") == 51


def test_a_file_is_sent_as_it_is(address: str) -> None:
    with asked(address, "f=gpkg&municipality=837", **{"Accept-Encoding": "gzip, zstd"}) as answer:
        assert answer.headers["Content-Encoding"] is None
        assert answer.read(15) == b"SQLite format 3"


def test_more_exports_than_can_be_served_are_told_to_come_back(large: Database, address: str) -> None:
    with ExitStack() as running:
        for _ in range(EXPORTS_AT_A_TIME):
            running.enter_context(asked(address, "f=csv")).read(10)
        with asked(address, "f=csv&municipality=837") as answer:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
        with asked(address, "limit=10") as answer:
            assert answer.status == 200
    assert eventually(lambda: exports_in_the_database(large) == 0)
    with asked(address, "f=csv&municipality=837") as answer:
        assert answer.status == 200


def test_an_export_may_take_longer_than_the_statement_timeout_and_nothing_else_may(large_url: str) -> None:
    slow = "SELECT pg_sleep(0.5)"
    with closing(Database(large_url, pool_size=1, limits=DatabaseLimits(statement_ms=100))) as hasty:
        with hasty.reading() as connection, closing(read_csv_lines(connection, FeatureQuery("building"))) as batches:
            assert next(batches)
            connection.exec_driver_sql(slow)
            assert next(batches)
        with pytest.raises(TookTooLong), hasty.reading() as connection:  # on the same connection
            connection.exec_driver_sql(slow)
