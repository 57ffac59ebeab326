"""Who acts in a request: nobody until it is known who asks, then they, as far as the view's action goes for them."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from flask import g, request

from service.acting import Acting, Via, acting_as
from service.api.state import settings
from service.logs.places import REQUEST_ID
from service.operations.permissions import Action
from service.operations.principals import Principal

NOBODY_YET = "nobody"
_READING = (Action.OPEN, Action.READ, Action.DOWNLOAD, Action.AUDIT)


def begin_acting() -> None:
    """Have nobody act: what asked before in this thread is no longer of any account."""
    g.acting = ExitStack()
    g.acting.enter_context(acting_as(_unknown()))


def act() -> None:
    """Have who asks act in what follows; comes after the check that they may do what the view does."""
    by: Principal | None = g.get("principal")
    name = by.holder if by else NOBODY_YET
    g.acting.enter_context(acting_as(replace(_unknown(), by=name, reads=_reads(by), writes=_writes(by))))


def end_acting(_error: BaseException | None = None) -> None:
    """Have those act again who did before the request."""
    begun: ExitStack | None = g.pop("acting", None)
    if begun is not None:
        begun.close()


def _unknown() -> Acting:
    request_id: str | None = request.environ.get(REQUEST_ID)
    return Acting(NOBODY_YET, _way(), request.remote_addr, request_id=request_id)


def _reads(by: Principal | None) -> frozenset[str] | None:
    if settings().open_reading:
        return None
    return frozenset() if by is None else by.municipalities(Action.READ)


def _writes(by: Principal | None) -> frozenset[str] | None:
    permission = g.get("permission")
    if by is None or permission is None or permission.action in _READING:
        return frozenset()
    return by.municipalities(permission.action)


def _way() -> Via:
    if g.get("session") is not None:
        return "page"
    return "rest" if request.path.startswith("/api/") else "ogc" if request.path.startswith("/ogc") else "page"
