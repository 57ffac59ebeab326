"""Signing in to the pages through the issuer: there with the browser, and back with its answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import structlog
from flask import Response, current_app, request, url_for

from service.api.sessions import cookie_name, give_cookie, is_private_way, take_cookie
from service.api.state import database, settings, token_verifier
from service.errors import IssuerUnavailable, NotFound, TokenInvalid
from service.operations.issued_tokens import issued_principal
from service.operations.permissions import Action, Of, needs
from service.operations.sessions import sign_in_by_issuer
from service.web.next_page import next_page
from service.web.pages import blueprint, see_other
from service.web.sign_in import refused_sign_in, sign_in_form, signed_in

if TYPE_CHECKING:
    from service.oidc.code_flow import CodeFlow
    from service.settings import OidcSettings

_FLOW = "code flow"
_COOKIE = "kuntokanta-sign-in"
_BEGUN_FOR_S = 600


@blueprint.get("/sign-in/issuer", endpoint="ask_issuer")
@needs(Action.OPEN, Of.SERVICE)
def ask_issuer() -> Response:
    """Lead the browser to the issuer, which asks who it is."""
    from service.oidc.code_flow import begun  # noqa: PLC0415 -- only where an issuer is trusted

    flow, _ = _flow()
    if not is_private_way(request):
        return sign_in_form("page.sign_in.not_private", 403)
    sign_in = begun(request.args.get("next", ""))
    try:
        answer = see_other(flow.address(sign_in, _back()))
    except IssuerUnavailable as silence:
        return _silent(silence)
    give_cookie(answer, _COOKIE, sign_in.written(), _BEGUN_FOR_S)
    return answer


@blueprint.get("/sign-in/issuer/answer", endpoint="told_by_issuer")
@needs(Action.OPEN, Of.SERVICE)
def told_by_issuer() -> Response:
    """Begin a session for whom the issuer names to the browser that began to sign in, and lead on."""
    from service.oidc.code_flow import read_begun  # noqa: PLC0415

    flow, trusted = _flow()
    try:
        sign_in = read_begun(request.cookies.get(cookie_name(_COOKIE), ""))
        claims = flow.claims(request.args, sign_in, _back())
        # How long somebody stays signed in is the session's matter, not that of a token for a single call.
        principal = replace(issued_principal(claims, trusted), until=None)
        answer = signed_in(sign_in_by_issuer(database(), principal, settings().sessions), next_page(sign_in.next))
    except TokenInvalid as refusal:
        answer = refused_sign_in(refusal, "page.sign_in.issuer_refused")
    except IssuerUnavailable as silence:
        answer = _silent(silence)
    take_cookie(answer, _COOKIE)
    return answer


def _flow() -> tuple[CodeFlow, OidcSettings]:
    trusted, verifier = settings().oidc, token_verifier()
    if trusted is None or trusted.client_id is None or verifier is None:
        raise NotFound("No issuer is set up to sign in through.")
    if _FLOW not in current_app.extensions:
        from service.oidc.code_flow import CodeFlow  # noqa: PLC0415

        current_app.extensions[_FLOW] = CodeFlow(trusted, verifier)
    return cast("CodeFlow", current_app.extensions[_FLOW]), trusted


def _silent(silence: IssuerUnavailable) -> Response:
    structlog.get_logger().error("issuer_unavailable", reason=silence.reason)
    answer = sign_in_form("page.sign_in.issuer_silent", silence.status)
    answer.headers["Retry-After"] = "5"
    return answer


def _back() -> str:
    """Return where the issuer leads the browser back to; the language of the page is not part of it."""
    return url_for("web.told_by_issuer", _external=True)
