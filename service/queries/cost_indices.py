"""Cost indices: the points of each, and new ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.orm import Session

from models.cost_index import CostIndex
from service.queries.audit_writes import noted
from service.queries.tables import table_of

_INDEX = table_of(CostIndex)
_LOCK = "kuntokanta cost index"


def load_cost_indices(connection: Connection) -> list[RowMapping]:
    """Return the points of all indices, in the order of their key."""
    query = select(_INDEX).order_by(_INDEX.c.index_code, _INDEX.c.year, _INDEX.c.month)
    return list(connection.execute(query).mappings())


def lock_cost_index(session: Session, index_code: str) -> None:
    """Keep others from writing points of an index, new ones too, until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(_LOCK), func.hashtext(index_code))))


def load_cost_index(connection: Connection, index_code: str) -> list[dict[str, Any]]:
    """Return the points of one index in the order of time."""
    shown = [_INDEX.c[name] for name in ("year", "month", "value", "source_id", "is_demo")]
    query = select(*shown).where(_INDEX.c.index_code == index_code).order_by(_INDEX.c.year, _INDEX.c.month)
    return [{**row, "value": float(row["value"])} for row in connection.execute(query).mappings()]


def load_cost_points(session: Session, index_code: str) -> dict[tuple[int, int], float]:
    """Return the values of one index by year and month (0: the whole year)."""
    query = select(_INDEX.c.year, _INDEX.c.month, _INDEX.c.value).where(_INDEX.c.index_code == index_code)
    return {(row.year, row.month): float(row.value) for row in session.execute(query)}


def store_cost_index(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write points of an index over those of the same month, or as new ones."""
    statement = insert(_INDEX)
    changed = {name: statement.excluded[name] for name in ("value", "source_id", "is_demo")}
    key = ("index_code", "year", "month")
    with noted(session, _INDEX, *({name: row[name] for name in key} for row in rows)):
        session.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)
