"""The state of the queue and of the connections, for monitors."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection

_JOBS = text("SELECT kind, state, count(*) FROM job GROUP BY kind, state ORDER BY kind, state")
_OLDEST = text(
    "SELECT kind, state, extract(epoch FROM clock_timestamp() - min(CASE state WHEN 'queued' THEN queued_at"
    " ELSE started_at END)) FROM job WHERE state IN ('queued', 'running') GROUP BY kind, state ORDER BY kind, state"
)
_CONNECTIONS = text(
    "SELECT application_name, state, count(*), COALESCE(extract(epoch FROM clock_timestamp() - min(xact_start)), 0)"
    " FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND state IS NOT NULL"
    " GROUP BY application_name, state ORDER BY application_name, state"
)


def load_jobs_by_state(connection: Connection) -> list[tuple[tuple[str, str], float]]:
    """Return how many jobs there are of each kind and state."""
    return [((kind, state), float(count)) for kind, state, count in connection.execute(_JOBS)]


def load_oldest_jobs(connection: Connection) -> list[tuple[tuple[str, str], float]]:
    """Return for how many seconds the oldest job of each kind has waited, and the oldest has been under way."""
    return [((kind, state), float(age)) for kind, state, age in connection.execute(_OLDEST)]


def load_connections(connection: Connection) -> list[tuple[tuple[str, str], float, float]]:
    """Return the connections of this role by program and state: how many, and the age of the oldest transaction."""
    # Only the login itself sees what its connections do. The other questions come first: it sees nothing else.
    connection.execute(text("SET LOCAL ROLE NONE"))
    found = connection.execute(_CONNECTIONS)
    return [((program, state), float(count), float(age)) for program, state, count, age in found]
