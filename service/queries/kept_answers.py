"""Answers kept for clients that repeat a write."""

from __future__ import annotations

import datetime
import hashlib

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from models.access import KeptAnswer
from service.queries.tables import table_of

_ANSWER = table_of(KeptAnswer)


def load_kept_answer(
    connection: Connection, principal_sha256: bytes, idempotency_key: str, answered_since: datetime.datetime
) -> KeptAnswer | None:
    """Return the answer that was given to a request of this key, about whichever municipality, or None."""
    of_both = (_ANSWER.c.principal_sha256 == principal_sha256, _ANSWER.c.idempotency_key == idempotency_key)
    statement = select(_ANSWER).where(*of_both, _ANSWER.c.answered_at >= answered_since)
    row = connection.execute(statement).mappings().first()
    return None if row is None else KeptAnswer(**row)


def lock_key(session: Session, principal_sha256: bytes, idempotency_key: str) -> None:
    """Wait until no other transaction carries out a request of this key, and keep others waiting."""
    of_both = hashlib.sha256(principal_sha256 + idempotency_key.encode()).digest()
    number = int.from_bytes(of_both[:8], signed=True)
    session.execute(select(func.pg_advisory_xact_lock(number)))


def store_kept_answer(session: Session, answer: KeptAnswer) -> None:
    """Keep an answer over one of the same key that is too old to be given again; the key is locked."""
    values = {column.name: getattr(answer, column.name) for column in _ANSWER.columns}
    key = [_ANSWER.c[name] == values[name] for name in ("municipality_code", "principal_sha256", "idempotency_key")]
    session.execute(delete(_ANSWER).where(*key))
    session.execute(insert(_ANSWER).values(values))


def forget_answers(session: Session, answered_before: datetime.datetime) -> int:
    """Drop answers that are older than anyone repeats a request; return how many those were."""
    return int(session.connection().execute(delete(_ANSWER).where(_ANSWER.c.answered_at < answered_before)).rowcount)
