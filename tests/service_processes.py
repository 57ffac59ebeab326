"""The service as it runs: gunicorn on a free port, and workers beside it."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from service.cluster.port import LOOPBACK, choose_port

ROOT, PROGRAMS = Path(__file__).resolve().parent.parent, Path(sys.executable).parent


@contextmanager
def served(environment: Mapping[str, str], *, workers: int = 1, log: IO[str] | None = None) -> Iterator[str]:
    """Give the address of a service that runs with these settings as long as the context lasts.

    Args:
        environment: Of its processes.
        workers: How many carry out jobs.
        log: Where they write what else goes to the error stream.
    """
    address = f"{LOOPBACK}:{choose_port(None)}"
    gunicorn = [str(PROGRAMS / "gunicorn"), "-c", "service/gunicorn.py", "--bind", address, "service.wsgi:app"]
    commands = [gunicorn, *[[str(PROGRAMS / "kuntokanta"), "work"]] * workers]
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log) for command in commands]
    try:
        _wait_for(f"http://{address}/healthz")
        yield f"http://{address}"
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)
