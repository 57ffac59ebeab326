"""The database of the environment, errors in plain words and a line in the log: what every command needs."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import structlog
from environs import EnvError

from service.database import Database
from service.errors import KuntokantaError
from service.logs.lines import write_line
from service.settings import logs_as_json, settings_from_environment


@contextmanager
def open_database() -> Iterator[Database]:
    """Give the database of the environment, with time enough for long work."""
    settings = settings_from_environment()
    database = Database(settings.database_url, pool_size=4, limits=settings.work_limits)
    try:
        yield database
    finally:
        database.close()


def plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the service's errors into words and exit code 1."""

    @functools.wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> None:
        with _logged():
            try:
                command(*arguments, **options)
            except EnvError as error:
                raise click.UsageError(f"{error} (the database is named by KUNTOKANTA_DATABASE_URL)") from error
            except KuntokantaError as error:
                lines = [error.detail, *(f"  {fault.pointer}: {fault.detail}" for fault in error.faults)]
                raise click.ClickException("\n".join(lines)) from error

    return wrapped


@contextmanager
def _logged() -> Iterator[None]:
    """Where logs are for programs, as of a timer's, tell which command ended how; not with what it was called."""
    if not logs_as_json():
        yield
        return
    begun, outcome = time.monotonic(), "failed"
    try:
        yield
        outcome = "done"
    except click.ClickException:
        outcome = "refused"
        raise
    except Exception:
        log = structlog.get_logger()
        log.exception("command_crashed")
        raise SystemExit(1) from None
    finally:
        ms = round((time.monotonic() - begun) * 1000)
        write_line(event="command", command=_name(click.get_current_context()), outcome=outcome, ms=ms)


def _name(context: click.Context | None) -> str:
    """Return what a command is called by, without the program: `token create`."""
    names = []
    while context is not None and context.parent is not None:
        names.append(str(context.info_name))
        context = context.parent
    return " ".join(reversed(names))
