"""`kuntokanta session`: who is signed in to the pages is listed and put out at once."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from models.access import Role
from service.cli import main
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.access import create_token
from service.operations.principals import Grant, Principal
from service.operations.sessions import find_session, sign_in_by_issuer, sign_in_by_token
from service.settings import SessionSettings

LIMITS = SessionSettings()


@pytest.fixture
def run(cluster: Cluster, module_database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command line on the database of this file."""
    with module_database.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", cluster.service_url(name))
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_who_is_signed_in_is_listed_without_their_cookies_and_put_out_at_once(
    run: Callable[..., Result], module_database: Database
) -> None:
    token = create_token(module_database, holder="Ville", role=Role.VIEWER, municipality_code="091")
    maija = Principal("Maija (5a1c)", frozenset({Grant(Role.ENGINEER, "091"), Grant(Role.VIEWER, None)}))
    secrets = {
        "Ville": sign_in_by_token(module_database, token, LIMITS),
        "Maija (5a1c)": sign_in_by_issuer(module_database, maija, LIMITS),
    }
    listed = run("session", "list", "--json").stdout
    grants = {each["holder"]: each["grants"] for each in json.loads(listed)}
    assert grants == {"Ville": ["viewer:091"], "Maija (5a1c)": ["engineer:091", "viewer:*"]}
    assert not any(each in listed for each in (*secrets.values(), token))
    assert "issuer  engineer:091,viewer:*" in run("session", "list", "--holder", "Maija (5a1c)").stdout
    assert run("session", "end", "Maija (5a1c)").exit_code == 0
    assert find_session(module_database, secrets["Maija (5a1c)"], LIMITS) is None
    assert find_session(module_database, secrets["Ville"], LIMITS) is not None
    assert run("session", "end", "Maija (5a1c)").exit_code == 1
