"""What is installed in the database."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection


def load_versions(connection: Connection) -> tuple[str, str]:
    """Return the tables' migration and the version of PostGIS."""
    migration = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    postgis = connection.execute(text("SELECT postgis_lib_version()")).scalar_one()
    return migration, postgis
