"""Whether the client still waits for an answer that takes long to make."""

from __future__ import annotations

import select
import socket
from typing import TYPE_CHECKING

from service.errors import KuntokantaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, TypeVar

    Item = TypeVar("Item")

_SOCKETS = ("gunicorn.socket", "werkzeug.socket")


class ClientGone(KuntokantaError):
    """The client closed the connection before the answer was ready."""

    status = 400


def while_client_waits(items: Iterable[Item], environ: Mapping[str, Any]) -> Iterator[Item]:
    """Give the items one by one for as long as the client of a request keeps its connection.

    Raises:
        ClientGone: It has closed it.
    """
    connection = next((environ[name] for name in _SOCKETS if name in environ), None)
    for item in items:
        if connection is not None and _is_closed(connection):
            raise ClientGone
        yield item


def _is_closed(connection: socket.socket) -> bool:
    """A connection that was closed at the other end is ready to be read and has nothing to read."""
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    try:
        return bool(waiting.poll(0)) and connection.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True
