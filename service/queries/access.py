"""Access tokens in the database, by their hash."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from models.access import AccessToken
from service.queries.audit_writes import note_insert, noted
from service.queries.tables import table_of

_TOKEN = table_of(AccessToken)
_SHOWN = [column for column in _TOKEN.columns if column.name != "token_sha256"]


def load_token(connection: Connection, token_sha256: bytes) -> RowMapping | None:
    """Return the token of this hash, without the hash, or None."""
    statement = select(*_SHOWN).where(_TOKEN.c.token_sha256 == token_sha256)
    return connection.execute(statement).mappings().one_or_none()


def hold_token(session: Session, token_id: int) -> RowMapping | None:
    """Return a token as it is now, which nobody changes before the end of the transaction."""
    statement = select(*_SHOWN).where(_TOKEN.c.token_id == token_id).with_for_update(read=True)
    return session.execute(statement).mappings().one_or_none()


def load_tokens(connection: Connection) -> list[RowMapping]:
    """Return all tokens without their hashes, oldest first."""
    return list(connection.execute(select(*_SHOWN).order_by(_TOKEN.c.token_id)).mappings())


def insert_token(session: Session, values: dict[str, Any]) -> int:
    """Store a token; return its number."""
    number = int(session.execute(insert(_TOKEN).values(values).returning(_TOKEN.c.token_id)).scalar_one())
    note_insert(session, _TOKEN, {"token_id": number})
    return number


def note_use(session: Session, token_id: int, used_at: datetime.datetime) -> None:
    """Write when a token was used last."""
    session.execute(update(_TOKEN).where(_TOKEN.c.token_id == token_id).values(last_used_at=used_at))


def revoke(session: Session, token_id: int, revoked_at: datetime.datetime) -> bool:
    """End a token; False where there is none of this number that is still good."""
    is_good = (_TOKEN.c.token_id == token_id, _TOKEN.c.revoked_at.is_(None))
    if session.scalar(select(_TOKEN.c.token_id).where(*is_good).with_for_update()) is None:
        return False
    with noted(session, _TOKEN, {"token_id": token_id}):
        session.execute(update(_TOKEN).where(*is_good).values(revoked_at=revoked_at))
    return True
