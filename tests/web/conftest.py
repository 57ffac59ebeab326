"""The pages of a service with the demo municipality, read without a token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from service.app import create_app
from service.database import Database
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
