"""Each request is given an id, counted, and told in one line of the log, whatever answers it.

A line tells by which route somebody came, never the address itself nor what it asks, and who by a pseudonym.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any

import structlog
from flask import Response, g, request

from service.logs.lines import write_line
from service.logs.places import BY, REQUEST_ID, ROUTE
from service.logs.pseudonyms import pseudonym
from service.metrics.counted import count_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

NO_ROUTE = "none"
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
"""Ids that are taken over as they are given: no name and no number of anybody looks like this."""
_LOOKED_EVERY_S = 1.0


class Observed:
    """WSGI around an application.

    Args:
        application: What answers.
        look: Notes the state of this process; called now and then after an answer.
        logs_requests: Whether each request is told in a line of the log.
    """

    def __init__(self, application: WSGIApplication, look: Callable[[], None], *, logs_requests: bool) -> None:
        self._application = application
        self._look = look
        self._looked_at = 0.0
        self._logs_requests = logs_requests

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        begun, status = time.perf_counter(), "500"
        given = environ.get("HTTP_X_REQUEST_ID")
        request_id = given if given is not None and _ID.fullmatch(given) else os.urandom(16).hex()
        environ[REQUEST_ID] = request_id

        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal status
            status = line[:3]
            headers.append(("X-Request-Id", request_id))
            return start_response(line, headers, *rest)

        def done() -> None:
            self._done(environ, status, begun)

        try:
            content = self._application(environ, start)
        except BaseException:
            done()
            raise
        if isinstance(content, (list, environ.get("wsgi.file_wrapper", list))):
            done()  # there is nothing more to make, and the server sends a file best itself
            return content
        return _Followed(content, done)

    def _done(self, environ: WSGIEnvironment, status: str, begun: float) -> None:
        now = time.perf_counter()
        method, route = environ["REQUEST_METHOD"], environ.get(ROUTE, NO_ROUTE)
        count_request(route, method, status, now - begun)
        if self._logs_requests:
            write_line(
                event="request",
                request_id=environ[REQUEST_ID],
                method=method if method.isalpha() and len(method) < 10 else "other",
                route=route,
                status=int(status),
                ms=round((now - begun) * 1000, 2),
                by=environ.get(BY),
            )
        if now - self._looked_at > _LOOKED_EVERY_S:
            self._looked_at = now
            self._look()


class _Followed:
    """An answer, with what is to be done when it has been sent, or was broken off."""

    def __init__(self, content: Iterable[bytes], done: Callable[[], None]) -> None:
        self._content = content
        self._done = done

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._content)

    def close(self) -> None:
        """End the answer."""
        try:
            if hasattr(self._content, "close"):
                self._content.close()
        finally:
            self._done()


def request_id() -> str:
    """Return the id of the request that is answered."""
    return str(request.environ[REQUEST_ID])


def note_route() -> None:
    """Note, before all else, by which route the request came, and have the lines of its log name both."""
    rule = request.url_rule
    request.environ[ROUTE] = route = NO_ROUTE if rule is None else rule.rule
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request.environ.get(REQUEST_ID), route=route)


def note_who(answer: Response) -> Response:
    """Note who asked, once that is known."""
    holder = g.get("principal")
    if holder is not None:
        request.environ[BY] = pseudonym(holder.holder)
    return answer
