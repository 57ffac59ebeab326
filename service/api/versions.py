"""Versions of a resource in HTTP: ETag, If-Match and If-None-Match."""

from __future__ import annotations

from flask import Response, request

from service.errors import VersionMissing

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
    if request.if_match.star_tag:
        return None
    return frozenset(int(tag) for tag in request.if_match.as_set() if tag.isascii() and tag.isdecimal())


def unless_known(answer: Response, row_version: int) -> Response:
    """Return the answer with its ETag, or 304 where If-None-Match says that the client has this version."""
    tags = request.if_none_match
    if "If-None-Match" in request.headers and (tags.star_tag or tags.contains_weak(str(row_version))):
        answer = Response(status=304)
    answer.headers["ETag"] = etag(row_version)
    return answer
