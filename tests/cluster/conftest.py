import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cluster import Cluster

# These change their user, which only root may; as an ordinary user the others cover what there is to cover.
collect_ignore = [] if os.geteuid() == 0 else ["test_accounts.py"]


def enterable_directory() -> Path:
    """Make a directory with a short path that any user may enter, unlike pytest's own tmp_path."""
    path = Path(tempfile.mkdtemp(prefix="kt-", dir="/tmp"))
    path.chmod(0o755)
    return path


@pytest.fixture
def directory() -> Iterator[Path]:
    path = enterable_directory()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def new_cluster(directory: Path) -> Iterator[Cluster]:
    """A cluster that was never started."""
    cluster = Cluster(directory / "cluster", durable=False)
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def made_once() -> Iterator[Cluster]:
    path = enterable_directory()
    cluster = Cluster(path / "cluster", durable=False)
    cluster.start()
    cluster.stop()
    yield cluster
    cluster.remove()
    shutil.rmtree(path)


@pytest.fixture
def cluster(made_once: Cluster) -> Iterator[Cluster]:
    """A cluster that was made before, since that takes a second, and is stopped."""
    yield made_once
    made_once.stop()


@pytest.fixture
def doomed_cluster(made_once: Cluster, new_cluster: Cluster) -> Cluster:
    """A copy of a stopped cluster, to be damaged."""
    subprocess.run(["cp", "-a", made_once.directory, new_cluster.directory], check=True)
    return new_cluster
