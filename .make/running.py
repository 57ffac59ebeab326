"""Which service runs for this checkout: a file with its process ids, locked for as long as it runs."""

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STOP_TIMEOUT_S = 60


class RunsAlreadyError(Exception):
    """Another process serves this checkout."""


@contextmanager
def registered(pid_file: Path) -> Iterator[None]:
    """Be this checkout's running service for the time of the block.

    The lock ends with the process, however it ends, so that a number left by a crash misleads nobody.

    Raises:
        RunsAlreadyError: another process is.
    """
    with pid_file.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunsAlreadyError(f"The service runs already (process {read_pid(pid_file)}).") from None
        pid_file.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield
        pid_file.unlink()


def running_pid(pid_file: Path) -> int | None:
    """Return the process id of the service that runs for this checkout, or nothing."""
    try:
        with pid_file.open(encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return read_pid(pid_file)
    return None


def read_pid(pid_file: Path) -> int | None:
    """Return the number in a file of one process id, or nothing."""
    with suppress(OSError, ValueError):
        return int(pid_file.read_text(encoding="ascii"))
    return None


def end_orphan(pid_file: Path, checkout: Path, command: str) -> None:
    """End a program, known by a part of its command line, that outlived the one that started it, which was killed."""
    pid = read_pid(pid_file)
    if pid is None or not _is_ours(pid, checkout, command):
        return
    os.kill(pid, signal.SIGTERM)
    within(STOP_TIMEOUT_S, lambda: not _is_ours(pid, checkout, command))


def within(timeout_s: float, condition: Callable[[], bool]) -> bool:
    """Wait until the condition holds; return whether it did before the time was over."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _is_ours(pid: int, checkout: Path, command: str) -> bool:
    process = Path(f"/proc/{pid}")
    with suppress(OSError):
        return command.encode() in (process / "cmdline").read_bytes() and (process / "cwd").readlink() == checkout
    return False
