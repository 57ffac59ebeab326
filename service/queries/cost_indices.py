"""Cost indices: the points of each, and new ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.orm import Session

from models.cost_index import CostIndex
from service.queries.tables import table_of

_INDEX = table_of(CostIndex)


def load_cost_indices(connection: Connection) -> list[RowMapping]:
    """Return the points of all indices, in the order of their key."""
    query = select(_INDEX).order_by(_INDEX.c.index_code, _INDEX.c.year, _INDEX.c.month)
    return list(connection.execute(query).mappings())


def load_cost_points(session: Session, index_code: str) -> dict[tuple[int, int], float]:
    """Return the values of one index by year and month (0: the whole year)."""
    query = select(_INDEX.c.year, _INDEX.c.month, _INDEX.c.value).where(_INDEX.c.index_code == index_code)
    return {(row.year, row.month): float(row.value) for row in session.execute(query)}


def store_cost_index(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write points of an index over those of the same month, or as new ones."""
    statement = insert(_INDEX)
    changed = {name: statement.excluded[name] for name in ("value", "source_id", "is_demo")}
    session.execute(statement.on_conflict_do_update(index_elements=["index_code", "year", "month"], set_=changed), rows)
