"""Sessions of people in a browser: begun with a token, kept as a hash, ended at once with that token."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.access import Role
from service.acting import acting_as, operator, proving
from service.operations.access import check_still_good, good_token, holder_of
from service.operations.principals import Grant, Principal
from service.queries.access import note_use
from service.queries.sessions import (
    delete_session,
    delete_sessions_of,
    delete_sessions_that_are_over,
    insert_session,
    load_session,
    load_sessions,
    note_session_use,
)
from service.settings import GRANT

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from service.database import Database
    from service.settings import SessionSettings

SECRET_BYTES = 32
USE_NOTED_EVERY = datetime.timedelta(minutes=1)
NATIONAL = "*"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_FOR_FORMS = b"kuntokanta: written from a page of this session"


@dataclass(frozen=True)
class BrowserSession:
    """A session that is good now.

    Attributes:
        secret: What its cookie holds; nothing else does.
        principal: Who is signed in.
        expires_at: When it ends at the latest.
    """

    secret: str = field(repr=False)
    principal: Principal
    expires_at: datetime.datetime

    @property
    def form_token(self) -> str:
        """What a page of this session sends back with each write, and pages of other sites cannot know."""
        digest = hmac.digest(self.secret.encode(), _FOR_FORMS, hashlib.sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def is_own(self, form_token: str) -> bool:
        """Whether a form's token is this session's; takes as long for any."""
        return hmac.compare_digest(form_token.encode("utf-8", "surrogatepass"), self.form_token.encode())


def sign_in_by_token(database: Database, token: str, limits: SessionSettings) -> str:
    """Begin a session for the holder of a token of this service; return its secret, for the cookie alone.

    Raises:
        TokenInvalid: The token is unknown, expired or revoked.
    """
    row = good_token(database, token)
    return _begin(database, limits, holder_of(row), token_id=row["token_id"])


def sign_in_by_issuer(database: Database, principal: Principal, limits: SessionSettings) -> str:
    """Begin a session for whom an issuer has told, with the grants of now; return its secret."""
    return _begin(database, limits, principal, token_id=None)


def find_session(database: Database, secret: str, limits: SessionSettings) -> BrowserSession | None:
    """Return the session of a cookie's secret; None for one that is unknown or has ended, or whose token has."""
    if not _SECRET.fullmatch(secret):
        return None
    hashed, now = _hash(secret), _now()
    with proving(hashed), database.reading() as connection:
        row = load_session(connection, hashed)
    if row is None or not _is_good(row, now, limits):
        return None
    if now - row["last_used_at"] >= USE_NOTED_EVERY:
        with proving(hashed, row["token_id"]), database.writing() as session:
            note_session_use(session, hashed, now)
            if row["token_id"] is not None:
                note_use(session, row["token_id"], now)
    return BrowserSession(secret, Principal(row["holder"], frozenset(map(_grant, row["grants"]))), row["expires_at"])


def sign_out(database: Database, secret: str) -> None:
    """End a session: its cookie is worth nothing from now on."""
    hashed = _hash(secret)
    with proving(hashed), database.writing() as session:
        delete_session(session, hashed)


def list_sessions(database: Database) -> list[dict[str, Any]]:
    """Return all sessions, oldest first: whose, by which token, with which grants, since when and until when."""
    with database.reading() as connection:
        return [dict(row) for row in load_sessions(connection)]


def end_sessions_of(database: Database, holder: str) -> int:
    """End all sessions of a holder; return how many there were."""
    with database.writing() as session:
        return delete_sessions_of(session, holder)


def _begin(database: Database, limits: SessionSettings, principal: Principal, *, token_id: int | None) -> str:
    secret, now = secrets.token_urlsafe(SECRET_BYTES), _now()
    ends = now + limits.lasts
    values = {
        "session_sha256": _hash(secret),
        "token_id": token_id,
        "holder": principal.holder,
        "grants": sorted(f"{each.role}:{each.municipality_code or NATIONAL}" for each in principal.grants),
        "created_at": now,
        "last_used_at": now,
        "expires_at": ends if principal.until is None else min(ends, principal.until),
    }
    with acting_as(operator("page", principal.holder)), database.writing() as session:
        if token_id is not None:
            check_still_good(session, token_id)
        delete_sessions_that_are_over(session, now, now - limits.idle)
        insert_session(session, values)
    return secret


def _is_good(row: RowMapping, now: datetime.datetime, limits: SessionSettings) -> bool:
    return bool(now < row["expires_at"] and now < row["last_used_at"] + limits.idle)


def _grant(written: str) -> Grant:
    found = GRANT.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is no grant")
    return Grant(Role(found[1]), None if found[2] == NATIONAL else found[2])


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
