"""Commands of the private cluster: ``python3 -m service.cluster start``. Needs the standard library only."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from service.cluster.binaries import find_binaries
from service.cluster.cluster import Cluster
from service.cluster.errors import ClusterError

CHECKOUT = Path(__file__).resolve().parents[2]
NOT_RUNNING = 3  # the exit code that service scripts give for it


def _start(cluster: Cluster) -> int:
    already = cluster.address() is not None
    address = cluster.start()
    _say(f"{'already running' if already else 'started'} on {address.host}:{address.port}, files in {cluster.files()}")
    return 0


def _stop(cluster: Cluster) -> int:
    _say("stopped" if cluster.stop() else "not running")
    return 0


def _stop_if_unused(cluster: Cluster) -> int:
    _say("stopped" if cluster.stop_if_unused() else "not running, or in use")
    return 0


def _status(cluster: Cluster) -> int:
    address = cluster.address()
    _say(f"running on {address.host}:{address.port}, files in {cluster.files()}" if address else "not running")
    return 0 if address else NOT_RUNNING


def _url(cluster: Cluster) -> int:
    _say(cluster.url())
    return 0


def _service_url(cluster: Cluster) -> int:
    _say(cluster.service_url())
    return 0


def _remove(cluster: Cluster) -> int:
    cluster.remove()
    _say(f"removed with all its data: {cluster.directory}")
    return 0


def _binaries(_: Cluster) -> int:
    _say(str(find_binaries().directory))
    return 0


COMMANDS: dict[str, tuple[Callable[[Cluster], int], str]] = {
    "start": (_start, "make it if need be, and start it"),
    "stop": (_stop, "stop it"),
    "stop-if-unused": (_stop_if_unused, "stop it unless somebody is connected"),
    "status": (_status, f"say whether it runs (exit code {NOT_RUNNING} when it does not)"),
    "url": (_url, "print the database's URL for its owner, under whom migrations run"),
    "service-url": (_service_url, "print the database's URL for the service"),
    "remove": (_remove, "stop it and delete all its data"),
    "binaries": (_binaries, "print where PostgreSQL's programs were found"),
}


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command and return its exit code: 0 done, 1 failed, 3 not running."""
    parser = argparse.ArgumentParser(prog="python3 -m service.cluster", description="This checkout's own database.")
    parser.add_argument("--directory", type=Path, default=CHECKOUT / ".local" / "cluster", help="where its files lie")
    parser.add_argument("--not-durable", action="store_true", help="quicker, for tests: a crash may lose data")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (function, meaning) in COMMANDS.items():
        commands.add_parser(name, help=meaning).set_defaults(function=function)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.function(Cluster(chosen.directory, durable=not chosen.not_durable)))
    except (ClusterError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
