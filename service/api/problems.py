"""Errors as problem documents (RFC 9457): every fault, never a stack trace."""

from __future__ import annotations

import http
import re
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from flask import Flask, Response
from marshmallow import INCLUDE, Schema, fields
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from service.errors import BodyTooLarge, Fault, KuntokantaError, StaleVersion, TokenInvalid
from service.metrics.counted import count_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

PROBLEM_TYPE = "application/problem+json"
_ADDED_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": 'Bearer realm="kuntokanta"'},
    429: {"Retry-After": "5"},
    503: {"Retry-After": "5"},
}


class FaultSchema(Schema):
    """One thing that is wrong, and where."""

    pointer = fields.String(required=True, metadata={"description": "JSON pointer, or name of the query parameter"})
    detail = fields.String(required=True)


class ProblemSchema(Schema):
    """A problem document of RFC 9457, which may say more: that of an import has its `report`."""

    class Meta:
        """RFC 9457, 3.2: clients pass over members that they do not know."""

        unknown = INCLUDE

    type = fields.String(required=True, metadata={"description": "What kind of problem it is"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(metadata={"description": "This occurrence, as the service's log names it"})
    errors = fields.List(fields.Nested(FaultSchema), metadata={"description": "Every fault that was found"})


def register_problem_handlers(app: Flask) -> None:
    """Answer every error of the application with a problem document."""
    app.register_error_handler(KuntokantaError, known_problem)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(Exception, unexpected_problem)


def known_problem(error: KuntokantaError) -> Response:
    """Return the problem document of an error of the service."""
    if error.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        structlog.get_logger().error("request_failed", error=type(error).__name__, exc_info=error)
    answer = problem(error.status, type(error).__name__, error.detail, error.faults)
    if isinstance(error, TokenInvalid):  # RFC 6750, 3.1
        answer.headers["WWW-Authenticate"] += ', error="invalid_token"'
    if isinstance(error, StaleVersion) and error.current is not None:
        answer.set_etag(error.current)
    if error.retry_after_s is not None:
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def http_problem(error: HTTPException) -> Response:
    """Return the problem document of an error of the HTTP layer; a redirect stays one."""
    if error.code is None or error.code < http.HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]
    if isinstance(error, RequestEntityTooLarge):
        return known_problem(BodyTooLarge())
    answer = problem(error.code, error.name, error.description or error.name, [])
    kept = ((name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After"))
    answer.headers.extend(kept)
    return answer


def unexpected_problem(error: Exception) -> Response:
    """Log what nobody foresaw, and tell the client only where it stands in the log."""
    instance = f"urn:uuid:{uuid.uuid4()}"
    structlog.get_logger().error("request_crashed", instance=instance, exc_info=error)
    detail = "The service failed to answer this request. The failure is logged."
    return problem(500, "InternalError", detail, [], instance=instance)


def problem(status: int, kind: str, detail: str, faults: Sequence[Fault], *, instance: str | None = None) -> Response:
    """Return a problem document as a response."""
    document = problem_document(status, kind, detail, faults)
    count_problem(document["type"].rpartition(":")[2], status)
    if instance is not None:
        document["instance"] = instance
    return Response(orjson.dumps(document), status, dict(_ADDED_HEADERS.get(status, {})), content_type=PROBLEM_TYPE)


def problem_document(status: int, kind: str, detail: str, faults: Sequence[Fault]) -> dict[str, Any]:
    """Return the members of a problem document; `kind` is the name of the error, in words or CamelCase."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)
    return {
        "type": f"urn:kuntokanta:problem:{words.lower().replace(' ', '-')}",
        "title": words.capitalize(),
        "status": status,
        "detail": detail,
        "errors": [fault.as_dict() for fault in faults],
    }
