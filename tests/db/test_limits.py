"""Nobody waits for ever: statements, locks and idle transactions end by the database's own clock, and are told so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask.testing import FlaskClient

from models.access import Role
from service.app import create_app
from service.cluster.cluster import Cluster
from service.database import Database
from service.errors import DatabaseUnavailable, RecordBusy, TookTooLong
from service.operations.access import create_token
from service.settings import WEB_LIMITS, WORK_LIMITS, DatabaseLimits, Settings, settings_from_environment

SHORT = DatabaseLimits(statement_ms=400, lock_ms=100, idle_ms=200)
BUILDING = {"status": "in_use", "municipality_code": "091"}


@pytest.fixture
def hasty(cluster: Cluster, database: Database) -> Iterator[Database]:
    """The same database, with little patience."""
    with database.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    with closing(Database(cluster.service_url(name), pool_size=2, limits=SHORT)) as hasty:
        yield hasty


@pytest.fixture
def client(hasty: Database) -> FlaskClient:
    return create_app(Settings(database_url="unused"), hasty).test_client()


def test_a_lock_that_others_hold_ends_as_503_and_when_to_come_again(database: Database, client: FlaskClient) -> None:
    token = create_token(database, holder="Engineer", role=Role.ENGINEER, municipality_code="091")
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/v1/building", json=BUILDING, headers=bearer).status_code == 201
    with database.writing() as session:
        session.connection().exec_driver_sql("LOCK TABLE asset IN ACCESS EXCLUSIVE MODE")
        answers = [
            client.get("/api/v1/building", headers=bearer),
            client.post("/api/v1/building", json=BUILDING, headers=bearer),
        ]
    for answer in answers:
        assert answer.status_code == 503
        assert answer.json["type"] == "urn:kuntokanta:problem:record-busy"
        assert int(answer.headers["Retry-After"]) > 0
    assert len(client.get("/api/v1/building", headers=bearer).json["items"]) == 1


def test_a_statement_a_lock_and_an_idle_transaction_end_each_in_its_own_time(
    database: Database, hasty: Database
) -> None:
    with pytest.raises(TookTooLong), hasty.reading() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(5)")
    with database.writing() as session:
        session.connection().exec_driver_sql("LOCK TABLE job IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(RecordBusy), hasty.reading() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM job")
    with pytest.raises(DatabaseUnavailable), hasty.reading() as connection:
        time.sleep(connection.exec_driver_sql("SELECT 0.4::float").scalar_one())
    with hasty.reading() as connection:  # and the next has a sound connection
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_each_limit_is_a_setting_for_requests_and_one_for_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", "postgresql://localhost/none")
    usual = settings_from_environment()
    assert (usual.limits, usual.work_limits) == (WEB_LIMITS, WORK_LIMITS)
    assert WEB_LIMITS.lock_ms < WEB_LIMITS.statement_ms < WORK_LIMITS.statement_ms
    for number, name in enumerate(("STATEMENT", "LOCK", "IDLE_TRANSACTION"), 1):
        monkeypatch.setenv(f"KUNTOKANTA_{name}_TIMEOUT_MS", str(number))
        monkeypatch.setenv(f"KUNTOKANTA_WORK_{name}_TIMEOUT_MS", str(number * 10))
    chosen = settings_from_environment()
    assert chosen.limits == DatabaseLimits(1, 2, 3)
    assert chosen.work_limits == DatabaseLimits(10, 20, 30)
