"""The server process: whether it runs, starting it, stopping it, and what a crash has left."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from service.cluster.binaries import Binaries
from service.cluster.errors import ClusterError
from service.cluster.place import Place

START_TIMEOUT_S = 120  # recovery after a crash may take its time
FAST_STOP_TIMEOUT_S = 30
IMMEDIATE_STOP_TIMEOUT_S = 10
ORPHAN_TIMEOUT_S = 2
LOG_LIMIT_BYTES = 20_000_000
LOG_LINES_SHOWN = 20
_PORT_LINE = 3  # of the lock file, the first being 0


class PortTakenError(ClusterError):
    """Another program took the port between its choice and the start."""


def running_pid(place: Place) -> int | None:
    """Return the process id of this cluster's server, or nothing.

    The lock file alone is no proof: after a crash or a restart of the machine its number may be another program's.
    """
    return _running_pid(place, _lock_file_lines(place))


def running_port(place: Place) -> int | None:
    """Return the TCP port of this cluster's server as its lock file says, or nothing.

    The file is read once: a server that ends removes it, and one that starts writes it line by line.
    """
    lines = _lock_file_lines(place)
    is_told = len(lines) > _PORT_LINE and lines[_PORT_LINE].isdigit()
    return int(lines[_PORT_LINE]) if is_told and _running_pid(place, lines) is not None else None


def _running_pid(place: Place, lines: list[str]) -> int | None:
    pid = int(lines[0]) if lines and lines[0].isdigit() else None
    return pid if pid in _processes(place) else None


def launch(place: Place, binaries: Binaries) -> None:
    """Start the server and wait until it takes connections.

    Raises:
        PortTakenError: its port is no longer free.
        ClusterError: it did not start; the message ends with the end of its log.
    """
    _clear_after_crash(place)
    _turn_log(place)
    log_start = place.log.stat().st_size if place.log.exists() else 0
    # Relative paths: pg_ctl hands its arguments to a shell, which would read signs such as $ in a path.
    options = ("-D", ".", "-l", f"../{place.log.name}", "-w", "-t", str(START_TIMEOUT_S))
    done = place.account.run(binaries.program("pg_ctl"), "start", *options, cwd=place.data)
    if done.returncode != 0:
        said = _log_since(place, log_start)
        kind = PortTakenError if "could not create any TCP/IP sockets" in said else ClusterError
        end = "\n".join(said.splitlines()[-LOG_LINES_SHOWN:])
        raise kind(f"PostgreSQL did not start: {done.stderr.strip()}\nThe end of its log, {place.log}:\n{end}")


def wait_until_ready(place: Place) -> None:
    """Wait for a server that somebody else started a moment ago."""

    def is_ready() -> bool:
        return _lock_file_lines(place)[7:8] == ["ready"]

    if not _within(START_TIMEOUT_S, lambda: is_ready() or running_pid(place) is None) or not is_ready():
        raise ClusterError(f"PostgreSQL ended or is not ready after {START_TIMEOUT_S} s; its log is {place.log}.")


def halt(place: Place) -> bool:
    """Stop the server: open transactions are rolled back. Return whether it ran."""
    if (pid := running_pid(place)) is None:
        return False
    for stop_signal, timeout_s in (
        (signal.SIGINT, FAST_STOP_TIMEOUT_S),  # PostgreSQL's fast shutdown
        (signal.SIGQUIT, IMMEDIATE_STOP_TIMEOUT_S),  # immediate: recovers at the next start
    ):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, stop_signal)
        if _within(timeout_s, lambda: pid not in _processes(place)):
            return True
    raise ClusterError(f"PostgreSQL (process {pid}) does not stop; its log is {place.log}.")


def _clear_after_crash(place: Place) -> None:
    """Remove what a killed server left: processes of its, which bar a new one, and its lock files."""
    for stop_signal in (0, signal.SIGQUIT, signal.SIGKILL):  # 0 sends none: they mostly end by themselves
        for pid in _processes(place):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, stop_signal)
        if _within(ORPHAN_TIMEOUT_S, lambda: not _processes(place)):
            break
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    for left in place.socket_directory.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def _processes(place: Place) -> set[int]:
    """Return PostgreSQL's processes that work in this data directory.

    Asked as the account: in a container root may not look at another user's processes.
    """
    pattern = ("-path", "/proc/[0-9]*/cwd", "-printf", "%h\t%l\n")
    listing = place.account.run("find", "/proc", "-maxdepth", "2", *pattern).stdout
    pairs = [line.split("\t", 1) for line in listing.splitlines() if "\t" in line]
    data = str(place.data.resolve())
    return {int(Path(process).name) for process, cwd in pairs if cwd == data and _is_postgres(Path(process))}


def _is_postgres(process: Path) -> bool:
    with contextlib.suppress(OSError):  # it may have ended meanwhile
        return (process / "comm").read_text(encoding="utf-8").strip() in ("postgres", "postmaster")
    return False


def _lock_file_lines(place: Place) -> list[str]:
    try:
        return [line.strip() for line in (place.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []


def _turn_log(place: Place) -> None:
    if place.log.exists() and place.log.stat().st_size > LOG_LIMIT_BYTES:
        place.log.replace(place.log.with_suffix(".log.1"))


def _log_since(place: Place, offset: int) -> str:
    if not place.log.exists():
        return ""
    with place.log.open("rb") as log:
        log.seek(offset)
        return log.read().decode("utf-8", "replace")


def _within(timeout_s: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
