"""Signing in to the pages and out again: with a token of the service, or through the issuer that it trusts."""

from __future__ import annotations

import structlog
from flask import Response, g, request, url_for

from service.api.identity import LONGEST_TOKEN, issued_holder
from service.api.rate_limits import count_refused_token
from service.api.sessions import (
    SIGN_IN,
    check_origin,
    give_session,
    is_private_way,
    session,
    take_session,
)
from service.api.state import database, settings
from service.errors import TokenInvalid
from service.oidc.plain import looks_signed
from service.operations.permissions import Action, Of, needs
from service.operations.sessions import sign_in_by_issuer, sign_in_by_token, sign_out
from service.web.next_page import next_page
from service.web.pages import asked_language, blueprint, page, see_other


@blueprint.get("/sign-in", endpoint="sign_in_page")
@needs(Action.OPEN, Of.SERVICE)
def sign_in_page() -> Response:
    """Return the page to sign in."""
    return sign_in_form()


@blueprint.post("/sign-in", endpoint=SIGN_IN.partition(".")[2])
@needs(Action.SIGN_IN, Of.SERVICE)
def sign_in() -> Response:
    """Begin a session for the holder of the token in the form, and lead on; the token itself is kept nowhere."""
    check_origin()
    if not is_private_way(request):
        return sign_in_form("page.sign_in.not_private", 403)
    try:
        secret = _secret(request.form.get("token", "").strip())
    except TokenInvalid as refusal:
        return refused_sign_in(refusal, "page.sign_in.refused")
    return signed_in(secret, next_page(request.args.get("next")))


@blueprint.post("/sign-out")
@needs(Action.SIGN_IN, Of.SERVICE)
def sign_out_of() -> Response:
    """End this browser's session, and forget what the browser kept of it."""
    own = session()
    if own is not None:
        sign_out(database(), own.secret)
        structlog.get_logger().info("signed_out")
    answer = see_other(url_for("web.landing", **asked_language()))
    take_session(answer)
    return answer


def sign_in_form(problem: str | None = None, status: int = 200) -> Response:
    """Return the page to sign in, with what went wrong."""
    asked = request.args.get("next")
    trusted = settings().oidc
    return page(
        "web/sign_in.html",
        status,
        problem=problem,
        next=asked,
        action=url_for(SIGN_IN, next=asked, **asked_language()),
        is_private=is_private_way(request),
        through_issuer=bool(trusted and trusted.client_id),
    )


def refused_sign_in(refusal: TokenInvalid, problem: str) -> Response:
    """Return the page to sign in once more; raises `TooManyRequests` for an address that tries all the time."""
    structlog.get_logger().warning("sign_in_refused", reason=refusal.reason)
    count_refused_token()
    return sign_in_form(problem, refusal.status)


def signed_in(secret: str, next_address: str) -> Response:
    """Lead on somebody whose session has begun; one that the browser had before ends."""
    before = session()
    if before is not None:
        sign_out(database(), before.secret)
    g.session = None
    structlog.get_logger().info("signed_in")
    answer = see_other(next_address)
    give_session(answer, secret)
    return answer


def _secret(token: str) -> str:
    """Begin a session; raises `TokenInvalid`."""
    if not token or len(token) > LONGEST_TOKEN:
        raise TokenInvalid(reason="too long" if token else "no token")
    if looks_signed(token):
        return sign_in_by_issuer(database(), issued_holder(token), settings().sessions)
    return sign_in_by_token(database(), token, settings().sessions)
