import os
import signal
import subprocess
import time

import psycopg
import pytest

from service.cluster import Cluster, ClusterError, data_directory, postmaster
from service.cluster.place import Place, find_place


def place_of(cluster: Cluster) -> Place:
    place = find_place(cluster.directory)
    assert place is not None
    return place


def server_pid(cluster: Cluster) -> int:
    pid = postmaster.running_pid(place_of(cluster))
    assert pid is not None
    return pid


def test_a_killed_server_starts_again_with_everything_committed(doomed_cluster: Cluster) -> None:
    doomed_cluster.durable = True
    with psycopg.connect(doomed_cluster.start().url().replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server_pid(doomed_cluster), signal.SIGKILL)
    with psycopg.connect(doomed_cluster.start().url().replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_query_that_outlives_a_killed_server_does_not_bar_the_next(cluster: Cluster) -> None:
    url = cluster.start().url().replace("+psycopg", "")
    busy = "SELECT count(*) FROM generate_series(1, 100000000000)"  # looks at nothing that would tell it of the end
    client = subprocess.Popen(["psql", url, "-c", busy], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.3)
    os.kill(server_pid(cluster), signal.SIGKILL)
    assert cluster.start().url()
    client.wait()


def test_a_process_number_now_used_by_another_program_is_no_running_server(cluster: Cluster) -> None:
    cluster.start()
    place = place_of(cluster)
    left = (place.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[1]
    cluster.stop()
    account = place.account
    drop = {"user": account.uid, "group": account.gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **drop) as other:  # type: ignore[call-overload]
        account.write(place.data / "postmaster.pid", f"{other.pid}\n{left}")
        assert cluster.address() is None
        assert cluster.stop() is False
        assert cluster.start().url()
        assert other.poll() is None
        other.kill()


def test_a_process_number_now_used_by_another_cluster_leaves_that_one_alone(
    cluster: Cluster, doomed_cluster: Cluster
) -> None:
    cluster.start()
    place = place_of(doomed_cluster)
    others = (place_of(cluster).data / "postmaster.pid").read_text(encoding="utf-8")
    place.account.write(place.data / "postmaster.pid", others)
    assert doomed_cluster.stop() is False
    assert doomed_cluster.start() != cluster.address()
    assert cluster.address() is not None


def test_a_server_that_has_not_told_its_port_or_takes_it_back_has_no_address(cluster: Cluster) -> None:
    cluster.start()
    lock_file = place_of(cluster).data / "postmaster.pid"
    told = lock_file.read_text(encoding="utf-8")
    try:
        lock_file.write_text("".join(told.splitlines(keepends=True)[:2]), encoding="utf-8")
        assert cluster.address() is None
    finally:
        lock_file.write_text(told, encoding="utf-8")
    assert cluster.address() is not None


def test_an_interrupted_initdb_leaves_nothing_half_made(new_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(data_directory, "_locale", lambda _: "no_SUCH")
        with pytest.raises(ClusterError, match="initdb failed"):
            new_cluster.start()
    assert not (new_cluster.directory / "data").exists()
    (new_cluster.directory / "data.new" / "base").mkdir(parents=True)
    assert new_cluster.start().url()
    assert not list(new_cluster.directory.glob("data.new*"))


def test_a_failed_start_shows_the_end_of_the_log(doomed_cluster: Cluster) -> None:
    with (doomed_cluster.directory / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(ClusterError, match=r"did not start(.|\n)*unrecognized configuration parameter"):
        doomed_cluster.start()


def test_files_of_a_version_that_is_not_installed_are_not_touched(doomed_cluster: Cluster) -> None:
    (doomed_cluster.directory / "data" / "PG_VERSION").write_text("14\n", encoding="ascii")
    with pytest.raises(ClusterError, match=r"PostgreSQL 14.*apt-get install postgresql-14-postgis-3"):
        doomed_cluster.start()
