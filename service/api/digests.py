"""Records without a version number in HTTP: their digest is their ETag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from service.api.answers import json_answer
from service.api.created import CreatedAnswer
from service.api.record_lists import record_document
from service.operations.replacement import KnownRecord, record_digest
from service.queries.record_sets import RecordSet

IF_MATCH_PARAMETER = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag that was read; needed where there is a record already",
    "schema": {"type": "string"},
}


def known_record() -> KnownRecord:
    """Return what this request says of the record that it is about to replace."""
    if "If-Match" not in request.headers:
        return KnownRecord(is_told=False)
    return KnownRecord(True, None if request.if_match.star_tag else frozenset(request.if_match.as_set()))


def record_etag(record: Mapping[str, Any]) -> str:
    """Return the ETag of a record."""
    return f'"{record_digest(record)}"'


def replaced_answer(records: RecordSet) -> CreatedAnswer:
    """Return the answer, with its ETag, to who writes a record over the present one."""

    def described(_: Any, record: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
        return record_document(records, record), {"ETag": record_etag(record)}

    return CreatedAnswer(described, 200)


def record_answer(records: RecordSet, record: Mapping[str, Any]) -> Response:
    """Return a record with its ETag, or 304 where the reader has it."""
    if "If-None-Match" in request.headers and request.if_none_match.contains_weak(record_digest(record)):
        answer = Response(status=304)
    else:
        answer = json_answer(record_document(records, record))
    answer.headers["ETag"] = record_etag(record)
    return answer
