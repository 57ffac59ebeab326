"""Repeated requests: the answer to one with an Idempotency-Key is kept in the transaction of what it did."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from models.access import KeptAnswer
from service.database import Database, beginning_with, meaningful_errors
from service.errors import DataConflict, RecordBusy
from service.queries.kept_answers import forget_answers, load_kept_answer, lock_key, store_kept_answer

KEPT_FOR = datetime.timedelta(hours=24)

Finish = Callable[[Session, Mapping[str, Any]], None]
"""What the caller of an operation does last, within its transaction, with the record that was written."""


class KeyUsedOtherwise(DataConflict):
    """This Idempotency-Key was sent with another request: use a new key for a new request."""

    status = 422


class SameRequestUnderWay(DataConflict):
    """This request is being carried out, as it was sent before; ask again in a moment to get its answer."""

    retry_after_s = 1


@dataclass(frozen=True)
class RepeatableRequest:
    """A request that its sender may repeat without doing twice what it asks for."""

    principal_sha256: bytes
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


class AnsweredBefore(Exception):
    """A request is not carried out again, as its answer is kept: whoever has it carried out once catches this."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


def find_kept_answer(database: Database, request: RepeatableRequest) -> Answer | None:
    """Return what was answered to this request before, or None; raises `KeyUsedOtherwise` for another request."""
    with database.reading() as connection:
        return _kept(connection, request)


@contextmanager
def carried_out_once(request: RepeatableRequest) -> Iterator[None]:
    """Have what is written within this be written once, also where the same request is under way.

    The later of two waits for the first to end before it reads or writes anything, and then learns its answer.

    Raises:
        AnsweredBefore: The first has done it.
        SameRequestUnderWay: The first takes longer than a request waits for a lock.
        KeyUsedOtherwise: The first was another request.
    """

    def begin(session: Session) -> None:
        try:
            with meaningful_errors():
                lock_key(session, request.principal_sha256, request.idempotency_key)
        except RecordBusy as error:
            raise SameRequestUnderWay from error
        answer = _kept(session.connection(), request)
        if answer is not None:
            raise AnsweredBefore(answer)

    with beginning_with(begin):
        yield


def keep_answer(session: Session, request: RepeatableRequest, answer: Answer, municipality_code: str) -> None:
    """Keep an answer about a municipality within the transaction of what it tells."""
    store_kept_answer(
        session,
        KeptAnswer(
            municipality_code=municipality_code,
            principal_sha256=request.principal_sha256,
            idempotency_key=request.idempotency_key,
            request_sha256=request.sha256,
            status=answer.status,
            headers=dict(answer.headers),
            body=answer.body,
            answered_at=datetime.datetime.now(datetime.UTC),
        ),
    )


def forget_old_answers(database: Database) -> int:
    """Drop the answers that are not given again any more, of whosever requests; return how many those were."""
    with database.writing() as session:
        return forget_answers(session, datetime.datetime.now(datetime.UTC) - KEPT_FOR)


def _kept(connection: Connection, request: RepeatableRequest) -> Answer | None:
    since = datetime.datetime.now(datetime.UTC) - KEPT_FOR
    kept = load_kept_answer(connection, request.principal_sha256, request.idempotency_key, since)
    if kept is None:
        return None
    if kept.request_sha256 != request.sha256:
        raise KeyUsedOtherwise
    return Answer(kept.status, kept.headers, kept.body)
