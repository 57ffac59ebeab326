"""A string that would do harm elsewhere is a string here, wherever it stands in a request."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_harmful_strings_are_borne_in_every_place_of_every_kind_of_operation() -> None:
    program = Path(__file__).with_name("check_injection.py")
    done = subprocess.run([sys.executable, str(program), "--short"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
    assert done.stdout.endswith("\n0 findings\n")
