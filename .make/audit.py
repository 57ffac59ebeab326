"""Asks whether any locked dependency has a known vulnerability; says so plainly where nobody could be asked.

pip-audit passes what its advisory service does not know: from behind a mirror of the package index that is everything,
and "no known vulnerabilities" then means nothing. `AUDIT=required` fails where something could not be asked.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
PIP_AUDIT = Path(sys.executable).with_name("pip-audit")
OPTIONS = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--timeout", "10", "--format", "json")
TIMEOUT_S = 300


def main() -> int:
    """Print what is known; return 1 where a dependency is vulnerable, or was to be asked about and was not."""
    found = _dependencies()
    if found is None:
        return _not_audited("the advisory service cannot be reached from here")
    vulnerable = [each for each in found if each.get("vulns")]
    for each in vulnerable:
        for fault in each["vulns"]:
            fixed = ", ".join(fault["fix_versions"]) or "none yet"
            sys.stderr.write(f"{each['name']} {each['version']}: {fault['id']}, fixed in: {fixed}\n")
    if vulnerable:
        return 1
    unknown = [each["name"] for each in found if "skip_reason" in each]
    if unknown:
        return _not_audited(f"the advisory service knows nothing of {len(unknown)} of {len(found)}")
    sys.stdout.write(f"{len(found)} locked dependencies have no known vulnerability.\n")
    return 0


def _dependencies() -> list[dict[str, Any]] | None:
    """Return what pip-audit found of each dependency; None where it could not ask."""
    command = [str(PIP_AUDIT), "--requirement", "requirements.lock", *OPTIONS]
    try:
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return found


def _not_audited(why: str) -> int:
    is_required = os.environ.get("AUDIT") == "required"
    sys.stderr.write(f"NOT AUDITED: {why} (make audit where PyPI itself can be asked).\n")
    return 1 if is_required else 0


if __name__ == "__main__":
    sys.exit(main())
