"""A service with two municipalities in it, on a real port, for the clients that GIS people use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from models import Base
from service.app import create_app
from service.database import Database, raw_connection
from service.queries.statistics import refresh_statistics
from service.settings import Settings

MUNICIPALITY = Path(__file__).with_name("municipality.sql")


@pytest.fixture(scope="session")
def module_template(template_database: str, template_with: Callable[..., str]) -> str:
    return template_with(template_database, fill)


def fill(database: Database) -> None:
    """Lay the municipalities into a database."""
    with database.writing() as session:
        raw = raw_connection(session.connection())
        raw.execute(MUNICIPALITY.read_bytes())
        refresh_statistics(raw, Base.metadata.tables)


@pytest.fixture(scope="module")
def filled(module_database: Database) -> Database:
    """The database with the municipalities."""
    return module_database


@pytest.fixture(scope="module")
def app(filled: Database) -> Flask:
    return create_app(Settings(database_url="", open_reading=True), filled)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def server_url(app: Flask) -> Iterator[str]:
    """The address of the service on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ogc"
    server.shutdown()
    thread.join()
    server.server_close()
