"""The folder in which gunicorn's processes count together, and the place of each in it.

For the first process, which forks the others; what it has loaded by then, they share.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client looks for the folder as it is loaded."""

_MEMORY = "/dev/shm"  # where there is one: what is counted need not be written to a disk
_FIRST = "first"
_places: dict[int, str] = {}
_place = _FIRST


def share_counts() -> None:
    """Make the folder, unless there is one, and remove it as this process ends; before anything is counted."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = folder = tempfile.mkdtemp(
            "", "kuntokanta-counts-", _MEMORY if os.access(_MEMORY, os.W_OK) else None
        )
        atexit.register(_remove, folder, os.getpid())


def take_place(number: int) -> None:
    """Keep the first free place for a process that is about to be forked."""
    taken = set(_places.values())
    _places[number] = next(name for name in map(str, range(1, len(taken) + 2)) if name not in taken)


def settle(number: int) -> None:
    """Count in this process's place from now on."""
    global _place  # noqa: PLW0603 — it is what tells this process from the others
    _place = _places[number]
    _forget(_FIRST)  # which answers nobody


def place() -> str:
    """Return this process's place."""
    return _place


def give_up(number: int) -> None:
    """Free the place of a process that has ended: its counts stay, what it held is no more."""
    left = _places.pop(number, None)
    if left is not None:
        _forget(left)


def _forget(left: str) -> None:
    for file in Path(os.environ[FOLDER]).glob(f"gauge_live*_{left}.db"):
        file.unlink(missing_ok=True)


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # those that it forks end as it does
        shutil.rmtree(folder, ignore_errors=True)
