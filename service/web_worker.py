"""gunicorn's worker, which answers with a problem document what never gets as far as the application."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.http import errors  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from service.api.problems import PROBLEM_TYPE, problem_document
from service.metrics.counted import count_problem

if TYPE_CHECKING:
    import socket

_KINDS = {
    errors.LimitRequestLine: (HTTPStatus.REQUEST_URI_TOO_LONG, "AddressTooLong"),
    errors.LimitRequestHeaders: (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "HeadersTooLong"),
    errors.ExpectationFailed: (HTTPStatus.EXPECTATION_FAILED, "ExpectationFailed"),
    errors.UnsupportedTransferCoding: (HTTPStatus.NOT_IMPLEMENTED, "UnsupportedTransferCoding"),
}
# These are about our own settings and headers, or the proxy's.
_OURS = (
    errors.ConfigurationProblem,
    errors.ForbiddenProxyRequest,
    errors.InvalidResponseHeader,
    errors.InvalidResponseHeaderName,
)
_NO_HTTP = (HTTPStatus.BAD_REQUEST, "MalformedRequest")


class WebWorker(ThreadWorker):  # type: ignore[misc]
    """The worker with threads, whose refusals programs can read."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer a request that cannot be read, or whose answer failed before it was begun."""
        del req, addr  # gunicorn would log what they hold
        is_ours = not isinstance(exc, errors.ParseException) or isinstance(exc, _OURS)
        if is_ours:
            structlog.get_logger().error("answer_failed", exc_info=exc)
        with suppress(OSError):  # the client has left
            util.write_nonblock(client, failure() if is_ours else refusal(exc))


def refusal(error: BaseException) -> bytes:
    """Return the whole answer to a request that cannot be read: its head and a problem document."""
    status, kind = _KINDS.get(type(error), _NO_HTTP)
    return _answer(status, kind, str(error)[:500])


def failure() -> bytes:
    """Return the whole answer where answering failed before anything was sent."""
    detail = "The service failed to answer this request. The failure is logged."
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError", detail)


def _answer(status: HTTPStatus, kind: str, detail: str) -> bytes:
    document = problem_document(status, kind, detail, [])
    count_problem(document["type"].rpartition(":")[2], status)
    body = orjson.dumps(document)
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Connection: close",
        f"Content-Type: {PROBLEM_TYPE}",
        "X-Content-Type-Options: nosniff",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*head, "", "")).encode("latin-1") + body
