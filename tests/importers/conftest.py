from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database
from service.importers.pipeline import import_file
from service.importers.profile_file import parse_profile
from service.operations.import_report import ImportReport

Importer = Callable[..., ImportReport]
Rows = Callable[..., list[Any]]

FICTITIOUS = "999"


@pytest.fixture
def rows(database: Database) -> Rows:
    def fetched(query: str, **values: object) -> list[Any]:
        with database.reading() as connection:
            return list(connection.execute(text(query), values).all())

    return fetched


@pytest.fixture
def imported(database: Database, tmp_path: Path) -> Importer:
    """Import a text by a profile given as YAML."""

    def do(content: str | bytes, profile: str, name: str = "a.csv", **options: Any) -> ImportReport:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        options = {"municipality_code": FICTITIOUS, "changed_by": "tester", **options}
        return import_file(database, path, parse_profile(profile), **options)

    return do
