"""`kuntokanta work`: the worker that carries out imports, exports and runs asked for over the web."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from types import FrameType

import click

from service.commands.plain import plainly
from service.database import Database
from service.logs.pseudonyms import use_key
from service.operations.jobs import JobKind
from service.operations.worker import JobWork, Worker
from service.settings import Settings, settings_from_environment

CONNECTIONS_A_PLACE = 4


def work_command(works: Mapping[JobKind, JobWork]) -> click.Command:
    """Return the command; the kinds of jobs are handed in, as they stand beside this package."""

    @click.command("work")
    @click.option("--once", is_flag=True, help="Carry out what is in the queue, then end.")
    @plainly
    def work(once: bool) -> None:
        """Carry out imports, exports and runs that are asked for over the web.

        Any number of workers may run, on any machine. SIGTERM and Ctrl-C end this one: what it works on is finished or
        handed to another.
        """
        settings = settings_from_environment()
        use_key(settings.log_key)
        database = _database(settings)
        places, attempts = settings.jobs_at_once, settings.job_attempts
        worker = Worker(database, works, places=places, attempts=attempts)
        try:
            if once:
                click.echo(f"Jobs carried out: {worker.work_off()}.")
            else:
                _work_until_told(worker)
        finally:
            database.close()

    return work


def _database(settings: Settings) -> Database:
    return Database(
        settings.database_url,
        pool_size=settings.jobs_at_once * CONNECTIONS_A_PLACE,
        limits=settings.work_limits,
        soon_missed=True,
    )


def _work_until_told(worker: Worker) -> None:
    told = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    worker.start()
    told.wait()
    worker.stop()
