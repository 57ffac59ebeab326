"""Records and jobs without a version number in HTTP: their digest is their ETag."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from service.api.answers import JSON_TYPE, json_answer, to_json
from service.api.record_lists import record_document
from service.api.written import WrittenAnswer
from service.errors import StaleVersion
from service.operations.replacement import KnownRecord, record_digest
from service.queries.record_sets import RecordSet

IF_MATCH_PARAMETER = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag that was read; needed where there is a record already",
    "schema": {"type": "string"},
}

HEEDED_IF_MATCH = {**IF_MATCH_PARAMETER, "description": "The ETag that was read: 412 where the job has gone on since"}
"""Of what may be cancelled: that overwrites nothing, and needs no ETag."""
ETAG_HEADER = {"ETag": {"description": "Changes with the answer", "schema": {"type": "string"}}}


def known_record() -> KnownRecord:
    """Return what this request says of the record that it is about to replace."""
    if "If-Match" not in request.headers:
        return KnownRecord(is_told=False)
    return KnownRecord(True, None if request.if_match.star_tag else frozenset(request.if_match.as_set()))


def record_etag(record: Mapping[str, Any]) -> str:
    """Return the ETag of a record."""
    return f'"{record_digest(record)}"'


def replaced_answer(records: RecordSet) -> WrittenAnswer:
    """Return the answer, with its ETag, to who writes a record over the present one."""

    def described(_: Any, record: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
        return record_document(records, record), {"ETag": record_etag(record)}

    return WrittenAnswer(described, 200)


def record_answer(records: RecordSet, record: Mapping[str, Any]) -> Response:
    """Return a record with its ETag, or 304 where the reader has it."""
    if "If-None-Match" in request.headers and request.if_none_match.contains_weak(record_digest(record)):
        answer = Response(status=304)
    else:
        answer = json_answer(record_document(records, record))
    answer.headers["ETag"] = record_etag(record)
    return answer


def document_answer(document: Mapping[str, Any]) -> Response:
    """Return a document with the ETag that its content makes, or 304 where the reader has it."""
    content = to_json(document)
    tag = _digest(content)
    is_known = "If-None-Match" in request.headers and request.if_none_match.contains_weak(tag)
    answer = Response(status=304) if is_known else Response(content, content_type=JSON_TYPE)
    answer.set_etag(tag)
    return answer


def check_document(read: Callable[[], Mapping[str, Any]]) -> None:
    """Raise `StaleVersion` where If-Match names another state of a document than the present one."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return
    tag = _digest(to_json(read()))
    if tag not in request.if_match.as_set():
        raise StaleVersion(current=tag)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()
