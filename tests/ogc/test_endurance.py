"""What would take too long is refused, not endured: by the database's clock, and by the size of what is sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from models.access import Role
from service.app import create_app
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.access import create_token
from service.settings import DatabaseLimits, Settings

BUILDINGS = "/ogc/collections/building/items"


@pytest.fixture
def token(filled: Database) -> str:
    return create_token(filled, holder="fuzz", role=Role.ADMIN, municipality_code="091")


@pytest.fixture
def hasty(cluster: Cluster, filled: Database, token: str) -> Iterator[FlaskClient]:
    """A service whose database gives each statement a tenth of a second, while the table of assets is locked."""
    with filled.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    database = Database(cluster.service_url(name), pool_size=2, limits=DatabaseLimits(statement_ms=100))
    with filled.writing() as session:
        session.connection().exec_driver_sql("LOCK TABLE asset IN ACCESS EXCLUSIVE MODE")
        yield create_app(Settings(database_url="", open_reading=True), database).test_client()
    database.close()


def test_a_statement_that_takes_too_long_is_answered_with_503_and_when_to_come_again(
    hasty: FlaskClient, token: str
) -> None:
    feature = {"type": "Feature", "geometry": None, "properties": {"municipality_code": "091", "status": "in_use"}}
    bearer = {"Authorization": f"Bearer {token}"}
    for answer in (
        hasty.get(BUILDINGS),
        hasty.get(f"{BUILDINGS}?filter=storeys%3E1&sortby=name"),
        hasty.get(f"{BUILDINGS}/091-1"),
        hasty.post(BUILDINGS, json=feature, headers=bearer, content_type="application/geo+json"),
        hasty.get("/api/v1/building", headers=bearer),
    ):
        assert answer.status_code == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0


def test_a_polygon_of_a_million_points_is_refused(filled: Database, token: str) -> None:
    client = create_app(Settings(database_url=""), filled).test_client()
    ring = ",".join(f"[{24.9 + place / 1e7:.7f},{60.1 + place % 2 / 20}]" for place in range(1_000_000))
    geometry = f'{{"type":"Polygon","coordinates":[[{ring},[24.9,60.1]]]}}'
    body = f'{{"type":"Feature","geometry":{geometry},"properties":{{"municipality_code":"091","status":"in_use"}}}}'
    answer = client.post(
        BUILDINGS, data=body, content_type="application/geo+json", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 422
    assert answer.json["errors"] == [
        {"pointer": "/geometry/coordinates", "detail": "more than 100000 positions in one geometry"}
    ]
