"""Who asks: the bearer token of a request, and what its holder may do."""

from __future__ import annotations

from flask import g, request

from service.api.state import database, settings
from service.errors import NotPermitted, TokenInvalid, TokenMissing
from service.operations.access import Principal, authenticate
from service.operations.permissions import Action

TOKEN_NEEDED: list[dict[str, list[str]]] = [{"token": []}]
"""The OpenAPI security of an operation that needs a token, also where reading is open."""


def identify() -> None:
    """Note the holder of this request's token, if it has one; raises `TokenInvalid` for a token that is not good."""
    g.principal = None
    header = request.headers.get("Authorization")
    if header is None:
        return
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenInvalid("The Authorization header is to be `Bearer` and a token.")
    g.principal = authenticate(database(), token.strip())


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


def readable_municipality(asked: str | None) -> str | None:
    """Return the municipality that a read is limited to, None for all; raises `NotPermitted` for one out of bounds."""
    if settings().open_reading:
        return asked
    own = principal().municipality_code
    if own is not None and asked not in (None, own):
        raise NotPermitted(f"The token holds for municipality {own}, not {asked}.")
    return own or asked
