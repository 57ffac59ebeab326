"""`/metrics`, in front of the application: for who has its token, and there also while the database does not answer."""

from __future__ import annotations

import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson

from service.api.problems import PROBLEM_TYPE, problem_document
from service.logs.places import ROUTE
from service.metrics.text import CONTENT_TYPE, metrics_text
from service.operations.monitoring import installation_gauges

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from service.database import Database

PATH = "/metrics"


class Metrics:
    """WSGI in front of an application, which answers what monitors ask.

    Without a token set there is no such resource. The token is one of its own: it opens nothing else.

    Args:
        application: Where all other requests go.
        database: Whose queue and connections are told.
        token: What monitors send as a bearer token.
    """

    def __init__(self, application: WSGIApplication, database: Database, token: str) -> None:
        self._application = application
        self._database = database
        self._expected = f"Bearer {token}".encode()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"] != PATH:
            return self._application(environ, start_response)
        environ[ROUTE] = PATH
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _refused(start_response, HTTPStatus.METHOD_NOT_ALLOWED, ("Allow", "GET, HEAD"))
        if not hmac.compare_digest(environ.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace"), self._expected):
            return _refused(start_response, HTTPStatus.UNAUTHORIZED, ("WWW-Authenticate", 'Bearer realm="metrics"'))
        text = metrics_text(installation_gauges(self._database))
        return _sent(environ, start_response, text)


def _sent(environ: WSGIEnvironment, start_response: StartResponse, text: bytes) -> list[bytes]:
    headers = [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(text))), ("Cache-Control", "no-store")]
    start_response("200 OK", headers)
    return [text] if environ["REQUEST_METHOD"] == "GET" else []


def _refused(start_response: StartResponse, status: HTTPStatus, header: tuple[str, str]) -> list[bytes]:
    document = orjson.dumps(problem_document(status, status.phrase, "This is for the monitor of the service.", []))
    length = ("Content-Length", str(len(document)))
    start_response(f"{status.value} {status.phrase}", [("Content-Type", PROBLEM_TYPE), length, header])
    return [document]
