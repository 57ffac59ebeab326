"""What all pages have in common: their language, who reads them, and the frame around their content."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, redirect, render_template, request

from service.api.security_headers import PAGE_POLICY
from service.api.sessions import session
from service.catalogues import LANGUAGES, text
from service.operations.principals import Principal

blueprint = Blueprint("web", __name__, template_folder="templates", static_folder=Path(__file__).parent / "static")


def page_language() -> str:
    """Return the language asked for in the address, else the browser's, else Finnish."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "fi")


def asked_language() -> dict[str, Any]:
    """Return the language as a parameter of addresses where this request's address chose it."""
    return {"lang": page_language()} if "lang" in request.args else {}


def see_other(address: str) -> Response:
    """Lead a browser to another page of this service, or to the issuer."""
    answer: Response = redirect(address, 303, Response=Response)  # type: ignore[assignment]
    return answer


def page(template: str, status: int = 200, *, policy: str = PAGE_POLICY, **values: Any) -> Response:
    """Return a page in the reader's language with links to the same page in the others; it names who is signed in."""
    language = page_language()
    g.names_reader = True

    def translate(key: str, **inserted: Any) -> str:
        return text(language, key, **inserted)

    own, reader = session(), _reader()
    framed = {
        "languages": {each: _here(lang=each) for each in LANGUAGES},
        "reader": reader.holder if reader else None,
        "form_token": own.form_token if own else None,
        "next": here_in_service(),
    }
    body = render_template(template, language=language, t=translate, **{**framed, **values})
    headers = {"Content-Security-Policy": policy, "Content-Language": language, "Vary": "Accept-Language"}
    return Response(body, status, headers, mimetype="text/html")


def here_in_service() -> str:
    """Return the address of this request within the service, to come back to."""
    query = request.query_string.decode("ascii", "replace")
    return quote(request.path) + (f"?{query}" if query else "")


def _reader() -> Principal | None:
    reader: Principal | None = g.get("principal")
    return reader


def _here(**other: str) -> str:
    """Return the address of this page with other parameters."""
    kept = {name: value for name, value in request.args.items() if name not in other}
    return f"{request.script_root}{quote(request.path)}?{urlencode(kept | other)}"
