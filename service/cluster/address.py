"""Where and as whom to connect."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "kuntokanta"
ROLE = "kuntokanta"


@dataclass(frozen=True)
class ClusterAddress:
    """A running cluster's address; the role owns the databases but is no superuser."""

    host: str
    port: int
    role: str
    password: str
    socket_directory: Path

    def url(self, database: str = DATABASE) -> str:
        """Return SQLAlchemy's URL of a database, password included."""
        return f"postgresql+psycopg://{self.role}:{self.password}@{self.host}:{self.port}/{quote(database, safe='')}"
