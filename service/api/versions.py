"""Versions of a resource in HTTP: ETag, If-Match and If-None-Match."""

from __future__ import annotations

import re

from flask import Response, request

from service.errors import StaleVersion, VersionMissing

IF_MATCH_PARAMETER = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag that was read: 428 without it, 412 when the asset has been changed since",
    "schema": {"type": "string"},
}
ETAG_HEADER = {"ETag": {"description": "Version of the asset", "schema": {"type": "string"}}}


def etag(row_version: int) -> str:
    """Return the ETag of a version."""
    return f'"{row_version}"'


def expected_versions() -> frozenset[int] | None:
    """Return the versions that If-Match names, None for `*`; raises `VersionMissing` without the header."""
    if "If-Match" not in request.headers:
        raise VersionMissing
    return matched_versions()


def matched_versions() -> frozenset[int] | None:
    """Return the versions that If-Match names, None for `*` and without the header.

    The ETag of a feature goes on after its version, as what a GIS client sees changes without it.
    """
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    numbers = (str(tag).partition("-")[0] for tag in request.if_match.as_set())
    return frozenset(int(each) for each in numbers if re.fullmatch("[0-9]{1,18}", each, re.ASCII))


def check_version(expected: frozenset[int] | None, row_version: int) -> None:
    """Raise `StaleVersion` for another version than is expected: before the body is looked at, as HTTP has it."""
    if expected is not None and row_version not in expected:
        raise StaleVersion(current=row_version)


def unless_known(answer: Response, row_version: int) -> Response:
    """Return the answer with its ETag, or 304 where If-None-Match says that the client has this version."""
    tags = request.if_none_match
    if "If-None-Match" in request.headers and (tags.star_tag or tags.contains_weak(str(row_version))):
        answer = Response(status=304)
    answer.headers["ETag"] = etag(row_version)
    return answer
