"""Settings of gunicorn: a few processes with threads, since requests wait for the database most of the time."""

from __future__ import annotations

import ctypes
import os
import secrets
from typing import Any

from service.metrics.shared import give_up, settle, share_counts, take_place

share_counts()

# Measured on two cores that PostgreSQL shares, 16 connections asking for 10 features each: 1 process 820 requests/s,
# 2 processes 990 with 2 to 4 threads; a third and fourth process gain nothing beyond what the measure itself wavers.
worker_class = "service.web_worker.WebWorker"
workers = int(os.environ.get("KUNTOKANTA_WORKERS", "2"))
threads = int(os.environ.get("KUNTOKANTA_THREADS", "4"))

# Longer than the database lets a statement run, so that a client gets a problem document and no broken connection.
timeout = 120
graceful_timeout = 30

# Longer than the minute for which proxies keep a connection, so that the proxy closes it and no request meets an end.
keepalive = 75

# Workers are renewed now and then, not all at once.
max_requests = 20_000
max_requests_jitter = 2_000

limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# gunicorn's own line of a request holds all that it asks: the service writes one that does not.
accesslog = None
errorlog = "-"
loglevel = "warning"
logger_class = "service.web_log.WebLog"

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # of glibc's malloc.h
_LARGE_BYTES = 1024 * 1024
_LOG_KEY = "KUNTOKANTA_LOG_KEY"


def on_starting(_server: Any) -> None:
    """Prepare what the processes that answer have in common: the key of their pseudonyms, their way with memory."""
    if f"{_LOG_KEY}_FILE" not in os.environ:
        os.environ.setdefault(_LOG_KEY, secrets.token_hex(32))
    os.environ.setdefault("PGAPPNAME", "kuntokanta web")  # as PostgreSQL's own views and /metrics name it
    _share_memory()


def pre_fork(_server: Any, worker: Any) -> None:
    """Give a process to come its place among the counts."""
    take_place(worker.age)


def post_fork(_server: Any, worker: Any) -> None:
    """Have a process that answers clients keep what they send out of the log, and count in its place."""
    settle(worker.age)
    worker.log.doubt()


def child_exit(_server: Any, worker: Any) -> None:
    """Free the place of a process that has ended."""
    give_up(worker.age)


def _share_memory() -> None:
    """Let the threads of a process share their memory, and give what is large back, here and in processes it starts.

    Each thread would otherwise keep what its largest page took, and what is large would come to lie amid what is small
    once the first was freed. Measured on pages of 10 000 features for four connections at a time, at the same speed:
    the first saves 58 MiB a process, the second another 18. Other C libraries than glibc know neither.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
