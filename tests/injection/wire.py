"""HTTP as bytes on a connection: what client libraries refuse to send is sent."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

WITHIN_S = 60


@dataclass(frozen=True)
class Answer:
    """An answer, and how long it took."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes
    seconds: float

    @property
    def kind(self) -> str:
        """Its media type without parameters."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), "").partition(";")[0]


class Wire:
    """A connection to the service, made anew where it was closed."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._place = (str(parts.hostname), int(parts.port or 80))
        self._socket: socket.socket | None = None

    def ask(self, method: str, target: str, headers: Mapping[str, bytes], body: bytes = b"") -> Answer:
        """Send a request as it is given and return the answer; asks once more where a kept connection was closed."""
        named = {"Host": f"{self._place[0]}:{self._place[1]}".encode(), **headers}
        if body or method in ("POST", "PUT", "PATCH"):
            named["Content-Length"] = str(len(body)).encode()
        head = b"".join(f"{name}: ".encode() + value + b"\r\n" for name, value in named.items())
        sent = f"{method} {target} HTTP/1.1\r\n".encode("ascii") + head + b"\r\n" + body
        was_kept = self._socket is not None
        try:
            return self._asked(method, sent)
        except (http.client.HTTPException, OSError):
            self.close()
            if not was_kept:
                raise
            return self._asked(method, sent)

    def close(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _asked(self, method: str, sent: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(self._place, WITHIN_S)
        begun = time.monotonic()
        with suppress(ConnectionError):  # what is too long is answered before it is read
            self._socket.sendall(sent)
        answer: Any = http.client.HTTPResponse(self._socket, method=method)
        answer.begin()
        content = answer.read()
        found = Answer(answer.status, answer.getheaders(), content, time.monotonic() - begun)
        if answer.will_close:
            self.close()
        return found
