"""Who asks: the bearer token of a request, and what its holder may do."""

from __future__ import annotations

import structlog
from flask import g, request

from service.api.rate_limits import count_refused_token
from service.api.state import database, settings, token_verifier
from service.errors import TokenInvalid, TokenMissing
from service.oidc.plain import looks_signed
from service.operations.access import authenticate
from service.operations.issued_tokens import issued_principal
from service.operations.permissions import Action
from service.operations.principals import Principal, the_only_one

TOKEN_NEEDED: list[dict[str, list[str]]] = [{"token": []}]
"""The OpenAPI security of an operation that needs a token, also where reading is open."""


LONGEST_TOKEN = 8000
"""Characters; the server reads headers of hardly more."""


def identify() -> None:
    """Note the holder of this request's token, if it has one; raises `TokenInvalid` for a token that is not good."""
    g.principal = None
    header = request.headers.get("Authorization")
    if header is None:
        return
    try:
        g.principal = _holder(header)
    except TokenInvalid as refusal:
        structlog.get_logger().warning("token_refused", reason=refusal.reason)
        count_refused_token()
        raise


def _holder(header: str) -> Principal:
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise TokenInvalid("The Authorization header is to be `Bearer` and a token.", reason="no bearer token")
    if len(token) > LONGEST_TOKEN:
        raise TokenInvalid(reason="too long")
    if not looks_signed(token):
        return authenticate(database(), token)
    verifier, trusted = token_verifier(), settings().oidc
    if verifier is None or trusted is None:
        raise TokenInvalid(reason="no issuer is trusted")
    return issued_principal(verifier.claims(token), trusted)


def principal() -> Principal:
    """Return the holder of this request's token; raises `TokenMissing` where there is none."""
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
