"""How far a run is, told while it works, and whether somebody has cancelled it meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from models.run import RunState
from service.acting import acting_as, current
from service.database import Database
from service.errors import RunCancelled
from service.queries.run_progress import load_run_state, store_progress

EVERY_S = 0.5


class RunProgress:
    """Counts steps of a run; often enough, but no oftener, it writes how far the run is and looks whether to go on.

    It uses connections of its own: what the run's transaction writes is seen by nobody before its end. Threads may
    share it.
    """

    def __init__(
        self, database: Database, municipality_code: str, run_id: int, told: Callable[[str], None] = lambda _: None
    ) -> None:
        """`told` is called with each step that begins."""
        self._told, self._acting = told, current()  # who began the run, whichever thread tells how far it is
        self._database, self._municipality_code, self._run_id = database, municipality_code, run_id
        self._lock = threading.Lock()
        self._done, self._total, self._step, self._told_at = 0, 1, "load", 0.0

    def begin(self, step: str, total: int = 1) -> None:
        """Start a step of so many parts; raises `RunCancelled`."""
        self._told(step)
        with self._lock:
            self._step, self._done, self._total = step, 0, max(total, 1)
            self._tell()

    def advance(self) -> None:
        """Count a part of the step; raises `RunCancelled` where the run was cancelled."""
        with self._lock:
            self._done += 1
            if time.monotonic() - self._told_at >= EVERY_S:
                self._tell()

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        share = min(self._done / self._total, 1.0)
        with acting_as(self._acting), self._database.writing() as session:
            if load_run_state(session.connection(), self._municipality_code, self._run_id) != RunState.RUNNING:
                raise RunCancelled
            store_progress(session, self._municipality_code, self._run_id, self._step, share)
