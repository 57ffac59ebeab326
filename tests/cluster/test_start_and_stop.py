import socket
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from service.cluster import Cluster, ClusterAddress, ClusterError
from service.cluster import cluster as cluster_module


def query(url: str, statement: str) -> object:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None


def test_a_started_cluster_has_a_utf8_database_with_postgis_and_btree_gist(new_cluster: Cluster) -> None:
    url = new_cluster.start().url()
    assert url == new_cluster.url()
    assert url.endswith("/kuntokanta")
    assert query(url, "SELECT ST_SRID(ST_Transform(ST_SetSRID(ST_Point(25, 60), 4326), 3067))") == 3067
    assert query(url, "SELECT count(*) FROM pg_extension WHERE extname IN ('postgis', 'btree_gist')") == 2
    assert query(url, "SELECT current_setting('server_encoding')") == "UTF8"


def test_owner_and_service_are_no_superusers_and_need_passwords_of_their_own(cluster: Cluster) -> None:
    address = cluster.start()
    for url in (address.url(), address.service_url()):
        assert query(url, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is False
    assert query(address.service_url(), "SELECT rolinherit FROM pg_roles WHERE rolname = current_user") is False
    swapped = replace(address, password=address.service_password, service_password=address.password)
    for url in (swapped.url(), swapped.service_url()):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            query(url, "SELECT 1")


def test_a_second_start_leaves_the_running_server_alone(cluster: Cluster) -> None:
    first = cluster.start()
    started = query(first.url(), "SELECT pg_postmaster_start_time()::text")
    assert cluster.start() == first
    assert query(first.url(), "SELECT pg_postmaster_start_time()::text") == started


def test_data_and_address_outlive_a_stop_and_stopping_twice_is_no_error(cluster: Cluster) -> None:
    first = cluster.start()
    with psycopg.connect(first.url().replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert cluster.stop() is True
    assert cluster.stop() is False
    assert cluster.address() is None
    assert cluster.start() == first
    assert query(first.url(), "SELECT answer FROM kept") == 42


def test_an_open_transaction_holds_up_a_stop_only_where_asked(cluster: Cluster) -> None:
    with psycopg.connect(cluster.start().url().replace("+psycopg", "")) as connection:
        connection.execute("SELECT 1")
        assert cluster.stop_if_unused() is False
        assert cluster.stop() is True
        connection.close()


def test_databases_are_made_with_postgis_copied_and_dropped(cluster: Cluster) -> None:
    cluster.start()
    cluster.create_database("first")
    with psycopg.connect(cluster.url("first").replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE place AS SELECT ST_Point(1, 2) AS geometry")
    cluster.create_database('a "copy"', template="first")
    assert query(cluster.url('a "copy"'), "SELECT ST_X(geometry) FROM place") == 1
    with pytest.raises(ClusterError, match="already exists"):
        cluster.create_database("first")
    cluster.drop_database("first")
    cluster.drop_database('a "copy"')
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        query(cluster.url("first"), "SELECT 1")


def test_a_cluster_that_nobody_uses_can_be_stopped_for_that(cluster: Cluster) -> None:
    assert cluster.stop_if_unused() is False
    cluster.start()
    assert cluster.stop_if_unused() is True


def test_a_cluster_that_does_not_run_says_so(new_cluster: Cluster) -> None:
    with pytest.raises(ClusterError, match="start it first"):
        new_cluster.url()
    assert new_cluster.stop() is False


def test_a_port_that_another_program_took_meanwhile_is_replaced(cluster: Cluster) -> None:
    taken = cluster.start().port
    cluster.stop()
    with socket.create_server(("127.0.0.1", taken)):
        assert cluster.start().port != taken
        assert query(cluster.url(), "SELECT 1") == 1


def test_a_port_taken_at_the_last_moment_is_replaced(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    choose_port = cluster_module.choose_port
    with socket.create_server(("127.0.0.1", 0)) as listener:
        choices = iter([listener.getsockname()[1]])
        monkeypatch.setattr(cluster_module, "choose_port", lambda remembered: next(choices, None) or choose_port())
        assert cluster.start().port != listener.getsockname()[1]


def test_starts_at_the_same_time_share_one_server(directory: Path, new_cluster: Cluster) -> None:
    together = threading.Barrier(4)

    def start(_: int) -> ClusterAddress:
        together.wait()
        return Cluster(directory / "cluster", durable=False).start()

    with ThreadPoolExecutor(4) as pool:
        addresses = set(pool.map(start, range(4)))
    assert len(addresses) == 1


def test_two_clusters_live_side_by_side(cluster: Cluster, doomed_cluster: Cluster) -> None:
    assert cluster.start().port != doomed_cluster.start().port
    doomed_cluster.stop()
    assert query(cluster.url(), "SELECT 1") == 1


@pytest.mark.parametrize("name", ["x" * 120, "työ, $HOME 'ja' \"muu\"; #"], ids=["too long for a socket", "odd signs"])
def test_any_folder_name_will_do(directory: Path, made_once: Cluster, name: str) -> None:
    (directory / name).mkdir()
    subprocess.run(["cp", "-a", made_once.directory, directory / name / "cluster"], check=True)
    cluster = Cluster(directory / name / "cluster", durable=False)
    try:
        address = cluster.start()
        assert query(address.url(), "SELECT 1") == 1
        cluster.create_database("through_the_socket")
        assert cluster.start() == address
    finally:
        cluster.remove()
    assert not address.socket_directory.exists()
