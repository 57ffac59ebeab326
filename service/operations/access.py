"""The service's own access tokens: given out once, kept as a hash, checked on each request."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from models.access import Role
from service.acting import proving
from service.database import Database
from service.errors import InvalidData, NotFound, TokenInvalid
from service.operations.principals import Grant, Principal
from service.queries.access import hold_token, insert_token, load_token, load_tokens, note_use, revoke
from service.queries.sessions import delete_sessions_of_token

if TYPE_CHECKING:
    from sqlalchemy import RowMapping
    from sqlalchemy.orm import Session

TOKEN_BYTES = 32
USE_NOTED_EVERY = datetime.timedelta(minutes=1)


class TokenState(StrEnum):
    """Whether a token is taken, and why not."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


def create_token(
    database: Database,
    *,
    holder: str,
    role: Role,
    municipality_code: str | None = None,
    expires_at: datetime.datetime | None = None,
) -> str:
    """Do what `issue_token` does; return the token alone."""
    return issue_token(database, holder, Grant(role, municipality_code), expires_at)[1]


def issue_token(database: Database, holder: str, grant: Grant, expires_at: datetime.datetime | None) -> tuple[int, str]:
    """Store a new random token of 256 bits as its hash; return its number and the token, which is shown this once.

    Raises:
        InvalidData: The holder has no name, or one that cannot be shown.
    """
    if not holder.strip() or not holder.isprintable():
        raise InvalidData("The holder is to have a name on one line.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {
        "token_sha256": _hash(token),
        "holder": holder,
        "role": grant.role,
        "municipality_code": grant.municipality_code,
        "created_at": _now(),
        "expires_at": expires_at,
    }
    with database.writing() as session:
        return insert_token(session, values), token


def list_tokens(database: Database) -> list[dict[str, Any]]:
    """Return all tokens with holder, role, municipality, state and times; never the token or its hash."""
    with database.reading() as connection:
        rows = load_tokens(connection)
    now = _now()
    return [{**row, "state": _state(row, now)} for row in rows]


def revoke_token(database: Database, token_id: int) -> None:
    """End a token at once, and all that was begun with it; raises `NotFound` where none of this number is good."""
    with database.writing() as session:
        if not revoke(session, token_id, _now()):
            raise NotFound(f"There is no token {token_id} that is still good.")
        delete_sessions_of_token(session, token_id)


def authenticate(database: Database, token: str) -> Principal:
    """Return the holder of a token; raises `TokenInvalid` for one that is unknown, expired or revoked."""
    return holder_of(good_token(database, token))


def holder_of(row: RowMapping) -> Principal:
    """Return the holder of a token, with its grant."""
    grant = Grant(row["role"], row["municipality_code"])
    return Principal(row["holder"], frozenset({grant}), until=row["expires_at"])


def good_token(database: Database, token: str) -> RowMapping:
    """Return a token's number, holder, grant and expiry, and note its use; raises `TokenInvalid` as above."""
    digest = _hash(token)
    with proving(digest), database.reading() as connection:
        row = load_token(connection, digest)
    now = _now()
    if row is None:
        raise TokenInvalid(reason="unknown")
    state = _state(row, now)
    if state is not TokenState.GOOD:
        raise TokenInvalid(reason=state)
    if row["last_used_at"] is None or now - row["last_used_at"] >= USE_NOTED_EVERY:
        with proving(digest), database.writing() as session:
            note_use(session, row["token_id"], now)
    return row


def check_still_good(session: Session, token_id: int) -> None:
    """Raise `TokenInvalid` unless a token is good, and have nobody revoke it before this transaction has ended."""
    row = hold_token(session, token_id)
    state = TokenState.REVOKED if row is None else _state(row, _now())
    if state is not TokenState.GOOD:
        raise TokenInvalid(reason=state)


def _state(row: RowMapping, now: datetime.datetime) -> TokenState:
    if row["revoked_at"] is not None:
        return TokenState.REVOKED
    is_over = row["expires_at"] is not None and row["expires_at"] <= now
    return TokenState.EXPIRED if is_over else TokenState.GOOD


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
