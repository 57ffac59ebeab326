"""Whatever OpenAPI lets a client ask is answered as OpenAPI says: schemathesis, all checks, on gunicorn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_schemathesis_finds_nothing_in_either_description_with_and_without_a_token() -> None:
    program = Path(__file__).with_name("fuzz.py")
    done = subprocess.run([sys.executable, str(program), "--short"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
    assert done.stdout.count("No issues found") == 4
