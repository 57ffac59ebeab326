"""Finding PostgreSQL's programs: the newest that has PostGIS, wherever the distribution put them."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.cluster.errors import ClusterError

OLDEST_MAJOR = 14
DEBIAN_ROOT = Path("/usr/lib/postgresql")
NEEDED_PROGRAMS = ("postgres", "initdb", "pg_ctl", "psql")


@dataclass(frozen=True)
class Binaries:
    """PostgreSQL's programs of one major version."""

    directory: Path
    major: int
    has_postgis: bool

    def program(self, name: str) -> str:
        """Return the path of a program, such as ``pg_ctl``."""
        return str(self.directory / name)


def find_binaries(major: int | None = None, debian_root: Path = DEBIAN_ROOT) -> Binaries:
    """Return the programs of the newest PostgreSQL that has PostGIS.

    Args:
        major: take this major version only, since a cluster's files can be read by the one that made them.
        debian_root: where the distribution keeps one directory per version.

    Raises:
        ClusterError: there is none; the message names the package to install.
    """
    found = sorted(_installed(debian_root), key=lambda binaries: binaries.major, reverse=True)
    usable = [b for b in found if b.has_postgis and b.major >= OLDEST_MAJOR and major in (None, b.major)]
    if not usable:
        raise ClusterError(_what_to_install(found, major))
    return usable[0]


def _installed(debian_root: Path) -> Iterator[Binaries]:
    directories = [*debian_root.glob("*/bin"), *_on_path()]
    for directory in dict.fromkeys(directories):
        if all((directory / program).exists() for program in NEEDED_PROGRAMS):
            yield Binaries(directory, _major(directory), _has_postgis(directory))


def _on_path() -> Iterator[Path]:
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent
    if pg_config := shutil.which("pg_config"):
        yield Path(_output(pg_config, "--bindir"))


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _major(directory: Path) -> int:
    version = re.search(r"(\d+)", _output(str(directory / "postgres"), "--version"))
    return int(version[1]) if version else 0


def _has_postgis(directory: Path) -> bool:
    """Return whether both parts are there: the extension's scripts and its library, two packages on Debian."""
    # Debian's layout, for a server without pg_config beside it: …/lib/postgresql/15 and …/share/postgresql/15
    shared = directory.parents[2].parent / "share" / "postgresql" / directory.parent.name
    libraries = directory.parent / "lib"
    if (pg_config := directory / "pg_config").exists():
        shared, libraries = (Path(_output(str(pg_config), option)) for option in ("--sharedir", "--pkglibdir"))
    return (shared / "extension" / "postgis.control").exists() and any(libraries.glob("postgis-[0-9]*"))


def _what_to_install(found: list[Binaries], major: int | None) -> str:
    wanted = major or next((b.major for b in found if b.major >= OLDEST_MAJOR), None)
    package = f"postgresql-{wanted}-postgis-3" if wanted else "postgresql-postgis (Debian 12: postgresql-15-postgis-3)"
    seen = ", ".join(f"{b.major} in {b.directory}" for b in found) or "none"
    needed = f"PostgreSQL {major}, which made this cluster's files," if major else f"PostgreSQL {OLDEST_MAJOR} or later"
    return (
        f"{needed} with PostGIS was not found (PostgreSQL here: {seen}). On Debian or Ubuntu: apt-get install {package}"
    )
