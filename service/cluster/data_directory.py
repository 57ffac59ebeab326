"""Making PostgreSQL's data directory, whole or not at all, and writing its settings."""

import shutil
from collections.abc import Mapping

from service.cluster.binaries import Binaries
from service.cluster.errors import ClusterError
from service.cluster.place import Place

SUPERUSER = "postgres"
SETTINGS_FILE = "kuntokanta.conf"
# The unix socket lies in a directory that only the account enters, so reaching it is proof enough.
ACCESS_RULES = """\
local all all trust
host  all all 127.0.0.1/32 scram-sha-256
"""


def make_data_directory(place: Place, binaries: Binaries) -> None:
    """Make the data directory unless it is there; what an interrupted attempt left is removed.

    Raises:
        ClusterError: initdb failed; the message is what it said.
    """
    for leftover in place.root.glob("data.new*"):
        shutil.rmtree(leftover)
    if place.data.exists():
        return
    unfinished = place.root / "data.new"
    options = (f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", f"--locale={_locale(place)}")
    done = place.account.run(binaries.program("initdb"), *options, "-D", str(unfinished))
    if done.returncode != 0:
        raise ClusterError(f"initdb failed as the user {place.account.name}:\n{done.stderr.strip()}")
    place.account.write(unfinished / "pg_hba.conf", ACCESS_RULES)
    with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(f"\ninclude '{SETTINGS_FILE}'\n")
    unfinished.rename(place.data)


def major_version(place: Place) -> int | None:
    """Return the major version of PostgreSQL that made the data directory, or nothing when there is none."""
    version = place.data / "PG_VERSION"
    return int(version.read_text(encoding="ascii")) if version.exists() else None


def write_settings(place: Place, settings: Mapping[str, str]) -> None:
    """Write the settings that the server reads at its next start."""
    lines = [f"{name} = '{value}'" for name, value in settings.items()]
    place.account.write(place.data / SETTINGS_FILE, "\n".join([*lines, ""]))


def _locale(place: Place) -> str:
    known = place.account.run("locale", "-a").stdout.lower().split()
    return "C.UTF-8" if "c.utf8" in known or "c.utf-8" in known else "C"
