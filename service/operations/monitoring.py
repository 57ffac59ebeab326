"""What a monitor is told of the installation: the queue, the workers, the connections to the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from service.acting import Acting, acting_as
from service.database import Database
from service.errors import KuntokantaError
from service.queries.health import load_migration
from service.queries.jobs import count_places
from service.queries.monitoring import load_connections, load_jobs_by_state, load_oldest_jobs

Gauge: TypeAlias = tuple[str, str, Sequence[str], Sequence[tuple[Sequence[str], float]]]
"""Name, help, names of the labels, and rows of labels with their value."""
_MONITOR = Acting("monitor", "rest", reads=None)


def installation_gauges(database: Database) -> list[Gauge]:
    """Return what the database tells; where it does not answer, only that."""
    try:
        return [_up(1), *_told(database)]
    except KuntokantaError:
        return [_up(0)]


def _up(value: int) -> Gauge:
    return "kuntokanta_database_up", "Whether the database answers.", (), [((), value)]


def _told(database: Database) -> Iterator[Gauge]:
    with acting_as(_MONITOR), database.reading() as connection:
        migration, places = load_migration(connection), count_places(connection)
        jobs, oldest = load_jobs_by_state(connection), load_oldest_jobs(connection)
        connections = load_connections(connection)
    yield "kuntokanta_tables", "Migration that the tables are at.", ("migration",), [((migration,), 1)]
    yield "kuntokanta_worker_places", "Jobs that the workers could carry out at a time.", (), [((), places)]
    yield "kuntokanta_jobs", "Jobs that are kept, by how far they are.", ("kind", "state"), jobs
    yield (
        "kuntokanta_oldest_job_seconds",
        "How long the oldest job has waited, or been under way.",
        ("kind", "state"),
        oldest,
    )
    yield (
        "kuntokanta_database_connections",
        "Connections of this role to the database, by program and what they do.",
        ("program", "state"),
        [(labels, count) for labels, count, _ in connections],
    )
    yield (
        "kuntokanta_oldest_transaction_seconds",
        "How long the oldest transaction has been open.",
        ("program", "state"),
        [(labels, age) for labels, _, age in connections],
    )
