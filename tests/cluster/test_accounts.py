import os
import pwd
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from service.cluster import Cluster, ClusterError, place, postmaster
from service.cluster.place import find_place

ORDINARY = pwd.getpwnam("nobody")


def as_ordinary_user(action: Callable[[], object]) -> bool:
    """Do something in a child process that has given up root; return whether it succeeded."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    try:
        os.setgroups([])
        os.setgid(ORDINARY.pw_gid)
        os.setuid(ORDINARY.pw_uid)
        action()
        os._exit(0)
    except BaseException:  # noqa: BLE001 — the child must end here, whatever happened
        traceback.print_exc()
        os._exit(1)


@pytest.fixture
def ordinary_cluster(directory: Path) -> Cluster:
    """The cluster of a checkout that belongs to an ordinary user."""
    os.chown(directory, ORDINARY.pw_uid, ORDINARY.pw_gid)
    return Cluster(directory / "cluster", durable=False)


def server_user(cluster: Cluster) -> int:
    found = find_place(cluster.directory)
    assert found is not None
    return Path(f"/proc/{postmaster.running_pid(found)}").stat().st_uid


def test_started_by_root_the_server_runs_as_an_unprivileged_user(cluster: Cluster) -> None:
    cluster.start()
    assert server_user(cluster) != 0
    assert cluster.directory.stat().st_mode & 0o077 == 0


def test_an_ordinary_user_starts_and_stops_a_cluster_of_their_own(ordinary_cluster: Cluster) -> None:
    assert as_ordinary_user(ordinary_cluster.start)
    assert server_user(ordinary_cluster) == ORDINARY.pw_uid
    assert as_ordinary_user(ordinary_cluster.stop)
    assert as_ordinary_user(ordinary_cluster.remove)


def test_root_runs_an_ordinary_users_cluster_as_that_user_who_can_go_on(ordinary_cluster: Cluster) -> None:
    assert as_ordinary_user(ordinary_cluster.start)
    assert as_ordinary_user(ordinary_cluster.stop)
    ordinary_cluster.start()
    assert server_user(ordinary_cluster) == ORDINARY.pw_uid
    ordinary_cluster.stop()
    assert as_ordinary_user(ordinary_cluster.start)
    ordinary_cluster.remove()


def test_a_cluster_that_root_made_is_refused_to_others_with_advice(cluster: Cluster) -> None:
    cluster.start()

    def is_refused() -> None:
        for action in (cluster.start, cluster.stop, cluster.url):
            with pytest.raises(ClusterError, match=r"belongs to the user .*Run as root or as that user"):
                action()

    assert as_ordinary_user(is_refused)


def test_under_a_closed_folder_the_files_go_where_the_server_reaches_them(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "SYSTEM_STATE", directory / "system")
    closed = directory / "root"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "checkout" / ".local" / "cluster", durable=False)
    first = cluster.start()
    files = cluster.files()
    assert files is not None
    assert files.parent == directory / "system"
    assert (cluster.directory / "location").read_text(encoding="utf-8").strip() == str(files)
    cluster.stop()
    assert Cluster(cluster.directory, durable=False).start() == first
    cluster.remove()
    assert not files.exists()
    assert not cluster.directory.exists()
