"""The operating-system user that PostgreSQL runs as: never root, which PostgreSQL refuses."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from service.cluster.errors import ClusterError

UNPRIVILEGED_NAMES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user; root acts as it, anyone else only as themselves."""

    uid: int
    gid: int
    name: str

    def run(self, *command: str, stdin: str = "", cwd: Path | str = "/") -> subprocess.CompletedProcess[str]:
        """Run a program as this user and return what it said; ``PG…`` variables of the caller do not reach it."""
        drops = os.geteuid() == 0
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return subprocess.run(
            command,
            input=stdin,
            cwd=cwd,
            env=environment | {"LC_ALL": "C"},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            umask=0o077,
            user=self.uid if drops else None,
            group=self.gid if drops else None,
            extra_groups=[] if drops else None,
        )

    def take(self, path: Path, mode: int) -> None:
        """Give a file or directory to this user."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def write(self, path: Path, text: str) -> None:
        """Write a file of this user's in one step: a reader sees the old text or the new."""
        written = path.with_name(f"{path.name}.{os.getpid()}")
        written.touch(mode=0o600)
        written.write_text(text, encoding="utf-8")
        self.take(written, 0o600)
        written.replace(path)

    def reaches(self, directory: Path) -> bool:
        """Return whether this user may enter the directory, which needs every parent's leave."""
        return self.run("test", "-x", str(directory)).returncode == 0


def account_of(directory: Path) -> Account:
    """Return the user whose cluster a directory holds.

    That is the caller, except for root: then the directory's owner where that is not root, so that a cluster made by
    an ordinary user stays theirs; otherwise an unprivileged user of the system.

    Raises:
        ClusterError: the directory belongs to somebody else, or root finds no unprivileged user.
    """
    owner = directory.stat().st_uid if directory.exists() else 0
    if os.geteuid() != 0:
        _refuse_foreign(directory)
        return _account(os.geteuid())
    return _account(owner) if owner != 0 else _unprivileged()


def _refuse_foreign(directory: Path) -> None:
    if directory.exists() and (owner := directory.stat().st_uid) != os.geteuid():
        name = _account(owner).name
        raise ClusterError(
            f"{directory} belongs to the user {name}: this checkout's cluster was made by root or by another user. "
            f"Run as root or as that user, remove it as root (python3 -m service.cluster remove), "
            f"or work in a checkout of your own."
        )


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(uid, os.getegid(), f"number {uid}")
    return Account(uid, entry.pw_gid, entry.pw_name)


def _unprivileged() -> Account:
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in UNPRIVILEGED_NAMES:
        if name in names:
            return Account(names[name].pw_uid, names[name].pw_gid, name)
    raise ClusterError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.")
