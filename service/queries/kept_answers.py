"""Answers kept for clients that repeat a POST."""

from __future__ import annotations

import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from models.access import KeptAnswer
from service.queries.tables import table_of

_LOCK_SEED = 7_305_064  # any constant of ours, another than those of jobs


def load_kept_answer(connection: Connection, holder: str, idempotency_key: str) -> KeptAnswer | None:
    """Return the answer that was given to a holder's request of this key, or None."""
    table = table_of(KeptAnswer)
    statement = select(table).where(table.c.holder == holder, table.c.idempotency_key == idempotency_key)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else KeptAnswer(**row)


def lock_key(session: Session, holder: str, idempotency_key: str) -> None:
    """Wait until no other transaction carries out a holder's request of this key, and keep others waiting."""
    of_both = func.hashtextextended(f"{holder}\n{idempotency_key}", _LOCK_SEED)
    session.execute(select(func.pg_advisory_xact_lock(of_both)))


def store_kept_answer(session: Session, answer: KeptAnswer) -> None:
    """Keep an answer; a second one of the same holder and key is refused by the primary key."""
    table = table_of(KeptAnswer)
    session.execute(insert(table).values({column.name: getattr(answer, column.name) for column in table.columns}))


def forget_answers(session: Session, holder: str, answered_before: datetime.datetime) -> None:
    """Drop a holder's answers that are older than anyone repeats a request."""
    table = table_of(KeptAnswer)
    session.execute(delete(table).where(table.c.holder == holder, table.c.answered_at < answered_before))
