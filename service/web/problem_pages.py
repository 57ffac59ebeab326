"""What people see where something is refused or not there: a page instead of a problem document."""

from __future__ import annotations

from flask import Response, request, url_for
from werkzeug.exceptions import NotFound as NoSuchAddress

from service.api.problems import http_problem, known_problem
from service.catalogues import has_text, text
from service.errors import KuntokantaError, TokenInvalid, TokenMissing
from service.web.pages import asked_language, blueprint, here_in_service, page, page_language, see_other

_HTML, _JSON = "text/html", "application/problem+json"


@blueprint.errorhandler(TokenMissing)
@blueprint.app_errorhandler(TokenMissing)
def lead_to_sign_in(error: TokenMissing) -> Response:
    """Lead people to the sign-in, and from there back to what they asked for; programs are told what is missing."""
    if not _is_opened_by_a_person():
        return known_problem(error)
    return see_other(url_for("web.sign_in_page", next=here_in_service(), **asked_language()))


@blueprint.errorhandler(KuntokantaError)
def refused(error: KuntokantaError) -> Response:
    """Return what a page's address has to say instead of the page."""
    answer = known_problem(error)
    if not _reads_html() or isinstance(error, TokenInvalid):
        return answer
    return _page(error.status, f"problem.{type(error).__name__}", error.detail, answer)


@blueprint.app_errorhandler(NoSuchAddress)
def nothing_there(error: NoSuchAddress) -> Response:
    """Return that there is nothing at an address."""
    answer = http_problem(error)
    return _page(404, "problem.NotFound", "", answer) if _reads_html() else answer


def _page(status: int, key: str, detail: str, otherwise: Response) -> Response:
    language = page_language()
    title = text(language, key if has_text(language, key) else "problem.KuntokantaError")
    answer = page("web/problem.html", status, title=title, detail=detail)
    answer.headers.extend((name, value) for name, value in otherwise.headers if name in ("Retry-After", "Allow"))
    answer.vary.add("Accept")
    return answer


def _is_opened_by_a_person() -> bool:
    """Whether a browser is to show the answer: it says so, or, for a page, asks for HTML before all else."""
    if request.method != "GET":
        return False
    return request.headers.get("Sec-Fetch-Mode") == "navigate" or (request.blueprint == "web" and _reads_html())


def _reads_html() -> bool:
    return request.accept_mimetypes.best_match([_JSON, _HTML]) == _HTML
