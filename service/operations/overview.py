"""What the front page shows: the municipalities with a finished run, and what each owes."""

from __future__ import annotations

from typing import Any

from service.database import Database
from service.queries.overview import load_overview


def municipality_overview(database: Database, municipality_code: str | None = None) -> list[dict[str, Any]]:
    """Return each municipality's newest finished run with its sums; of one municipality only, where it is named."""
    with database.reading() as connection:
        return [dict(row) for row in load_overview(connection, municipality_code)]
