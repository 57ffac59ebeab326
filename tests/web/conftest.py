"""The pages of a service with the demo municipality, read without a token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.access import Role
from service.app import create_app
from service.database import Database
from service.operations.access import create_token
from service.settings import Settings

Get = Callable[..., TestResponse]


@pytest.fixture(scope="session")
def module_template(valued_demo_template: str) -> str:
    return valued_demo_template


@pytest.fixture(scope="module")
def demo(module_database: Database) -> Database:
    """A database with the demo municipality, valued."""
    return module_database


@pytest.fixture(scope="module")
def get(demo: Database) -> Get:
    """Reads a page as a browser does."""
    client = create_app(Settings(database_url="unused", open_reading=True), demo).test_client()

    def get(path: str, language: str = "fi") -> TestResponse:
        headers = {"Accept": "text/html", "Accept-Language": language}
        return client.get(path, headers=headers, buffered=True)

    return get


@pytest.fixture(scope="module")
def app(demo: Database) -> Flask:
    """The service without open reading."""
    return create_app(Settings(database_url="unused"), demo)


@pytest.fixture
def token(demo: Database) -> str:
    """A token of an engineer of the demo municipality."""
    return create_token(demo, holder="Insinööri Ingman", role=Role.ENGINEER, municipality_code="999")


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def signed_in(browser: FlaskClient, token: str) -> FlaskClient:
    """A browser whose user has signed in."""
    answer = browser.post("/sign-in", data={"token": token}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 303
    return browser
