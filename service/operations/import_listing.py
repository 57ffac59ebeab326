"""Imports looked at and listed, whether they wait, work or have ended."""

from __future__ import annotations

from typing import Any

from service.database import Database
from service.errors import NotFound
from service.queries.import_jobs import load_import, load_imports
from service.queries.jobs import count_places


def look_at_import(database: Database, municipality_code: str, number: int) -> tuple[dict[str, Any], int]:
    """Return an import with its report, and how many jobs the workers take at a time; raises `NotFound`."""
    with database.reading() as connection:
        row = load_import(connection, municipality_code, number)
        if row is None:
            raise NotFound(f"There is no import {municipality_code}-{number}.")
        return row, count_places(connection)


def list_imports(
    database: Database, municipality_code: str | None, after: tuple[int, str] | None, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return imports without their reports, the newest first, and how many jobs the workers take at a time.

    `municipality_code` None is all; `after` is the number and municipality of the last import of the page before.
    """
    with database.reading() as connection:
        return load_imports(connection, municipality_code, after, limit), count_places(connection)
