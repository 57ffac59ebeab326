"""Kills processes of the service that answer, as a machine short of memory does."""

from __future__ import annotations

import os
import random
import signal
import threading
from contextlib import suppress
from pathlib import Path


def kill_now_and_then(address: str, seconds: float, times: int, chance: random.Random) -> None:
    """Kill a process that answers at an address, so many times within these seconds; return at their end."""
    pause = threading.Event()
    for _ in range(times):
        pause.wait(seconds / (times + 1))
        os.kill(chance.choice(_answering(address.removeprefix("http://"))), signal.SIGKILL)
    pause.wait(seconds / (times + 1))


def _answering(address: str) -> list[int]:
    """Return the processes that gunicorn has started for an address: those that another of the same was started by."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if address.encode() in (place / "cmdline").read_bytes().split(b"\0"):
                parents[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
    return [process for process, parent in parents.items() if parent in parents]
