"""Access tokens (stored hashed) and answers kept for repeated requests."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Identity, Index, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import MUNICIPALITY_CODE, Base, MunicipalityCode, municipality_check


class Role(StrEnum):
    """What a token's holder may do."""

    VIEWER = "viewer"
    ENGINEER = "engineer"
    PLANNER = "planner"
    ADMIN = "admin"


class AccessToken(Base):
    """A bearer token; without a municipality the grant is national."""

    __tablename__ = "access_token"

    token_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    holder: Mapped[str]
    role: Mapped[Role]
    municipality_code: Mapped[str | None] = mapped_column(MUNICIPALITY_CODE)
    created_at: Mapped[datetime.datetime]
    expires_at: Mapped[datetime.datetime | None]
    last_used_at: Mapped[datetime.datetime | None]
    revoked_at: Mapped[datetime.datetime | None]


class WebSession(Base):
    """Somebody signed in with a browser: with a token of the service, which ends it too, or through an issuer."""

    __tablename__ = "web_session"

    session_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    token_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("access_token.token_id", ondelete="CASCADE"))
    holder: Mapped[str]
    grants: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime.datetime]
    last_used_at: Mapped[datetime.datetime]
    expires_at: Mapped[datetime.datetime]


class KeptAnswer(Base):
    """The answer to a write with an Idempotency-Key, given again when the client repeats itself.

    It stands under the municipality that it is about, 000 for the whole country; who may repeat the request is known
    by a hash of name and grants.
    """

    __tablename__ = "kept_answer"
    __table_args__ = (
        municipality_check(),
        Index("ix_kept_answer_principal", "principal_sha256", "idempotency_key"),
        Index("ix_kept_answer_answered_at", "answered_at"),
    )

    municipality_code: Mapped[MunicipalityCode]
    principal_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(Integer)
    headers: Mapped[dict[str, Any]]
    body: Mapped[str]
    answered_at: Mapped[datetime.datetime]
