"""What many clients at once were answered as done is done, once and in their own municipality; `make check-writers`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_nothing_is_lost_doubled_or_seen_elsewhere_while_clients_of_two_municipalities_write_at_once() -> None:
    program = Path(__file__).with_name("check_writers.py")
    done = subprocess.run([sys.executable, str(program), "--short"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-5000:]
    assert "all that was answered as done is there once and in the audit, and nothing else" in done.stdout
