"""Who asks: the bearer token or the browser session of a request, and what its holder may do."""

from __future__ import annotations

from enum import StrEnum

import structlog
from flask import g, request

from service.api.rate_limits import count_refused_token
from service.api.sessions import present_session
from service.api.state import database, settings, token_verifier
from service.errors import Fault, MalformedRequest, TokenInvalid, TokenMissing
from service.oidc.plain import looks_signed
from service.operations.access import authenticate
from service.operations.issued_tokens import issued_principal
from service.operations.permissions import Action
from service.operations.principals import Principal, the_only_one

TOKEN_NEEDED: list[dict[str, list[str]]] = [{"token": []}]
"""The OpenAPI security of an operation that needs a token, also where reading is open."""


LONGEST_TOKEN = 8000
"""Characters; the server reads headers of hardly more."""


class Way(StrEnum):
    """By what somebody is known."""

    TOKEN = "token"  # noqa: S105 -- the word for one
    ISSUER = "issuer"
    SESSION = "session"


def identify() -> None:
    """Note who asks: by a token, else by a browser's session, else nobody; raises `TokenInvalid` for a bad token.

    A cookie that is not good is none: its session has ended, and its owner is to sign in again.
    """
    g.principal = g.session = g.identified_by = None
    header = request.headers.get("Authorization")
    if header is None:
        _identify_by_session()
        return
    try:
        g.principal, g.identified_by = _holder(header)
    except TokenInvalid as refusal:
        structlog.get_logger().warning("token_refused", reason=refusal.reason)
        count_refused_token()
        raise


def _identify_by_session() -> None:
    g.session = found = present_session()
    if found is not None:
        g.principal, g.identified_by = found.principal, Way.SESSION


def _holder(header: str) -> tuple[Principal, Way]:
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise TokenInvalid("The Authorization header is to be `Bearer` and a token.", reason="no bearer token")
    if len(token) > LONGEST_TOKEN:
        raise TokenInvalid(reason="too long")
    if not looks_signed(token):
        return authenticate(database(), token), Way.TOKEN
    return issued_holder(token), Way.ISSUER


def issued_holder(token: str) -> Principal:
    """Return the holder of an access token of the issuer; raises `TokenInvalid`, also where none is trusted."""
    verifier, trusted = token_verifier(), settings().oidc
    if verifier is None or trusted is None:
        raise TokenInvalid(reason="no issuer is trusted")
    return issued_principal(verifier.claims(token), trusted)


def principal() -> Principal:
    """Return who asks, by token or session; raises `TokenMissing` where nobody is known."""
    holder: Principal | None = g.get("principal")
    if holder is None:
        raise TokenMissing
    return holder


def check_reading() -> None:
    """Raise unless this request may read at all."""
    if not settings().open_reading:
        principal().check(Action.READ)


def readable_municipalities() -> frozenset[str] | None:
    """Return the municipalities that this request may read, None for all."""
    return None if settings().open_reading else principal().municipalities(Action.READ)


def municipality_where(action: Action, asked: str | None) -> str:
    """Return the one municipality that a request is about, for what is never open.

    Raises:
        NotPermitted: Another one is asked for than the token holds for.
        MalformedRequest: The token holds for several, and none of them is asked for.
    """
    principal().check(action, asked)
    own = principal().municipalities(action)
    if asked is None and own is None:
        detail = "Name a municipality; 000 is what is national."
        raise MalformedRequest(detail, [Fault("municipality", detail)])
    return asked or the_only_one(own or frozenset())


def readable_municipality(asked: str | None) -> str | None:
    """Return the municipality that a read is limited to, None for all.

    Raises:
        NotPermitted: Another one is asked for than the token holds for.
        MalformedRequest: The token holds for several, and none of them is asked for.
    """
    own = readable_municipalities()
    if own is None:
        return asked
    principal().check(Action.READ, asked)
    return asked or the_only_one(own)
