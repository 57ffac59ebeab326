"""Kills workers and the database while they import, and sends many files at once; ends 1 where anything is not as told.

`make check-faults` does it 20 and 200 times and prints what came of it; `check_faults.py --short` a few times, for the
tests.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from pathlib import Path

HERE, ROOT = Path(__file__).resolve().parent, Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(HERE), str(HERE.parent)]

from interrupted import try_kills  # noqa: E402 — found through the line above
from uploads import send_at_once  # noqa: E402

from service.acting import acting_as, operator  # noqa: E402
from service.cluster import Cluster  # noqa: E402


def main(*, short: bool) -> int:
    """Return 0 where every import is whole and equal, and every file was taken in once."""
    rows, kills, files = (3000, 2, 20) if short else (30_000, 20, 200)
    seed = random.randrange(10**6)
    random.seed(seed)
    print(f"seed {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="kt-"))
    folder.chmod(0o755)
    cluster = Cluster(folder / "cluster", durable=True)
    try:
        return _check(cluster, folder, rows, kills, files)
    finally:
        cluster.remove()
        shutil.rmtree(folder)


def _check(cluster: Cluster, folder: Path, rows: int, kills: int, files: int) -> int:
    cluster.start()
    with acting_as(operator()):
        trials = try_kills(cluster, folder, rows, kills, _say)
        good = sum(trial.is_whole and trial.is_equal for trial in trials)
        _say(f"{good} of {kills} interrupted imports left nothing half applied and ended as one left alone")
        sent = send_at_once(cluster, folder, files)
        _say(f"{files} files at once: {sent}")
        wanted = {"imports": files, "states": {"finished": files}, "assets": files, "versions": files}
        wanted |= {"batches that added so many": {1: files}, "most attempts": 1}
        once = all(sent[name] == value for name, value in wanted.items())
        _say("each was taken in once" if once else f"not as wanted: {wanted}")
        return int(good < kills or not once)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(short="--short" in sys.argv))
