"""gunicorn's worker, which answers with a problem document what never gets as far as the application."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.http import errors  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from service.api.problems import PROBLEM_TYPE, problem_document

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
        """Answer a request that cannot be read; what else goes wrong is the worker's own matter."""
        if not isinstance(exc, errors.ParseException) or isinstance(exc, _OURS):
            super().handle_error(req, client, addr, exc)
            return
        try:
            util.write_nonblock(client, refusal(exc))
        except OSError:
            self.log.debug("A client left before it was told that its request cannot be read.")


def refusal(error: Exception) -> bytes:
    """Return the whole answer to a request that cannot be read: its head and a problem document."""
    status, kind = _KINDS.get(type(error), _NO_HTTP)
    body = orjson.dumps(problem_document(status, kind, str(error)[:500], []))
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Connection: close",
        f"Content-Type: {PROBLEM_TYPE}",
        "X-Content-Type-Options: nosniff",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*head, "", "")).encode("latin-1") + body
