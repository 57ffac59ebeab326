"""Where and as whom to connect."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "kuntokanta"
ROLE = "kuntokanta"
"""Owns the databases and their tables: migrations run under it."""
SERVICE_ROLE = "kuntokanta_login"
"""The service connects as this one, which may do only what it takes a role for."""


@dataclass(frozen=True)
class ClusterAddress:
    """A running cluster's address; the role owns the databases but is no superuser.

    Attributes:
        service_password: Of the role that the service connects as.
    """

    host: str
    port: int
    role: str
    password: str
    service_password: str
    socket_directory: Path

    def url(self, database: str = DATABASE) -> str:
        """Return SQLAlchemy's URL of a database for its owner, password included."""
        return self._url(self.role, self.password, database)

    def service_url(self, database: str = DATABASE) -> str:
        """Return SQLAlchemy's URL of a database for the service, password included."""
        return self._url(SERVICE_ROLE, self.service_password, database)

    def _url(self, role: str, password: str, database: str) -> str:
        return f"postgresql+psycopg://{role}:{password}@{self.host}:{self.port}/{quote(database, safe='')}"
