"""Headers that tell browsers what an answer may do and who may read it, and caches whose it is."""

from __future__ import annotations

import http
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import Response, g, request

from service.operations.permissions import Action

if TYPE_CHECKING:
    from service.settings import Settings

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of what is no page: if a browser shows it as one all the same, nothing in it runs, loads or is framed."""
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""The policy of pages: scripts and styles are files of this service, none stands in the page itself."""

SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Content-Security-Policy": NOTHING}
)
"""Headers of every answer that does not say otherwise."""
_OF_PAGES: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": PAGE_POLICY,
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
)
# A worker goes by the policy of its own script: that of the map loads another script, and tiles. A browser shows PDF in
# a page of its own with styles and scripts, which the policy of the file would forbid.
_OF_TYPES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "text/html": _OF_PAGES,
        "text/javascript": {
            "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
        "application/pdf": {
            "Content-Security-Policy": "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        },
    }
)

_SHARED = ("/ogc", "/api/v1")
"""What scripts of other origins may read, as maps on other sites do: with a token, or what is open. Never by cookie."""
_READABLE = (
    "ETag, Link, Location, Content-Crs, Content-Disposition, Content-Language, RateLimit, RateLimit-Policy, Retry-After"
)
_SENDABLE = (
    "Accept-Language, Authorization, Content-Crs, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer"
)
_ASKED_AGAIN_AFTER_S = 7200


def headers_of_data(settings: Settings, *, is_secure: bool = False) -> dict[str, str]:
    """Return the headers of what other origins may read, as all its answers have them."""
    return {**SECURITY_HEADERS, **_of_transport(settings, is_secure=is_secure), **_of_sharing(settings)}


def securing(settings: Settings) -> Callable[[Response], Response]:
    """Return what gives answers their headers."""

    def secured(answer: Response) -> Response:
        if answer.status_code == http.HTTPStatus.NO_CONTENT:
            answer.headers.pop("Content-Type", None)  # there is nothing of any type
        named = _headers(answer, settings)
        for name, value in named.items():
            answer.headers.setdefault(name, value)
        if _depends_on_who_asks(settings):
            _keep_private(answer)
        return answer

    return secured


def _headers(answer: Response, settings: Settings) -> dict[str, str]:
    named = {**SECURITY_HEADERS, **_of_transport(settings, is_secure=request.is_secure)}
    if answer.status_code != http.HTTPStatus.NOT_MODIFIED or answer.mimetype != "text/html":
        named |= _OF_TYPES.get(answer.mimetype or "", {})  # what has not changed is of this type for want of another
    if request.path.startswith(_SHARED):
        named |= _of_sharing(settings)
        if request.method == "OPTIONS":
            named |= _of_preflight(answer)
    return named


def _of_transport(settings: Settings, *, is_secure: bool) -> dict[str, str]:
    if not (is_secure and settings.hsts_seconds):
        return {}
    return {"Strict-Transport-Security": f"max-age={settings.hsts_seconds}"}


def _of_sharing(settings: Settings) -> dict[str, str]:
    if not settings.cors_origin:
        return {}
    return {
        "Access-Control-Allow-Origin": settings.cors_origin,
        "Access-Control-Expose-Headers": _READABLE,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def _of_preflight(answer: Response) -> dict[str, str]:
    """What a browser asks before a script of another origin sends what a form could not."""
    return {
        "Access-Control-Allow-Methods": answer.headers.get("Allow", "GET"),
        "Access-Control-Allow-Headers": _SENDABLE,
        "Access-Control-Max-Age": str(_ASKED_AGAIN_AFTER_S),
    }


def _depends_on_who_asks(settings: Settings) -> bool:
    """Whether another might be answered otherwise: who is named on a page, or may read what others may not."""
    permission = g.get("permission")
    if permission is None:
        return g.get("principal") is not None
    is_same_for_all = permission.needs_nobody(open_reading=settings.open_reading)
    return not is_same_for_all or permission.action is Action.SIGN_IN or g.get("names_reader", False)


def _keep_private(answer: Response) -> None:
    """Let no cache give the answer to another; a browser that kept it is to ask whether it still holds."""
    answer.vary.update(("Authorization", "Cookie"))
    if "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "private, no-cache" if "ETag" in answer.headers else "private, no-store"
