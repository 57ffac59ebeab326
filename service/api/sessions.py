"""The cookie of a browser session: read, given and taken back; and whether a write comes from our own pages."""

from __future__ import annotations

import re

from flask import Request, Response, g, request

from service.api.state import database, settings
from service.errors import NotPermitted
from service.operations.sessions import BrowserSession, find_session

FORM_TOKEN = "X-CSRF-Token"  # noqa: S105 -- the name of a header
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_FIELD = "csrf"
"""The same in a form that is sent without a script."""
SIGN_IN = "web.sign_in"
_COOKIE = "kuntokanta"
_ON_THIS_MACHINE = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?")


class CrossSiteRequest(NotPermitted):
    """This came with a browser's sign-in, but not from a page of this service: it is refused."""


def present_session() -> BrowserSession | None:
    """Return the session of this request's cookie, None where it has none that is good."""
    secret = request.cookies.get(cookie_name(_COOKIE))
    if not secret or request.endpoint == "web.static":
        return None
    return find_session(database(), secret, settings().sessions)


def give_session(answer: Response, secret: str) -> None:
    """Have the browser keep a session's cookie until the browser or the session ends."""
    give_cookie(answer, _COOKIE, secret)


def take_session(answer: Response) -> None:
    """Have the browser forget its session's cookie."""
    take_cookie(answer, _COOKIE)


def session() -> BrowserSession | None:
    """Return the session that this request was found to come with."""
    found: BrowserSession | None = g.get("session")
    return found


def cookie_name(name: str) -> str:
    """Return a cookie's name; over TLS one that no other host or path can set (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if request.is_secure else name


def give_cookie(answer: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Have the browser keep a cookie, out of reach of scripts and of requests by other sites."""
    answer.set_cookie(
        cookie_name(name), value, max_age=seconds, secure=request.is_secure, httponly=True, samesite="Lax", path="/"
    )


def take_cookie(answer: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    answer.delete_cookie(cookie_name(name), secure=request.is_secure, httponly=True, samesite="Lax", path="/")


def is_private_way(asked: Request) -> bool:
    """Whether what this request carries is seen by nobody on its way: over TLS, or within this machine."""
    return asked.is_secure or _ON_THIS_MACHINE.fullmatch(asked.host) is not None


def check_own_page() -> None:
    """Raise unless a write that a cookie lets in comes from a page of this session; bearer tokens need no such proof.

    A browser sends cookies along whoever made it ask, but no page of another origin knows the session's form token.
    A sign-in, which needs no session, checks the origin by itself.
    """
    found = session()
    if found is None or request.method in _SAFE or request.endpoint == SIGN_IN:
        return
    check_origin()
    if not found.is_own(_form_token()):
        raise CrossSiteRequest(f"What a signed-in browser writes needs the {FORM_TOKEN} of a page of this session.")


def check_origin() -> None:
    """Raise unless the browser says that a page of this very origin made it ask; all browsers say so with a write."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        raise CrossSiteRequest
    if site not in (None, "same-origin") or origin not in (None, f"{request.scheme}://{request.host}"):
        raise CrossSiteRequest


def _form_token() -> str:
    """Return the token from its header, or from a form of the pages; bodies of others are not read here."""
    if request.blueprint == "web":
        return request.form.get(FORM_FIELD, "")
    return request.headers.get(FORM_TOKEN, "")
