"""Repeated requests: the answer to a POST with an Idempotency-Key is kept in the transaction of what it did."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models.access import KeptAnswer
from service.database import Database
from service.errors import DataConflict
from service.queries.kept_answers import forget_answers, load_kept_answer, store_kept_answer

KEPT_FOR = datetime.timedelta(hours=24)

Finish = Callable[[Session, Mapping[str, Any]], None]
"""What the caller of an operation does last, within its transaction, with the record that was written."""


class KeyUsedOtherwise(DataConflict):
    """This Idempotency-Key was sent with another request: use a new key for a new request."""

    status = 422


@dataclass(frozen=True)
class RepeatableRequest:
    """A request that its sender may repeat without doing twice what it asks for."""

    holder: str
    idempotency_key: str
    content: bytes

    @property
    def sha256(self) -> bytes:
        """Hash of everything that makes it the same request."""
        return hashlib.sha256(self.content).digest()


@dataclass(frozen=True)
class Answer:
    """An answer as it is sent."""

    status: int
    headers: Mapping[str, str]
    body: str


def find_kept_answer(database: Database, request: RepeatableRequest) -> Answer | None:
    """Return what was answered to this request before, or None; raises `KeyUsedOtherwise` for another request."""
    with database.reading() as connection:
        kept = load_kept_answer(connection, request.holder, request.idempotency_key)
    if kept is None:
        return None
    if kept.request_sha256 != request.sha256:
        raise KeyUsedOtherwise
    return Answer(kept.status, kept.headers, kept.body)


def keep_answer(session: Session, request: RepeatableRequest, answer: Answer) -> None:
    """Keep an answer within the caller's transaction; of two same requests at once the second fails as a whole."""
    now = datetime.datetime.now(datetime.UTC)
    forget_answers(session, request.holder, now - KEPT_FOR)
    store_kept_answer(
        session,
        KeptAnswer(
            holder=request.holder,
            idempotency_key=request.idempotency_key,
            request_sha256=request.sha256,
            status=answer.status,
            headers=dict(answer.headers),
            body=answer.body,
            answered_at=now,
        ),
    )
