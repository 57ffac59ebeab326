"""A real PostGIS for the tests: one cluster of their own, a migrated template database and clones of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from service.cluster.cluster import Cluster
from service.database import Database
from service.migrating import migrate
from service.operations.seeding import seed

ROOT = Path(__file__).resolve().parent.parent
_NUMBERS = count()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real open data beside the checkout; tests that need it skip where it is missing."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the open data are not here: they lie in ../shared/data beside the checkout")
    return folder


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The tests' own cluster, which is started where it does not run and left running."""
    cluster = Cluster(ROOT / ".local" / "test-cluster", durable=False)
    cluster.start()
    return cluster


@pytest.fixture(scope="session")
def template_database(cluster: Cluster) -> Iterator[str]:
    """The name of a database with all migrations and seeds, to be cloned."""
    name = f"template_{os.getpid()}"
    cluster.create_database(name)
    url = cluster.url(name)
    migrate(url)
    database = Database(url, pool_size=1)
    seed(database)
    database.close()
    yield name
    cluster.drop_database(name)


@contextmanager
def _clone(cluster: Cluster, template: str) -> Iterator[Database]:
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    cluster.create_database(name, template=template)
    database = Database(cluster.url(name), pool_size=8)
    try:
        yield database
    finally:
        database.close()
        cluster.drop_database(name)


@pytest.fixture
def database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    """A migrated and seeded database for one test."""
    with _clone(cluster, template_database) as database:
        yield database


@pytest.fixture(scope="module")
def module_database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    """A migrated and seeded database for the tests of one module."""
    with _clone(cluster, template_database) as database:
        yield database
