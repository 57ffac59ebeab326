"""Asks the service what OpenAPI lets clients ask, by schemathesis, on a database of its own; ends 1 with findings.

`make fuzz` asks everything; `fuzz.py --short` a part of it, always the same, for the tests.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE, ROOT = Path(__file__).resolve().parent, Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(HERE.parent)]

from service_processes import served  # noqa: E402 — found through the line above

from service.cluster.cluster import Cluster  # noqa: E402

PROGRAMS = Path(sys.executable).parent
DOCUMENTS = ("/ogc/api?f=json", "/api/v1/openapi.json")
SEEDS, EXAMPLES = (1, 2, 3), 50
# A collection and a list of each kind; with few parameters, since all pairs of them are asked.
SHORT = r"/collections/district(/items|/tiles.*)?$|/v1/(assets/{asset_key}|budgets|parameters)$"


def main(*, short: bool) -> int:
    """Ask without and with a token; return 0 where nothing was found."""
    with tempfile.TemporaryDirectory() as folder, _service(Path(folder)) as (address, token):
        bounds = ["--include-path-regex", SHORT] if short else []
        codes = [
            _ask(Path(folder), address + document, [*credentials, *bounds], seed, 3 if short else EXAMPLES)
            for seed in SEEDS[: 1 if short else None]
            for credentials in ([], ["--header", f"Authorization: Bearer {token}"])
            for document in DOCUMENTS
        ]
    return int(any(codes))


def _ask(folder: Path, document: str, options: list[str], seed: int, examples: int) -> int:
    program = [str(PROGRAMS / "schemathesis"), "--config-file", str(HERE / "schemathesis.toml"), "run", document]
    bounds = ["--checks", "all", "--seed", str(seed), "--max-examples", str(examples), "--continue-on-failure"]
    quietly = ["--request-timeout", "60", "--no-color", "--warnings", "off", "--generation-database", "none"]
    # How long this machine takes to think up a request says nothing of the service.
    quietly += ["--suppress-health-check", "too_slow"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "sound_questions", "PYTHONPATH": str(HERE)}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return subprocess.run([*program, *bounds, *quietly, *options], cwd=folder, env=environment, check=False).returncode


@contextmanager
def _service(folder: Path) -> Iterator[tuple[str, str]]:
    """Give the address of a service with the demo municipality, and a token that may do everything in it."""
    cluster, name = Cluster(ROOT / ".local" / "test-cluster", durable=False), f"fuzz_{secrets.token_hex(6)}"
    cluster.start()
    cluster.create_database(name)
    addresses = {"KUNTOKANTA_DATABASE_URL": cluster.service_url(name), "KUNTOKANTA_MIGRATION_URL": cluster.url(name)}
    environment = {**os.environ, **addresses, "KUNTOKANTA_OPEN_READING": "true"}
    environment |= {"KUNTOKANTA_REQUESTS_PER_MINUTE": "0", "KUNTOKANTA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
    try:
        for command in (["migrate"], ["demo", "--token-file", str(folder / "token")]):
            subprocess.run([str(PROGRAMS / "kuntokanta"), *command], cwd=ROOT, env=environment, check=True)
        with served(environment) as address:
            yield address, (folder / "token").read_text("utf-8").strip()
    finally:
        cluster.drop_database(name)


if __name__ == "__main__":
    sys.exit(main(short="--short" in sys.argv))
