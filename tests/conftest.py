"""A real PostGIS for the tests: one cluster of their own, a migrated template database and clones of it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from service import acting
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.database_logins import prepare_database
from service.operations.demo import DEMO_MUNICIPALITY, load_demo
from service.operations.seeding import seed
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest

ROOT = Path(__file__).resolve().parent.parent
_NUMBERS = count()
# Not the process's number: one that was killed leaves its databases, and another may get its number.
_RUN = secrets.token_hex(6)
TemplateMaker = Callable[[str, Callable[[Database], object]], str]


@pytest.fixture(scope="session", autouse=True)
def operator() -> Iterator[None]:
    """What tests lay into the register and look at, they do as the operator; requests and jobs act for themselves."""
    with acting.acting_as(acting.operator()):
        yield


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
    name = f"template_{_RUN}"
    cluster.create_database(name)
    prepare_database(cluster.url(name), cluster.service_url(name))
    database = Database(cluster.service_url(name), pool_size=1)
    seed(database)
    database.close()
    yield name
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def template_with(cluster: Cluster) -> Iterator[TemplateMaker]:
    """Copies a template, has a function lay something into it and gives the copy's name, to be cloned in turn."""
    with ExitStack() as kept:

        def template_with(template: str, lay: Callable[[Database], object]) -> str:
            name = kept.enter_context(_copy(cluster, template))
            database = Database(cluster.service_url(name))
            lay(database)
            database.close()  # PostgreSQL copies only what nobody is connected to
            return name

        yield template_with


@pytest.fixture(scope="session")
def demo_template(template_database: str, template_with: TemplateMaker) -> str:
    """The name of a database that holds the demo municipality too, to be cloned."""
    return template_with(template_database, lambda database: load_demo(database, only_if_empty=True))


@pytest.fixture(scope="session")
def valued_demo_template(demo_template: str, template_with: TemplateMaker) -> str:
    """The name of a database with the demo municipality, valued, to be cloned."""
    return template_with(
        demo_template, lambda database: value_municipality(database, ValuationRequest(DEMO_MUNICIPALITY, 2026))
    )


@pytest.fixture(scope="session")
def module_template(template_database: str) -> str:
    """What `module_database` is a clone of; the tests of a folder may choose another."""
    return template_database


@contextmanager
def _clone(cluster: Cluster, template: str) -> Iterator[Database]:
    with _copy(cluster, template) as name:
        database = Database(cluster.service_url(name), pool_size=8)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def _copy(cluster: Cluster, template: str) -> Iterator[str]:
    name = f"test_{_RUN}_{next(_NUMBERS)}"
    _administer(cluster, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, template))))
    try:
        yield name
    finally:
        _drop(cluster, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop(cluster: Cluster, statement: sql.Composed) -> None:
    """Drop a database; its owner may not end an autovacuum that looks at it, which is over in a moment."""
    for _ in range(50):
        try:
            return _administer(cluster, statement)
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(0.1)
    return _administer(cluster, statement)


def _administer(cluster: Cluster, statement: sql.Composed) -> None:
    """Make or drop a database over a connection, which is quicker by far than Cluster's way through psql."""
    with psycopg.connect(cluster.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def owning(cluster: Cluster) -> Callable[[Database], AbstractContextManager[psycopg.Connection[Any]]]:
    """Gives a transaction of the owner of a database's tables, for whom row-level security does not hold."""

    @contextmanager
    def owning(database: Database) -> Iterator[psycopg.Connection[Any]]:
        with database.reading() as connection:
            name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        with psycopg.connect(cluster.url(name).replace("+psycopg", "")) as connection:
            yield connection

    return owning


@pytest.fixture
def database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    """A migrated and seeded database for one test."""
    with _clone(cluster, template_database) as database:
        yield database


@pytest.fixture(scope="module")
def module_database(cluster: Cluster, module_template: str) -> Iterator[Database]:
    """A migrated and seeded database for the tests of one module."""
    with _clone(cluster, module_template) as database:
        yield database
