"""Answers to writes: the record and, where it is new, its address; kept where the client may repeat the request."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec

from flask import Response, g, request
from sqlalchemy.orm import Session

from service.api.answers import JSON_TYPE, to_json
from service.api.identity import principal
from service.api.state import database
from service.api.uploads import FORM_TYPE, form_content
from service.errors import Fault, KuntokantaError, MalformedRequest
from service.operations.jobs import WHOLE_COUNTRY
from service.operations.kept_answers import (
    Answer,
    AnsweredBefore,
    RepeatableRequest,
    carried_out_once,
    find_kept_answer,
    keep_answer,
)

LONGEST_KEY = 255
KEY_PATTERN = "^[!-~]([ -~]*[!-~])?$"
KEY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A request that is repeated with the same key within 24 hours is answered again, not done again;"
    " 422 where another request had the key, 409 with Retry-After while the first is under way",
    "schema": {"type": "string", "pattern": KEY_PATTERN, "maxLength": LONGEST_KEY},
}
# Headers that say, beside address and body, what is asked for.
_TERMS = ("Content-Crs", "If-Match")

Arguments = ParamSpec("Arguments")
Described = Callable[[Session, Mapping[str, Any]], tuple[Any, Mapping[str, str]]]


class WrittenAnswer:
    """The last step of an operation that writes: makes the answer, and keeps it within the transaction."""

    def __init__(self, describe: Described = lambda _, __: (None, {}), status: int = 201) -> None:
        """`describe` gives document and headers; no document is an answer without content."""
        self._describe = describe
        self._status = status
        self._answer: Answer | None = None

    def __call__(self, session: Session, record: Mapping[str, Any]) -> None:
        """Make the answer of the record that was written."""
        document, headers = self._describe(session, record)
        self._answer = Answer(self._status, headers, "" if document is None else to_json(document).decode())
        repeatable: RepeatableRequest | None = g.get("repeatable")
        if repeatable is not None:
            keep_answer(session, repeatable, self._answer, record.get("municipality_code") or WHOLE_COUNTRY)

    def response(self) -> Response:
        """Return the response, once the transaction is through."""
        if self._answer is None:
            raise RuntimeError("the operation ended without calling its last step")
        return _response(self._answer)


def kept_alone(document: Any, municipality_code: str | None) -> Response:
    """Return the answer to a request that writes nothing itself, and keep it.

    What is about no municipality stands under one of the client's: it may keep it nowhere else.
    """
    answer, own = WrittenAnswer(lambda _, __: (document, {}), 200), principal().municipalities(g.permission.action)
    with database().writing() as session:
        answer(session, {"municipality_code": municipality_code or (min(own) if own else None)})
    return answer.response()


def repeatable(view: Callable[Arguments, Response]) -> Callable[Arguments, Response]:
    """Answer a write that is repeated with its Idempotency-Key as it was answered the first time."""

    @functools.wraps(view)
    def answered_once(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Response:
        g.repeatable = asked = _repeatable_request()
        if asked is None:
            return view(*args, **kwargs)
        kept = find_kept_answer(database(), asked)
        if kept is not None:
            return _response(kept)
        try:
            with carried_out_once(asked):
                return view(*args, **kwargs)
        except AnsweredBefore as before:
            return _response(before.answer)
        except KuntokantaError:
            # What the same request has done meanwhile may be what stands in the way.
            kept = find_kept_answer(database(), asked)
            if kept is None:
                raise
            return _response(kept)

    return answered_once


def _repeatable_request() -> RepeatableRequest | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        detail = f"1 to {LONGEST_KEY} printable ASCII characters are expected"
        raise MalformedRequest(f"Idempotency-Key: {detail}", [Fault("Idempotency-Key", detail)])
    terms = "\n".join(request.headers.get(name, "") for name in _TERMS).encode()
    content = b"\n".join((request.method.encode(), request.full_path.encode(), terms, _body()))
    return RepeatableRequest(principal().sha256, key, content)


def _body() -> bytes:
    """Return the body, or of a form with files, which may be large, what tells it from others."""
    return form_content() if request.mimetype == FORM_TYPE else request.get_data()


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, {"Content-Type": JSON_TYPE, **answer.headers})
