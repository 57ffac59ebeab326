"""The demo municipality as a planner uses it over HTTP, and small registers to be valued."""

from __future__ import annotations

import datetime
import io
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.access import Role
from models.assets.buildings_and_grounds import Building
from service.app import create_app
from service.database import Database
from service.job_kinds import JOB_WORKS
from service.operations.access import create_token
from service.operations.worker import Worker
from service.settings import Settings

Answer = Any
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


class Planner:
    """Asks the service with a planner's token."""

    def __init__(self, client: FlaskClient, token: str, municipality_code: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self._code = municipality_code

    def __call__(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request below /api/v1."""
        headers = {**self._headers, **options.pop("headers", {})}
        return self._client.open(f"/api/v1/{path}", method=method, headers=headers, **options)

    def value(self, year: int = 2026, **asked: Any) -> dict[str, Any]:
        """Start a valuation and return the run when it has ended."""
        body = {"municipality_code": self._code, "valuation_year": year, **asked}
        begun = self("POST", "runs", json=body)
        assert begun.status_code == 202, begun.text
        deadline = time.monotonic() + 30
        path = begun.headers["Location"].partition("/api/v1/")[2]
        while (run := self("GET", path).json)["state"] in ("queued", "running") and time.monotonic() < deadline:
            time.sleep(0.02)
        return dict(run)

    def imported(self, content: bytes, name: str, profile: str) -> Answer:
        """Send a file to be imported."""
        data = {"file": (io.BytesIO(content), name), "profile": profile, "municipality": self._code}
        wait = {"Prefer": "wait=60"}
        return self("POST", "imports", data=data, content_type="multipart/form-data", headers=wait)

    def tables(self, report: str = "service-need", **query: Any) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of a report's tables."""
        answer = self("GET", f"reports/{report}", query_string={"municipality": self._code, **query})
        assert answer.status_code == 200, answer.text
        return {name: table["rows"] for name, table in answer.json["tables"].items()}


@pytest.fixture(scope="session")
def module_template(demo_template: str) -> str:
    return demo_template


@pytest.fixture(scope="module")
def planner_of(module_database: Database) -> Iterator[Callable[..., Planner]]:
    """Gives the service as a planner of a municipality sees it; a worker stands beside it."""
    app = create_app(Settings(database_url="unused"), module_database)

    def planner_of(municipality_code: str, role: str = Role.PLANNER) -> Planner:
        grant = {"role": Role(role), "municipality_code": municipality_code}
        token = create_token(module_database, holder="planner", **grant)
        return Planner(app.test_client(), token, municipality_code)

    worker = Worker(module_database, JOB_WORKS)
    worker.start()
    yield planner_of
    worker.stop()


@pytest.fixture(scope="module")
def planner(planner_of: Callable[..., Planner]) -> Planner:
    """The demo municipality's planner."""
    return planner_of("999")


class NeedRegister:
    """Writes service areas, forecasts, grids and pupils with short calls."""

    def __init__(self, session: Session, code: str = "999") -> None:
        self._session = session
        self._code = code

    def run(self, statement: str, **values: Any) -> None:
        """Run a statement with the municipality as `:code`."""
        self._session.execute(text(statement), {"code": self._code, **values})

    def area(
        self, area_code: str, parent: str | None = None, box: tuple[float, ...] | None = None, service: str = ""
    ) -> None:
        """Add an area of basic education (or another service), a rectangle in EPSG:3067 where it has a place."""
        shape = "ST_Multi(ST_MakeEnvelope(:x0, :y0, :x1, :y1, 3067))" if box else "NULL"
        self.run(
            "INSERT INTO service_area (municipality_code, service_code, area_code, parent_area_code,"
            f" population_area_code, name_fi, geometry)"
            f" VALUES (:code, :service, :area, :parent, :area, :area, {shape})",
            area=area_code,
            parent=parent,
            service=service or "basic_education",
            **dict(zip(("x0", "y0", "x1", "y1"), box or (), strict=False)),
        )

    def persons(
        self, area_code: str, persons: dict[int, float], ages: range = range(7, 16), scenario: str = "plan"
    ) -> None:
        """Add a forecast: so many persons of each age by year."""
        for year, count in persons.items():
            self.run(
                "INSERT INTO population_forecast (municipality_code, area_code, scenario, year, age, population,"
                " is_open_age) SELECT :code, :area, :scenario, :year, age, :count, false FROM"
                " generate_series(CAST(:first AS int), CAST(:last AS int)) AS age",
                area=area_code,
                scenario=scenario,
                year=year,
                count=count,
                first=ages[0],
                last=ages[-1],
            )

    def cell(self, cell_id: str, persons: float, box: tuple[float, ...], ages: dict[int, float] | None = None) -> None:
        """Add a cell of a population grid, with the persons of age groups by their first age."""
        self.run(
            "INSERT INTO population_grid (municipality_code, grid_code, cell_id, population, has_known_place, geometry)"
            " VALUES (:code, 'grid', :cell, :persons, true, ST_MakeEnvelope(:x0, :y0, :x1, :y1, 3067))",
            cell=cell_id,
            persons=persons,
            **dict(zip(("x0", "y0", "x1", "y1"), box, strict=True)),
        )
        for first, count in (ages or {}).items():
            self.run(
                "INSERT INTO population_grid_age (municipality_code, grid_code, cell_id, age_from, population)"
                " VALUES (:code, 'grid', :cell, :first, :count)",
                cell=cell_id,
                first=first,
                count=count,
            )

    def pupils(self, area_code: str, by_year: dict[int, list[float]]) -> None:
        """Add the pupils counted by year, the lowest grade first."""
        for year, grades in by_year.items():
            for grade, users in enumerate(grades):
                self.run(
                    "INSERT INTO grade_enrolment (municipality_code, service_code, area_code, year, grade, users)"
                    " VALUES (:code, 'basic_education', :area, :year, :grade, :users)",
                    area=area_code,
                    year=year,
                    grade=grade,
                    users=users,
                )

    def school(self, area_code: str, places: float, **attributes: Any) -> int:
        """Add a school of an area with its places; return its asset id."""
        own = {"status": "in_use", "is_protected": False, "row_version": 1, "changed_at": NOW} | attributes
        school = Building(municipality_code=self._code, source_system="test", source_id=f"{area_code}-{places}", **own)
        self._session.add(school)
        self._session.flush()
        self.run(
            "INSERT INTO capacity (municipality_code, capacity_id, asset_id, service_code, area_code, valid_from,"
            " capacity) VALUES (:code, nextval('capacity_id_seq'), :asset, 'basic_education', :area, '2020-01-01', :n)",
            asset=school.asset_id,
            area=area_code,
            n=places,
        )
        return school.asset_id

    def parameter(
        self, name: str, key: str, value: float | str, first: str = "2000-01-02", last: str | None = None
    ) -> None:
        """Add a value of the municipality's own."""
        column = "code" if isinstance(value, str) else "value"
        self.run(
            f"INSERT INTO parameter_value (name, municipality_code, key, valid_from, valid_to, {column}, source_id,"
            " is_demo) VALUES (:name, :code, :key, :first, :last, :value, 'kuntokanta', false)",
            name=name,
            key=key,
            value=value,
            first=first,
            last=last,
        )


@pytest.fixture
def register(database: Database) -> Callable[[], AbstractContextManager[NeedRegister]]:
    """Opens the register of a test to be written, in one transaction."""

    @contextmanager
    def register() -> Iterator[NeedRegister]:
        with database.writing() as session:
            yield NeedRegister(session)

    return register


@pytest.fixture(scope="session")
def need_register() -> type[NeedRegister]:
    """What writes a register with short calls."""
    return NeedRegister
