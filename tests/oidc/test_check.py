"""What `kuntokanta check` tells an operator of the issuer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.cluster.cluster import Cluster
from service.database import Database


@pytest.fixture
def check(cluster: Cluster, module_database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Result]:
    with module_database.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()

    def check(issuer: str) -> Result:
        monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", cluster.service_url(name))
        monkeypatch.setenv("KUNTOKANTA_OIDC_ISSUER", issuer)
        monkeypatch.setenv("KUNTOKANTA_OIDC_AUDIENCE", "kuntokanta-api")
        return CliRunner().invoke(main, ["check"])

    return check


def test_an_issuer_whose_keys_can_be_read_is_in_order(check: Callable[[str], Result], issuer: Any) -> None:
    result = check(issuer.url)
    assert result.exit_code == 0, result.output
    assert f"2 keys of {issuer.url}" in result.output


def test_an_issuer_that_says_its_name_otherwise_is_told_of(check: Callable[[str], Result], issuer: Any) -> None:
    result = check(f"{issuer.url}/")
    assert result.exit_code == 1
    assert "another issuer's" in result.output
