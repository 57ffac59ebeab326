from pathlib import Path

import pytest

from service.cluster import ClusterError
from service.cluster.binaries import find_binaries


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for installed versions, on a system with nothing else."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    return tmp_path / "lib" / "postgresql"


def install(root: Path, version: str, postgis: bool) -> Path:
    directory = root / version / "bin"
    directory.mkdir(parents=True)
    share = root.parents[1] / "share" / "postgresql" / version
    (share / "extension").mkdir(parents=True)
    libraries = root / version / "lib"
    libraries.mkdir()
    postgres = f"echo 'postgres (PostgreSQL) {version}.4'"
    pg_config = f"test $1 = --sharedir && echo {share} || echo {libraries}"
    for program in ("postgres", "initdb", "pg_ctl", "psql", "pg_config"):
        text = {"postgres": postgres, "pg_config": pg_config}.get(program, "")
        (directory / program).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (directory / program).chmod(0o755)
    if postgis:
        (share / "extension" / "postgis.control").touch()
        (libraries / "postgis-3.so").touch()
    return directory


def test_the_newest_version_that_has_postgis_is_taken(root: Path) -> None:
    install(root, "9", postgis=True)
    install(root, "15", postgis=True)
    wanted = install(root, "16", postgis=True)
    install(root, "17", postgis=False)
    assert find_binaries(debian_root=root).directory == wanted
    assert find_binaries(15, debian_root=root).major == 15


def test_a_server_without_pg_config_beside_it_is_found_too(root: Path) -> None:
    (install(root, "15", postgis=True) / "pg_config").unlink()
    assert find_binaries(debian_root=root).major == 15


def test_postgis_without_its_library_is_none(root: Path) -> None:
    install(root, "15", postgis=True)
    (root / "15" / "lib" / "postgis-3.so").unlink()
    with pytest.raises(ClusterError, match="with PostGIS was not found"):
        find_binaries(debian_root=root)


def test_a_server_outside_the_distributions_folders_is_found_on_the_path(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = install(tmp_path / "opt" / "lib" / "postgresql", "16", postgis=True)
    monkeypatch.setenv("PATH", str(own))
    assert find_binaries(debian_root=root).directory == own


def test_without_postgresql_the_message_names_the_package(root: Path) -> None:
    with pytest.raises(ClusterError, match=r"apt-get install .*postgresql-15-postgis-3"):
        find_binaries(debian_root=root)


def test_without_postgis_the_message_names_the_package_for_the_version_that_is_here(root: Path) -> None:
    install(root, "16", postgis=False)
    with pytest.raises(ClusterError, match=r"16 in .*apt-get install postgresql-16-postgis-3"):
        find_binaries(debian_root=root)
