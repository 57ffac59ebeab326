"""gunicorn's worker: it answers what never gets as far as the application with a problem document, in time.

A client that sends or reads slowly holds a thread as long; a proxy in front takes that off the service, but not every
installation has one.
"""

from __future__ import annotations

import struct
import time
from contextlib import suppress
from http import HTTPStatus
from socket import SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from gunicorn import http, util  # type: ignore[import-untyped]
from gunicorn.http import errors  # type: ignore[import-untyped]
from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from service.api.problems import PROBLEM_TYPE, problem_document
from service.metrics.counted import count_problem

if TYPE_CHECKING:
    import socket

SILENT_S = 20.0
"""For how long a client may send nothing of a request that it has begun."""
LEAST_BYTES_A_S = 1000
"""How much it has to send of it, beyond the first `SILENT_S`."""
UNREAD_S = 60.0
"""For how long it may read nothing of an answer."""
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


class PatientUnreader(SocketUnreader):  # type: ignore[misc]
    """Reads requests from a connection as long as they come at a tolerable pace; then it is as if they had ended."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        connection.setsockopt(SOL_SOCKET, SO_RCVTIMEO, _duration(SILENT_S))
        connection.setsockopt(SOL_SOCKET, SO_SNDTIMEO, _duration(UNREAD_S))
        self._is_over = False
        self.begin()

    def begin(self) -> None:
        """Begin to wait for a request."""
        self._begun, self._read = time.monotonic(), 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return what comes next, nothing where the client has ended or takes too long."""
        content = b"" if self._is_over else self._received(size_hint)
        self._read += len(content)
        allowed_s = SILENT_S + self._read / LEAST_BYTES_A_S
        self._is_over = not content or time.monotonic() - self._begun > allowed_s
        return b"" if self._is_over else content

    def _received(self, size_hint: int | None) -> bytes:
        with suppress(BlockingIOError, TimeoutError):
            return bytes(super().chunk(size_hint))
        return b""


class WebWorker(ThreadWorker):  # type: ignore[misc]
    """The worker with threads, whose refusals programs can read."""

    def handle(self, conn: Any) -> Any:
        """Answer the next request of a connection."""
        if conn.parser is not None:
            conn.parser.unreader.begin()
        elif not conn.cfg.is_ssl:
            conn.parser = http.get_parser(conn.cfg, conn.sock, conn.client)
            conn.parser.unreader = PatientUnreader(conn.sock)
        return super().handle(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer a request that cannot be read, or whose answer failed before it was begun."""
        del req, addr  # gunicorn would log what they hold
        is_ours = not isinstance(exc, errors.ParseException) or isinstance(exc, _OURS)
        if is_ours:
            structlog.get_logger().error("answer_failed", exc_info=exc)
        with suppress(OSError):  # the client has left
            util.write_nonblock(client, failure() if is_ours else refusal(exc))


def _duration(seconds: float) -> bytes:
    return struct.pack("@ll", int(seconds), int(seconds % 1 * 1e6))  # the kernel's timeval


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
