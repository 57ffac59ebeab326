"""Where a cluster's files lie: in the checkout, or where PostgreSQL's user can reach them."""

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service.cluster.account import Account, account_of
from service.cluster.errors import ClusterError

SOCKET_PATH_BYTES = 107  # sockaddr_un.sun_path less its closing zero
SYSTEM_STATE = Path("/var/lib/kuntokanta")


@dataclass(frozen=True)
class Place:
    """The files of one cluster, all of them the account's."""

    root: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.root / "server.log"

    @property
    def port_file(self) -> Path:
        """The TCP port that was last used."""
        return self.root / "port"

    @property
    def password_file(self) -> Path:
        """The owner's password for connections over TCP."""
        return self.root / "password"

    @property
    def service_password_file(self) -> Path:
        """The service's password for connections over TCP."""
        return self.root / "service-password"

    @property
    def socket_directory(self) -> Path:
        """Where the unix socket lies: the cluster's own directory, or a short one when that path is too long."""
        if _takes_socket(self.root):
            return self.root
        bases = dict.fromkeys([Path(tempfile.gettempdir()), Path("/tmp")])
        short = [base / f"kuntokanta-{_digest(self.root)}" for base in bases]
        return next((path for path in short if _takes_socket(path)), short[-1])

    def make_socket_directory(self) -> None:
        """Make the short socket directory where one is needed.

        Raises:
            ClusterError: somebody else has made it, who could then answer in the server's place.
        """
        if self.socket_directory != self.root:
            _make_private(self.socket_directory, self.account)


def find_place(directory: Path) -> Place | None:
    """Return the place of a cluster that was started here before, or nothing.

    Raises:
        ClusterError: it is another user's.
    """
    if not directory.exists():
        return None
    account = account_of(directory)
    location = directory / "location"
    if not location.exists():
        return Place(directory, account) if (directory / "data").exists() else None
    root = Path(location.read_text(encoding="utf-8").strip())
    return Place(root, account_of(root)) if (root / "data").exists() else None


def make_place(directory: Path) -> Place:
    """Return the place of this directory's cluster, made if need be.

    Run by root, PostgreSQL's user has to be let through every parent directory. Where one is closed (a checkout under
    /root), the files go under /var/lib or the temporary directory, by a name that stays the same for the checkout.
    """
    if found := find_place(directory):
        return found
    directory.mkdir(parents=True, exist_ok=True)
    account = account_of(directory)
    if os.geteuid() != 0 or account.reaches(directory.parent):
        account.take(directory, 0o700)
        return Place(directory, account)
    root = _elsewhere(directory, account)
    (directory / "location").write_text(f"{root}\n", encoding="utf-8")
    return Place(root, account)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold the directory's lock, so that only one process at a time starts, stops or makes its cluster."""
    directory.mkdir(parents=True, exist_ok=True)
    account = account_of(directory)
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if directory.stat().st_uid == account.uid:
            account.take(directory / "lock", 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _elsewhere(directory: Path, account: Account) -> Path:
    name = f"{directory.parent.parent.name}-{directory.name}-{_digest(directory)}"
    bases = (SYSTEM_STATE, Path(tempfile.gettempdir()) / "kuntokanta")
    for base in bases:
        try:
            base.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        if base.stat().st_uid == 0 and account.reaches(base):
            _make_private(base / name, account)
            return base / name
    tried = ", ".join(str(path) for path in (directory, *bases))
    raise ClusterError(f"The user {account.name}, whom PostgreSQL runs as, can reach none of {tried}.")


def _make_private(path: Path, account: Account) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if path.is_symlink() or status.st_uid not in (account.uid, os.geteuid()):
        raise ClusterError(f"{path} is needed for the cluster but was made by somebody else: remove it.")
    account.take(path, 0o700)


def _takes_socket(directory: Path) -> bool:
    # libpq reads a comma as the next host; other odd characters would need quoting in the settings
    length = len(os.fsencode(directory / ".s.PGSQL.65535"))
    return length <= SOCKET_PATH_BYTES and re.fullmatch(r"[\w./+-]+", str(directory)) is not None


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
