"""Compression: a client that asks for it gets the same content in fewer bytes, and its ETags go on working."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from backports import zstd
from flask import Flask, Response
from werkzeug.test import TestResponse

from service.api.compression import SMALLEST, compress_answer, read_encoded_tags

CLASSES = "/api/v1/asset-classes"
UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "zstd": zstd.decompress}


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.1, gzip;q=0.9", "gzip"),
        ("GZIP", "gzip"),
        ("zstd;q=0, gzip", "gzip"),
    ],
)
def test_the_content_is_the_same_in_the_encoding_that_is_asked_for(admin: Any, asked: str, given: str) -> None:
    plain = admin("GET", CLASSES)
    packed = admin("GET", CLASSES, headers={"Accept-Encoding": asked})
    assert packed.headers["Content-Encoding"] == given
    assert UNPACK[given](packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 3
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.content_type == plain.content_type


@pytest.mark.parametrize("asked", ["", "identity", "br", "gzip;q=0", "*", "nonsense;;,="])
def test_who_asks_for_no_known_encoding_gets_plain_content(admin: Any, asked: str) -> None:
    answer = admin("GET", CLASSES, headers={"Accept-Encoding": asked})
    assert "Content-Encoding" not in answer.headers
    assert answer.json["items"]
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_an_answer_that_fits_into_one_packet_stays_plain(admin: Any) -> None:
    answer = admin("GET", "/api/v1/municipalities?limit=1", headers={"Accept-Encoding": "gzip"})
    assert len(answer.data) < SMALLEST
    assert "Content-Encoding" not in answer.headers


def test_pages_and_problems_are_compressed_too(admin: Any) -> None:
    page = admin("GET", "/ogc/collections?f=html", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert set(page.headers["Vary"].split(", ")) >= {"Accept", "Accept-Encoding"}


@pytest.fixture(scope="module")
def long_named(engineer: Any) -> str:
    """The address of an asset whose document is worth compressing."""
    body = {"municipality_code": "901", "status": "in_use", "name": "Koulu " * 500}
    answer = engineer("POST", "/api/v1/building", json=body)
    assert answer.status_code == 201, answer.text
    return f"/api/v1/building/{answer.json['id']}"


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_the_etag_of_a_compressed_answer_revalidates_it(engineer: Any, long_named: str, encoding: str) -> None:
    asked = {"Accept-Encoding": encoding}
    read = engineer("GET", long_named, headers=asked)
    plain = engineer("GET", long_named)
    assert read.headers["ETag"] != plain.headers["ETag"]  # a strong ETag is one of the bytes
    again = engineer("GET", long_named, headers={**asked, "If-None-Match": read.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["ETag"] == read.headers["ETag"]
    assert "Accept-Encoding" in again.headers["Vary"]
    assert engineer("GET", long_named, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304


def test_a_change_by_the_etag_of_a_compressed_answer_is_taken_and_a_stale_one_refused(
    engineer: Any, long_named: str
) -> None:
    tag = engineer("GET", long_named, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert tag.endswith('-gzip"')
    for status in (200, 412):
        answer = engineer("PATCH", long_named, json={"built_year": 1970}, headers={"If-Match": tag})
        assert answer.status_code == status


class Streamed:
    """A stream that notes what was asked of it."""

    def __init__(self) -> None:
        self.asked = 0
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for number in range(5):
            self.asked += 1
            yield b"%d;" % number * 1000

    def close(self) -> None:
        self.closed = True


def answering(make: Callable[[], Response], encoding: str) -> TestResponse:
    app = Flask(__name__)
    app.before_request(read_encoded_tags)
    app.after_request(compress_answer)
    app.add_url_rule("/", view_func=make)
    return app.test_client().get("/", headers={"Accept-Encoding": encoding}, buffered=False)


UNPACKERS: dict[str, Callable[[], Any]] = {"gzip": lambda: zlib.decompressobj(31), "zstd": zstd.ZstdDecompressor}


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_each_part_of_a_stream_can_be_read_before_the_next_is_made(encoding: str) -> None:
    stream = Streamed()
    answer = answering(lambda: Response(stream, content_type="text/csv"), encoding)
    unpacker = UNPACKERS[encoding]()
    parts = iter(answer.response)
    first = next(parts)
    assert stream.asked == 1
    assert unpacker.decompress(first) == b"0;" * 1000
    rest = b"".join(map(unpacker.decompress, parts))
    assert rest == b"".join(b"%d;" % number * 1000 for number in range(1, 5))
    answer.close()
    assert stream.closed


def test_a_stream_that_nobody_reads_is_closed_all_the_same() -> None:
    stream = Streamed()
    answering(lambda: Response(stream, content_type="text/csv"), "gzip").close()
    assert stream.closed


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("application/geopackage+sqlite3", {}),
        ("image/png", {}),
        ("application/zip", {}),
        ("text/csv", {"Content-Encoding": "br"}),
        ("application/json", {"Content-Range": "bytes 0-1/2"}),
    ],
)
def test_what_is_packed_already_or_a_part_stays_as_it_is(content_type: str, headers: dict[str, str]) -> None:
    answer = answering(lambda: Response(b"a" * 9000, headers=headers, content_type=content_type), "gzip")
    assert answer.headers.get("Content-Encoding") == headers.get("Content-Encoding")
    assert answer.data == b"a" * 9000


def test_a_vector_tile_is_compressed_and_a_weak_etag_holds_for_every_form() -> None:
    def tile() -> Response:
        answer = Response(b"a" * 9000, content_type="application/vnd.mapbox-vector-tile")
        answer.set_etag("v1", weak=True)
        return answer

    answer = answering(tile, "zstd")
    assert answer.headers["Content-Encoding"] == "zstd"
    assert answer.headers["ETag"] == 'W/"v1"'
