"""A client that sends slowly keeps a thread for a while only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from service import web_worker
from service.web_worker import PatientUnreader


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[socket.socket, socket.socket]]:
    """The client's and the server's end of a connection, on which a fifth of a second is long."""
    monkeypatch.setattr(web_worker, "SILENT_S", 0.2)
    client, server = socket.socketpair()
    with client, server:
        yield client, server


def test_what_comes_in_time_is_read_whole(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    reader = PatientUnreader(server)
    client.sendall(b"GET / HTTP/1.1\r\n" + bytes(100_000))
    assert len(reader.read(100_016)) == 100_016


def test_who_begins_a_request_and_falls_silent_is_not_waited_for(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    reader = PatientUnreader(server)
    client.sendall(b"GET / HT")
    assert reader.read() == b"GET / HT"
    assert reader.read() == b""
    client.sendall(b"TP/1.1\r\n\r\n")
    assert reader.read() == b""  # a request that was given up is not gone on with


def test_who_drips_a_request_byte_by_byte_is_not_waited_for(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    reader, given_up = PatientUnreader(server), threading.Event()

    def drip() -> None:
        while not given_up.wait(0.02):
            client.sendall(b"X")

    dripping = threading.Thread(target=drip)
    dripping.start()
    while reader.read():
        pass
    given_up.set()
    dripping.join()
    assert reader.read() == b""


def test_each_request_of_a_connection_has_its_own_time(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, server = ends
    reader = PatientUnreader(server)
    later = web_worker.time.monotonic() + 3600
    monkeypatch.setattr(web_worker.time, "monotonic", lambda: later)
    reader.begin()
    client.sendall(b"GET / HTTP/1.1\r\n")
    assert reader.read() == b"GET / HTTP/1.1\r\n"
