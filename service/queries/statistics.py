"""The planner's statistics, refreshed after bulk writes so that the next statement is planned for what is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg


def refresh_statistics(connection: psycopg.Connection[Any], tables: Iterable[str]) -> None:
    """Tell the planner what the tables hold now."""
    # Only the owner of a table may ask for its statistics; the function does so for the service.
    connection.execute("SELECT refresh_statistics(%s::text[])", (sorted(set(tables)),))
