"""The service's own access tokens: given out once, kept as a hash, checked on each request."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from typing import Any

from models.access import Role
from service.database import Database
from service.errors import NotFound, TokenInvalid
from service.operations.principals import Grant, Principal
from service.queries.access import insert_token, load_token, load_tokens, note_use, revoke

TOKEN_BYTES = 32
USE_NOTED_EVERY = datetime.timedelta(minutes=1)


def create_token(
    database: Database,
    *,
    holder: str,
    role: Role,
    municipality_code: str | None = None,
    expires_at: datetime.datetime | None = None,
) -> str:
    """Store a new random token of 256 bits as its hash; return the token, which is shown this once."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {
        "token_sha256": _hash(token),
        "holder": holder,
        "role": role,
        "municipality_code": municipality_code,
        "created_at": _now(),
        "expires_at": expires_at,
    }
    with database.writing() as session:
        insert_token(session, values)
    return token


def list_tokens(database: Database) -> list[dict[str, Any]]:
    """Return all tokens with holder, role, municipality and times; never the token or its hash."""
    with database.reading() as connection:
        return [dict(row) for row in load_tokens(connection)]


def revoke_token(database: Database, token_id: int) -> None:
    """End a token at once; raises `NotFound` where there is none of this number that is still good."""
    with database.writing() as session:
        if not revoke(session, token_id, _now()):
            raise NotFound(f"There is no token {token_id} that is still good.")


def authenticate(database: Database, token: str) -> Principal:
    """Return the holder of a token; raises `TokenInvalid` for one that is unknown, expired or revoked."""
    with database.reading() as connection:
        row = load_token(connection, _hash(token))
    now = _now()
    if row is None:
        raise TokenInvalid(reason="unknown")
    if row["revoked_at"] is not None:
        raise TokenInvalid(reason="revoked")
    if row["expires_at"] is not None and row["expires_at"] <= now:
        raise TokenInvalid(reason="expired")
    if row["last_used_at"] is None or now - row["last_used_at"] >= USE_NOTED_EVERY:
        with database.writing() as session:
            note_use(session, row["token_id"], now)
    return Principal(row["holder"], frozenset({Grant(row["role"], row["municipality_code"])}))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
