"""The planner's statistics, refreshed after bulk writes so that the next statement is planned for what is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql


def refresh_statistics(connection: psycopg.Connection[Any], tables: Iterable[str]) -> None:
    """Tell the planner what the tables hold now."""
    for table in sorted(set(tables)):
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
