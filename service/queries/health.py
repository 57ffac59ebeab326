"""Whether the database answers and has its tables."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection


def load_migration(connection: Connection) -> str:
    """Return the migration that the database is at."""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
