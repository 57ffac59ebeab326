"""A register that several ways lead into, and days that go by."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.access import Role
from service.app import create_app
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.access import create_token
from service.settings import Settings

TIMES = (
    ("asset", "changed_at"),
    ("asset_version", "changed_at"),
    ("audit_entry", "at"),
    ("import_batch", "imported_at"),
    ("run", "finished_at"),
)


@pytest.fixture
def owner(cluster: Cluster, database: Database) -> Iterator[psycopg.Connection]:
    """A connection of the owner of the tables, who may do what the service may not."""
    with database.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    with psycopg.connect(cluster.url(name).replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


@pytest.fixture
def a_day_goes_by(owner: psycopg.Connection) -> Callable[[], None]:
    """Makes all that was written be written a day earlier."""

    def a_day_goes_by() -> None:
        for table, column in TIMES:
            owner.execute(f"UPDATE {table} SET {column} = {column} - interval '24 hours'")

    return a_day_goes_by


@pytest.fixture
def app(database: Database) -> Flask:
    """The service without open reading."""
    return create_app(Settings(database_url="unused"), database)


@pytest.fixture
def client_of(app: Flask, database: Database) -> Callable[..., FlaskClient]:
    """Gives a client that sends the token of a role in a municipality, or in all."""

    def client_of(role: Role, municipality_code: str | None = None, holder: str = "someone") -> FlaskClient:
        client = app.test_client()
        token = create_token(database, holder=holder, role=role, municipality_code=municipality_code)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return client_of
