"""An import that is interrupted is whole or not there, and is done once; the long version is `make check-faults`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_killed_imports_end_as_one_left_alone_and_files_sent_at_once_are_taken_in_once_each() -> None:
    program = Path(__file__).with_name("check_faults.py")
    done = subprocess.run([sys.executable, str(program), "--short"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-5000:]
    assert "2 of 2 interrupted imports" in done.stdout
    assert "each was taken in once" in done.stdout
