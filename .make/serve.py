"""Runs this checkout's service with its own database until it is stopped: ``serve.py run``, ``stop`` or ``demo``."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from running import STOP_TIMEOUT_S, RunsAlreadyError, end_orphan, registered, running_pid, within  # noqa: E402

from service.cluster import Cluster, ClusterError  # noqa: E402 — found through the line above
from service.cluster.port import LOOPBACK, is_free  # noqa: E402

LOCAL = CHECKOUT / ".local"
PID_FILE = LOCAL / "service.pid"
WEB_SERVER_PID_FILE = LOCAL / "gunicorn.pid"
WORKER_PID_FILE = LOCAL / "worker.pid"
WEB_SERVER, WORKER = "service.wsgi:app", "kuntokanta\0work"  # what their command lines hold
LOOKED_AFTER_EVERY_S = 2
DEMO_TOKEN = LOCAL / "demo-token"
PROGRAMS = CHECKOUT / ".venv" / "bin"
DATABASE_URL = "KUNTOKANTA_DATABASE_URL"
MIGRATION_URL = "KUNTOKANTA_MIGRATION_URL"
OPEN_READING = "KUNTOKANTA_OPEN_READING"

Process = subprocess.Popen[bytes]


class Stopped(BaseException):
    """Ctrl-C or a request to end: not to be caught as an error."""


def run() -> int:
    """Serve in the foreground; return the exit code. Ctrl-C, SIGTERM and ``make stop`` end service and database."""
    port = _port()
    LOCAL.mkdir(exist_ok=True)
    try:
        with registered(PID_FILE):
            _end_orphans()
            if not is_free(port):
                _say(f"error: another program listens on {LOOPBACK}:{port}. Choose a port: make run PORT={port + 1}")
                return 1
            return _serve_until_stopped(port)
    except RunsAlreadyError as runs:
        _say(f"{runs} make stop ends it.")
        return 0


def stop() -> int:
    """Stop the service and the database, whichever runs; return the exit code."""
    pid = running_pid(PID_FILE)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        if not within(STOP_TIMEOUT_S, lambda: running_pid(PID_FILE) is None):
            _say(f"error: the service (process {pid}) does not stop.")
            return 1
    _end_orphans()
    stopped = Cluster(LOCAL / "cluster").stop()
    _say("stopped" if pid or stopped else "nothing was running")
    return 0


def demo() -> int:
    """Load the demo municipality where there is none, and leave the database as it was: running or stopped."""
    cluster = _own_cluster()
    was_running = cluster is None or cluster.address() is not None
    try:
        _prepare(cluster)
        _say(f"demo token: {_demo_token()}")
    finally:
        if cluster is not None and not was_running:
            cluster.stop()
    return 0


def _serve_until_stopped(port: int) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stopped)
    cluster = _own_cluster()
    try:
        return _serve(cluster, port)
    except Stopped:
        return 0
    finally:
        _ignore_requests_to_end()
        if cluster is not None:
            cluster.stop()
        _say("The service is stopped.")


def _serve(cluster: Cluster | None, port: int) -> int:
    environment = _prepare(cluster)
    address = f"http://{LOOPBACK}:{port}"
    _say(
        f"\n  map, reports, import   {address}/"
        f"\n  REST                   {address}/api/v1 (described at {address}/docs)"
        f"\n  OGC API for GIS        {address}/ogc"
        f"\n  demo token             {_demo_token()}"
        f"\n\n  Ctrl-C or make stop ends it.\n"
    )
    options = ("-c", "service/gunicorn.py", "--bind", f"{LOOPBACK}:{port}", "--pid", str(WEB_SERVER_PID_FILE))
    command = [str(PROGRAMS / "gunicorn"), *options, "service.wsgi:app"]
    service = _start(command, environment)
    try:
        return _wait_beside_worker(service, environment)
    finally:
        _ignore_requests_to_end()
        _end(service)


def _wait_beside_worker(service: Process, environment: dict[str, str]) -> int:
    """Wait until the service ends and return its exit code; meanwhile a worker runs, again and again if it must."""
    worker = _start_worker(environment)
    try:
        while True:
            with suppress(subprocess.TimeoutExpired):
                return service.wait(LOOKED_AFTER_EVERY_S)
            if worker.poll() is not None:
                worker = _start_worker(environment)
    finally:
        _ignore_requests_to_end()
        _end(worker)


def _start_worker(environment: dict[str, str]) -> Process:
    worker = _start([str(PROGRAMS / "kuntokanta"), "work"], environment)
    WORKER_PID_FILE.write_text(f"{worker.pid}\n", encoding="ascii")
    return worker


def _start(command: list[str], environment: dict[str, str]) -> Process:
    # A session of its own: Ctrl-C reaches this program only, which then ends the service in good order.
    return subprocess.Popen(command, cwd=CHECKOUT, env=environment, start_new_session=True)


def _end_orphans() -> None:
    end_orphan(WEB_SERVER_PID_FILE, CHECKOUT, WEB_SERVER)
    end_orphan(WORKER_PID_FILE, CHECKOUT, WORKER)


def _prepare(cluster: Cluster | None) -> dict[str, str]:
    """Start the database, bring its tables up to date, load the demo; return the environment for the service."""
    environment, owner = dict(os.environ), {}
    if cluster is not None:
        _say("Starting the database")
        address = cluster.start()
        environment[DATABASE_URL], owner[MIGRATION_URL] = address.service_url(), address.url()
        environment.setdefault(OPEN_READING, "true")  # demo data on the loopback address only
    _kuntokanta(environment | owner, "migrate")
    environment.pop(MIGRATION_URL, None)  # the service has no business with the owner's address
    token_file = () if cluster is None else ("--token-file", str(DEMO_TOKEN))  # otherwise it is printed, once
    _kuntokanta(environment, "demo", "--if-empty", *token_file)
    return environment


def _kuntokanta(environment: dict[str, str], *arguments: str) -> None:
    command = [str(PROGRAMS / "kuntokanta"), *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False)
    if done.returncode != 0:
        raise ClusterError(f"kuntokanta {' '.join(arguments)} failed (exit code {done.returncode}).")


def _own_cluster() -> Cluster | None:
    """Return this checkout's cluster, or nothing where the caller names a database."""
    return None if os.environ.get(DATABASE_URL) else Cluster(LOCAL / "cluster")


def _demo_token() -> str:
    if os.environ.get(DATABASE_URL) or not DEMO_TOKEN.exists():
        return "none here (kuntokanta token makes one)"
    return DEMO_TOKEN.read_text(encoding="utf-8").strip()


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ClusterError(f"PORT={text} is no port: give a number from 1 to 65535.")
    return int(text)


def _end(process: Process) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S / 2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _ignore_requests_to_end() -> None:
    """Stopping is under way: make passes on what the terminal has sent already."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit({"run": run, "stop": stop, "demo": demo}[sys.argv[1]]())
    except (ClusterError, OSError) as error:
        sys.exit(f"error: {error}")
