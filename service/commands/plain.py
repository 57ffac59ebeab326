"""The database of the environment, and errors in plain words: what every command needs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from environs import EnvError

from service.database import Database
from service.errors import KuntokantaError
from service.settings import settings_from_environment

STATEMENT_TIMEOUT_MS = 3_600_000


@contextmanager
def open_database() -> Iterator[Database]:
    """Give the database of the environment, with time enough for long work."""
    settings = settings_from_environment()
    database = Database(settings.database_url, pool_size=4, statement_timeout_ms=STATEMENT_TIMEOUT_MS)
    try:
        yield database
    finally:
        database.close()


def plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the service's errors into words and exit code 1."""

    @functools.wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except EnvError as error:
            raise click.UsageError(f"{error} (the database is named by KUNTOKANTA_DATABASE_URL)") from error
        except KuntokantaError as error:
            lines = [error.detail, *(f"  {fault.pointer}: {fault.detail}" for fault in error.faults)]
            raise click.ClickException("\n".join(lines)) from error

    return wrapped
