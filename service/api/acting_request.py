"""Who acts in a request: nobody until it is known who asks, then they, as far as the view's action goes for them."""

from __future__ import annotations

from contextlib import ExitStack

from flask import g, request

from service.acting import Acting, Via, acting_as
from service.api.state import settings
from service.operations.permissions import Action
from service.operations.principals import Principal

NOBODY_YET = "nobody"
_READING = (Action.OPEN, Action.READ)


def begin_acting() -> None:
    """Have nobody act: what asked before in this thread is no longer of any account."""
    g.acting = ExitStack()
    g.acting.enter_context(acting_as(Acting(NOBODY_YET, _way(), request.remote_addr)))


def act() -> None:
    """Have who asks act in what follows; comes after the check that they may do what the view does."""
    by: Principal | None = g.get("principal")
    acting = Acting(by.holder if by else NOBODY_YET, _way(), request.remote_addr, reads=_reads(by), writes=_writes(by))
    g.acting.enter_context(acting_as(acting))


def end_acting(_error: BaseException | None = None) -> None:
    """Have those act again who did before the request."""
    begun: ExitStack | None = g.pop("acting", None)
    if begun is not None:
        begun.close()


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
