"""The private cluster as a whole: start, stop, address, databases."""

import os
import secrets
import shutil
from pathlib import Path

from service.cluster import databases, postmaster
from service.cluster.address import DATABASE, ROLE, ClusterAddress
from service.cluster.binaries import Binaries, find_binaries
from service.cluster.data_directory import major_version, make_data_directory, write_settings
from service.cluster.errors import ClusterError
from service.cluster.place import Place, find_place, locked, make_place
from service.cluster.port import LOOPBACK, choose_port
from service.cluster.tuning import memory_bytes, shared_memory_bytes, tuned_settings

LAUNCH_ATTEMPTS = 5


class Cluster:
    """A PostgreSQL + PostGIS cluster whose files lie in one directory, for this checkout alone.

    Args:
        directory: where its files lie, or a note of where they had to go instead.
        durable: whether its data outlive a crash of the machine; tests do without.
    """

    def __init__(self, directory: Path, durable: bool = True) -> None:
        self.directory = directory.absolute()
        self.durable = durable

    def start(self) -> ClusterAddress:
        """Make the cluster if need be, start it unless it runs, and return its address once it takes connections.

        Raises:
            ClusterError: PostgreSQL is missing or did not start, or the directory is another user's.
        """
        with locked(self.directory):
            place = make_place(self.directory)
            binaries = find_binaries(major_version(place))
            make_data_directory(place, binaries)
            for file in (place.password_file, place.service_password_file):
                _make_password(place, file)
            if postmaster.running_pid(place) is None:
                self._launch(place, binaries)
            postmaster.wait_until_ready(place)
            address = self._running()[2]
            databases.lay_foundation(place, binaries, address)
            return address

    def stop(self) -> bool:
        """Stop the cluster if it runs; return whether it ran."""
        if find_place(self.directory) is None:
            return False
        with locked(self.directory):
            place = find_place(self.directory)
            return place is not None and postmaster.halt(place)

    def stop_if_unused(self) -> bool:
        """Stop the cluster unless somebody is connected to it; return whether it was stopped."""
        if self.address() is None or databases.count_clients(*self._running()) > 0:
            return False
        return self.stop()

    def address(self) -> ClusterAddress | None:
        """Return the address if the cluster runs, otherwise nothing."""
        place = find_place(self.directory)
        port = None if place is None or not _has_passwords(place) else postmaster.running_port(place)
        return None if place is None or port is None else _address(place, port)

    def url(self, database: str = DATABASE) -> str:
        """Return SQLAlchemy's URL of a database in the running cluster, for its owner.

        Raises:
            ClusterError: it does not run.
        """
        return self._running()[2].url(database)

    def service_url(self, database: str = DATABASE) -> str:
        """Return SQLAlchemy's URL of a database in the running cluster, for the service; raises as `url` does."""
        return self._running()[2].service_url(database)

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database with PostGIS and btree_gist, or a copy of the database ``template``.

        Raises:
            ClusterError: the cluster does not run, the name is taken or the template is missing or in use.
        """
        databases.create_database(*self._running(), name, template)

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, ending its connections."""
        databases.drop_database(*self._running(), name)

    def remove(self) -> None:
        """Stop the cluster and delete it with all its data."""
        self.stop()
        place = find_place(self.directory)
        if place is not None:
            shutil.rmtree(place.root)
            if place.socket_directory.exists():
                shutil.rmtree(place.socket_directory)
        shutil.rmtree(self.directory, ignore_errors=True)

    def files(self) -> Path | None:
        """Return the directory that the files really lie in, or nothing before the first start."""
        place = find_place(self.directory)
        return place.root if place else None

    def _running(self) -> tuple[Place, Binaries, ClusterAddress]:
        place, address = find_place(self.directory), self.address()
        if place is None or address is None:
            raise ClusterError(f"The cluster in {self.directory} does not run: start it first.")
        return place, find_binaries(major_version(place)), address

    def _launch(self, place: Place, binaries: Binaries) -> None:
        place.make_socket_directory()
        for attempt in range(1, LAUNCH_ATTEMPTS + 1):
            port = choose_port(_remembered_port(place))
            write_settings(place, self._settings(place, port))
            try:
                postmaster.launch(place, binaries)
            except postmaster.PortTakenError:
                if attempt == LAUNCH_ATTEMPTS:
                    raise
                continue
            place.account.write(place.port_file, f"{port}\n")
            return

    def _settings(self, place: Place, port: int) -> dict[str, str]:
        machine = tuned_settings(
            memory_bytes(), os.cpu_count() or 1, shared_memory=shared_memory_bytes(), durable=self.durable
        )
        return {
            "listen_addresses": LOOPBACK,
            "port": str(port),
            "unix_socket_directories": str(place.socket_directory),
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u@%d ",
            "lc_messages": "C",
        } | dict(machine)


def _make_password(place: Place, file: Path) -> None:
    if not file.exists():
        place.account.write(file, secrets.token_urlsafe(24))


def _has_passwords(place: Place) -> bool:
    return place.password_file.exists() and place.service_password_file.exists()


def _address(place: Place, port: int) -> ClusterAddress:
    password = place.password_file.read_text(encoding="utf-8")
    service_password = place.service_password_file.read_text(encoding="utf-8")
    return ClusterAddress(LOOPBACK, port, ROLE, password, service_password, place.socket_directory)


def _remembered_port(place: Place) -> int | None:
    text = place.port_file.read_text(encoding="utf-8").strip() if place.port_file.exists() else ""
    return int(text) if text.isdigit() else None
