"""The two servers of `make bench-gis`, as processes of their own, and what they and PostgreSQL cost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench_gis_data import PEER_SCHEMA, driver_url

ROOT = Path(__file__).resolve().parents[2]
PEER_VENV = ROOT / ".local" / "tipg-venv"
PEER_PACKAGES = ("tipg", "uvicorn[standard]")
WORKERS = 2
POOL_SIZE = 8
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server: where its collections are, and its first process."""

    name: str
    collections: str
    pid: int

    def worker_pids(self) -> list[int]:
        """Return the processes that answer requests."""
        return children(self.pid)

    def cpu_seconds(self) -> float:
        """Return the CPU that its processes have used."""
        return sum(map(_cpu_seconds, [self.pid, *self.worker_pids()]))

    def peak_worker_mib(self) -> float:
        """Return the most memory that one of its workers has held."""
        return max(_peak_kib(pid) for pid in self.worker_pids()) / 1024


def postgres_cpu_seconds(postmaster_pid: int) -> float:
    """Return the CPU that the living backends have used; those of a pool live on between two readings."""
    return sum(map(_cpu_seconds, children(postmaster_pid)))


def install_peer() -> str:
    """Install TiPg into an environment of its own under .local, and return the versions."""
    python = PEER_VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEER_VENV)], check=True)
    quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEER_PACKAGES]
    subprocess.run([str(python), *quiet], check=True, capture_output=True)
    names = ("tipg", "uvicorn", "asyncpg")
    show = f"from importlib.metadata import version; print(', '.join(f'{{n}} {{version(n)}}' for n in {names}))"
    return subprocess.run([str(python), "-c", show], check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def our_server(url: str, name: str = "service", **settings: str) -> Iterator[Server]:
    """Run the service as `make run` does, but for lines of requests; with further settings where it is to differ."""
    port = _free_port()
    environment = os.environ | {
        "KUNTOKANTA_DATABASE_URL": url,
        "KUNTOKANTA_OPEN_READING": "true",
        "KUNTOKANTA_WORKERS": str(WORKERS),
        "KUNTOKANTA_POOL_SIZE": str(POOL_SIZE),
        "KUNTOKANTA_LOG_REQUESTS": "false",  # TiPg tells of none either
        "KUNTOKANTA_ANONYMOUS_REQUESTS_PER_MINUTE": str(10**9),  # counted, and never too many
        **settings,
    }
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    command = [gunicorn, "-c", "service/gunicorn.py", "--bind", f"127.0.0.1:{port}", "service.wsgi:app"]
    with _running(command, environment, f"http://127.0.0.1:{port}/ogc/conformance") as pid:
        yield Server(name, f"http://127.0.0.1:{port}/ogc/collections/", pid)


@contextmanager
def peer_server(url: str) -> Iterator[Server]:
    """Run TiPg on its tables."""
    port = _free_port()
    environment = os.environ | {
        "DATABASE_URL": driver_url(url),
        "DB_MAX_CONN_SIZE": str(POOL_SIZE),
        "TIPG_DB_SCHEMAS": f'["{PEER_SCHEMA}"]',
        "TIPG_CATALOG_TTL": "0",  # no re-reading of the catalogue amid a measurement
    }
    uvicorn = str(PEER_VENV / "bin" / "uvicorn")
    command = [uvicorn, "tipg.main:app", "--port", str(port), "--workers", str(WORKERS), "--log-level", "error"]
    with _running(command, environment, f"http://127.0.0.1:{port}/collections") as pid:
        yield Server("TiPg", f"http://127.0.0.1:{port}/collections/{PEER_SCHEMA}.", pid)


@contextmanager
def _running(command: list[str], environment: dict[str, str], ready: str) -> Iterator[int]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_until_ready(process, ready)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(240):
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
    raise SystemExit(f"{url} does not answer")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in text.split()]


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
