"""Choosing a TCP port on the loopback address."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the range that systems take outgoing connections' ports from (Linux: 32768 and up), so that it stays free.
PORTS = range(20000, 30000)


def choose_port(remembered: int | None = None) -> int:
    """Return the remembered port if no program listens on it, otherwise a free one."""
    drawn = random.sample(PORTS, k=200)  # in no order, lest several checkouts draw the same one
    candidates = drawn if remembered is None else [remembered, *drawn]
    return next(filter(is_free, candidates), candidates[-1])


def is_free(port: int) -> bool:
    """Return whether no program listens on the loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does; a listener still refuses
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
