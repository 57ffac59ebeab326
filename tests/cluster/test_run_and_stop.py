"""`make run` and `make stop`, with stand-ins for the service's own programs so that only the running is tried."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cluster import Cluster

CHECKOUT = Path(__file__).resolve().parents[2]
KUNTOKANTA = """#!/bin/sh
if test "$1" = work; then
    trap 'touch .local/worker-ended; exit 0' TERM
    echo $$ >>.local/workers
    while :; do sleep 0.05; done
fi
echo "$@" >>.local/commands
test "$1" != "$FAILING_COMMAND"
"""
GUNICORN = f"""#!{sys.executable}
import os, pathlib, signal, sys, time
arguments = sys.argv[1:]
pathlib.Path(arguments[arguments.index("--pid") + 1]).write_text(str(os.getpid()))
pathlib.Path(".local/served").write_text(" ".join([os.environ["KUNTOKANTA_DATABASE_URL"], *arguments]) + "\\n")
signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path(".local/ended").touch(), sys.exit(0)))
time.sleep(60)
"""


class Checkout:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.local = root / ".local"
        self.cluster = Cluster(self.local / "cluster")
        self.started: list[subprocess.Popen[str]] = []

    def command(self, name: str, **environment: str) -> subprocess.Popen[str]:
        """Start ``serve.py run``, ``stop`` or ``demo``."""
        command = [sys.executable, ".make/serve.py", name]
        everything = os.environ | environment
        self.started.append(subprocess.Popen(command, cwd=self.root, env=everything, stdout=subprocess.PIPE, text=True))
        return self.started[-1]

    def serve(self, **environment: str) -> subprocess.Popen[str]:
        """Start serving and wait until the web server is there."""
        running = self.command("run", **{"PORT": str(free_port())} | environment)
        until(lambda: self.is_serving() or running.poll() is not None)
        return running

    def is_serving(self) -> bool:
        """Whether both programs have written that they are there; a file stands empty for a moment."""
        return all((self.local / name).exists() and self.text(name).endswith("\n") for name in ("served", "workers"))

    def text(self, name: str) -> str:
        return (self.local / name).read_text(encoding="utf-8")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def until(condition: object) -> None:
    end = time.monotonic() + 20
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def checkout(directory: Path, made_once: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    monkeypatch.delenv("KUNTOKANTA_DATABASE_URL", raising=False)
    monkeypatch.setenv("FAILING_COMMAND", "none")
    shutil.copytree(CHECKOUT / ".make", directory / ".make")
    shutil.copytree(CHECKOUT / "service" / "cluster", directory / "service" / "cluster")
    shutil.copy(CHECKOUT / "service" / "__init__.py", directory / "service")
    (directory / ".venv" / "bin").mkdir(parents=True)
    for name, text in {"kuntokanta": KUNTOKANTA, "gunicorn": GUNICORN}.items():
        (directory / ".venv" / "bin" / name).write_text(text, encoding="utf-8")
        (directory / ".venv" / "bin" / name).chmod(0o755)
    (directory / ".local").mkdir()
    made_once.directory.rename(directory / ".local" / "cluster")
    made = Checkout(directory)
    yield made
    for process in made.started:
        process.kill()
        process.wait()
    # What a failed test left behind holds the pipes of its output open: it ends first.
    subprocess.run([sys.executable, ".make/serve.py", "stop"], cwd=directory, check=False, capture_output=True)
    for process in made.started:
        process.communicate()
    made.cluster.stop()
    made.cluster.directory.rename(made_once.directory)


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM])
def test_it_migrates_loads_the_demo_serves_and_ends_with_its_database(checkout: Checkout, request_to_end: int) -> None:
    (checkout.local / "demo-token").write_text("open-sesame\n", encoding="utf-8")
    port = free_port()
    running = checkout.serve(PORT=str(port))
    url = checkout.cluster.service_url()
    assert checkout.text("commands").splitlines() == [
        "migrate",
        f"demo --if-empty --token-file {checkout.local}/demo-token",
    ]
    assert checkout.text("served").startswith(f"{url} -c service/gunicorn.py --bind 127.0.0.1:{port} ")
    running.send_signal(request_to_end)
    said = running.communicate(timeout=20)[0]
    assert running.returncode == 0
    assert f"http://127.0.0.1:{port}/api/v1" in said
    assert "open-sesame" in said
    assert (checkout.local / "ended").exists()
    assert (checkout.local / "worker-ended").exists()
    assert checkout.cluster.address() is None


def test_make_stop_ends_both_from_another_terminal(checkout: Checkout) -> None:
    running = checkout.serve()
    assert checkout.command("run").communicate(timeout=20)[0].startswith("The service runs already")
    assert checkout.command("stop").communicate(timeout=20)[0] == "stopped\n"
    assert running.wait(20) == 0
    assert checkout.cluster.address() is None
    assert checkout.command("stop").communicate(timeout=20)[0] == "nothing was running\n"


def test_what_a_killed_run_left_is_ended(checkout: Checkout) -> None:
    running = checkout.serve()
    running.kill()
    running.wait()
    assert checkout.command("stop").communicate(timeout=20)[0] == "stopped\n"
    assert (checkout.local / "ended").exists()
    assert (checkout.local / "worker-ended").exists()
    assert checkout.cluster.address() is None


def test_a_worker_that_dies_is_started_again(checkout: Checkout) -> None:
    running = checkout.serve()
    os.kill(int(checkout.text("workers")), signal.SIGKILL)
    until(lambda: len(checkout.text("workers").split()) == 2)
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0
    assert (checkout.local / "worker-ended").exists()


def test_a_database_of_the_callers_own_is_used_and_none_started(checkout: Checkout) -> None:
    running = checkout.serve(KUNTOKANTA_DATABASE_URL="postgresql+psycopg://elsewhere/register")
    assert checkout.text("served").startswith("postgresql+psycopg://elsewhere/register ")
    assert checkout.cluster.address() is None
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0


@pytest.mark.parametrize("command", ["migrate", "demo"])
def test_a_failed_preparation_serves_nothing_and_stops_the_database(checkout: Checkout, command: str) -> None:
    assert checkout.serve(FAILING_COMMAND=command).wait(20) == 1
    assert not (checkout.local / "served").exists()
    assert checkout.cluster.address() is None


def test_a_taken_port_is_said_before_anything_is_started(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = checkout.command("run", PORT=str(port)).communicate(timeout=20)[0]
    assert f"another program listens on 127.0.0.1:{port}" in said
    assert not (checkout.local / "commands").exists()
