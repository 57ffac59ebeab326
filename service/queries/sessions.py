"""Browser sessions in the database, by their hash."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from models.access import WebSession
from service.queries.tables import table_of

_SESSION = table_of(WebSession)
_KNOWN = [column for column in _SESSION.columns if column.name != "session_sha256"]


def load_session(connection: Connection, session_sha256: bytes) -> RowMapping | None:
    """Return the session of this hash, without the hash, or None."""
    statement = select(*_KNOWN).where(_SESSION.c.session_sha256 == session_sha256)
    return connection.execute(statement).mappings().one_or_none()


def load_sessions(connection: Connection) -> list[RowMapping]:
    """Return all sessions without their hashes, oldest first."""
    return list(connection.execute(select(*_KNOWN).order_by(_SESSION.c.created_at)).mappings())


def insert_session(session: Session, values: dict[str, Any]) -> None:
    """Store a session."""
    session.execute(insert(_SESSION).values(values))


def note_session_use(session: Session, session_sha256: bytes, used_at: datetime.datetime) -> None:
    """Write when a session was used last."""
    statement = update(_SESSION).where(_SESSION.c.session_sha256 == session_sha256).values(last_used_at=used_at)
    session.execute(statement)


def delete_session(session: Session, session_sha256: bytes) -> None:
    """End a session; one that is not there has ended already."""
    session.execute(delete(_SESSION).where(_SESSION.c.session_sha256 == session_sha256))


def delete_sessions_of_token(session: Session, token_id: int) -> None:
    """End all sessions that were begun with a token."""
    session.execute(delete(_SESSION).where(_SESSION.c.token_id == token_id))


def delete_sessions_of(session: Session, holder: str) -> int:
    """End all sessions of a holder; return how many there were."""
    return session.connection().execute(delete(_SESSION).where(_SESSION.c.holder == holder)).rowcount


def delete_sessions_that_are_over(session: Session, now: datetime.datetime, idle_since: datetime.datetime) -> None:
    """Forget sessions that have expired, and those that were not used since a time."""
    over = or_(_SESSION.c.expires_at <= now, _SESSION.c.last_used_at <= idle_since)
    session.execute(delete(_SESSION).where(over))
