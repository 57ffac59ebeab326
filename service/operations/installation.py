"""Whether the database is as the code expects it."""

from __future__ import annotations

from service.database import Database
from service.queries.installation import load_versions


def installed_versions(database: Database) -> tuple[str, str]:
    """Return the tables' migration and the version of PostGIS; raises `DatabaseUnavailable`."""
    with database.reading() as connection:
        return load_versions(connection)
