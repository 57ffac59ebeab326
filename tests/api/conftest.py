"""A service of a municipality of its own, asked over HTTP with tokens of every role."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from models.access import Role
from service.app import create_app
from service.database import Database
from service.job_kinds import JOB_WORKS
from service.operations.access import create_token
from service.operations.worker import Worker
from service.settings import Settings

MUNICIPALITIES = text(
    "INSERT INTO municipality (municipality_code, name_fi, name_sv, is_fictitious) VALUES"
    " ('901', 'Koekylä', 'Provby', true), ('902', 'Koelaakso', 'Provdal', true) ON CONFLICT DO NOTHING"
)
DISTRICT = text(
    "INSERT INTO district (municipality_code, district_code, name_fi, geometry) VALUES ('901', 'K1', 'Keskusta',"
    " ST_Multi(ST_MakeEnvelope(385000, 6671000, 387000, 6673000, 3067)))"
)


@dataclass
class Service:
    """The service as one client sees it."""

    client: FlaskClient
    token: str | None

    def __call__(self, method: str, path: str, **options: Any) -> TestResponse:
        """Send a request; `json`, `headers` and so on as Flask's test client takes them."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.open(path, method=method, headers={**headers, **options.pop("headers", {})}, **options)


@pytest.fixture(scope="module")
def app(module_database: Database) -> Iterator[Flask]:
    """The application on a database with two municipalities and a district, and a worker beside it."""
    with module_database.writing() as session:
        session.execute(MUNICIPALITIES)
        session.execute(DISTRICT)
    worker = Worker(module_database, JOB_WORKS)
    worker.start()
    yield create_app(Settings(database_url="unused"), module_database)
    worker.stop()


@pytest.fixture(scope="module")
def service_for(app: Flask, module_database: Database) -> Callable[..., Service]:
    """Gives the service as a holder of a role sees it, in all municipalities or one."""

    def service_for(role: Role | None, municipality_code: str | None = None) -> Service:
        token = None
        if role is not None:
            holder = f"{role} of {municipality_code or 'all'}"
            token = create_token(module_database, holder=holder, role=role, municipality_code=municipality_code)
        return Service(app.test_client(), token)

    return service_for


@pytest.fixture(scope="module")
def engineer(service_for: Callable[..., Service]) -> Service:
    """The service as an engineer of municipality 901 sees it."""
    return service_for(Role.ENGINEER, "901")


@pytest.fixture(scope="module")
def planner(service_for: Callable[..., Service]) -> Service:
    """The service as a planner of municipality 901 sees it."""
    return service_for(Role.PLANNER, "901")


@pytest.fixture(scope="module")
def admin(service_for: Callable[..., Service]) -> Service:
    """The service as a national administrator sees it."""
    return service_for(Role.ADMIN)


@pytest.fixture
def school_body() -> dict[str, Any]:
    """A building as a body."""
    return copy.deepcopy(SCHOOL)


@pytest.fixture
def school(engineer: Service) -> Iterator[dict[str, Any]]:
    """A building that has just been registered."""
    answer = engineer("POST", "/api/v1/building", json=SCHOOL)
    assert answer.status_code == 201, answer.text
    yield answer.json
    # Retired so that lists of the next test do not hold it.
    path = f"/api/v1/building/{answer.json['id']}"
    engineer("DELETE", path, headers={"If-Match": "*"})


SCHOOL: dict[str, Any] = {
    "municipality_code": "901",
    "name": "Koulu",
    "status": "in_use",
    "built_year": 1962,
    "gross_floor_area_m2": 4200.5,
    "material": "brick",
    "replacement_cost_eur": 9500000.5,
    "building_class": "0820",
    "geometry": {"type": "Point", "coordinates": [24.95, 60.17]},
}
