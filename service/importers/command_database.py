"""The register of the environment for commands about imports, and errors in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from environs import EnvError

from service.database import Database
from service.errors import KuntokantaError
from service.settings import settings_from_environment


@contextmanager
def register_of_environment() -> Iterator[Database]:
    """Give the register; errors of the service end the command in words, with exit code 1."""
    try:
        database = Database(settings_from_environment().database_url, pool_size=1)
    except EnvError as error:
        raise click.UsageError(f"{error} (the database is named by KUNTOKANTA_DATABASE_URL)") from error
    try:
        with errors_in_words():
            yield database
    finally:
        database.close()


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Turn errors of the service into words, each fault on a line of its own."""
    try:
        yield
    except KuntokantaError as error:
        lines = [error.detail, *(f"  {fault.pointer}: {fault.detail}" for fault in error.faults if fault.pointer)]
        raise click.ClickException("\n".join(lines)) from error
