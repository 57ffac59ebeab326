"""What never gets as far as the application is refused with a problem document, too."""

from __future__ import annotations

import json

import pytest
from gunicorn.http import errors

from service import gunicorn
from service.ogc.openapi_components import components
from service.web_worker import refusal


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (errors.LimitRequestLine(9000, 8190), 414, "address-too-long"),
        (errors.LimitRequestHeaders("limit request headers fields"), 431, "headers-too-long"),
        (errors.InvalidRequestLine("GET"), 400, "malformed-request"),
        (errors.UnsupportedTransferCoding("gzip"), 501, "unsupported-transfer-coding"),
    ],
)
def test_what_is_no_readable_request_gets_a_problem_document(error: Exception, status: int, kind: str) -> None:
    head, _, body = refusal(error).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"\r\nContent-Type: application/problem+json\r\n" in head + b"\r\n"
    assert f"\r\nContent-Length: {len(body)}".encode() in head
    document = json.loads(body)
    assert (document["status"], document["type"]) == (status, f"urn:kuntokanta:problem:{kind}")
    assert document["detail"]


def test_a_filter_is_said_to_be_no_longer_than_a_request_line_that_the_server_reads() -> None:
    described = components()["parameters"]["filter"]["schema"]
    assert described["maxLength"] == gunicorn.limit_request_line == gunicorn.limit_request_field_size
