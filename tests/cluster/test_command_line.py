import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-S", "-m", "service.cluster")  # -S: no site-packages, as before .venv is made
MISLEADING = {"PGPORT": "1", "PGHOST": "/nowhere", "PGDATA": "/nowhere", "PGUSER": "somebody"}


def run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, "--directory", str(directory), "--not-durable", *arguments]
    environment = os.environ | MISLEADING
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)


def test_the_commands_need_no_virtual_environment_and_scripts_can_trust_their_exit_codes(directory: Path) -> None:
    cluster = directory / "cluster"
    assert run(cluster, "status").returncode == 3
    assert run(cluster, "url").returncode == 1
    assert run(cluster, "start").stdout.startswith("started on 127.0.0.1:")
    again = run(cluster, "start")
    assert again.stdout.startswith("already running on 127.0.0.1:")
    assert again.returncode == run(cluster, "status").returncode == 0
    assert run(cluster, "url").stdout.startswith("postgresql+psycopg://kuntokanta:")
    assert run(cluster, "stop").stdout == "stopped\n"
    assert run(cluster, "stop").stdout == "not running\n"
    assert run(cluster, "remove").returncode == 0
    assert not cluster.exists()


def test_a_failure_is_one_clear_line_and_no_traceback(directory: Path) -> None:
    (directory / "cluster").touch()
    failed = run(directory / "cluster", "start")
    assert failed.returncode == 1
    assert failed.stderr.startswith("error: ")
    assert "Traceback" not in failed.stderr
