"""A small municipality's register, kept and valued over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from models.access import Role
from models.condition import Component
from service.app import create_app
from service.database import Database
from service.job_kinds import JOB_WORKS
from service.operations.access import create_token
from service.operations.worker import Worker
from service.queries.cost_indices import store_cost_index
from service.settings import Settings

MUNICIPALITIES = text(
    "INSERT INTO municipality (municipality_code, name_fi, name_sv, is_fictitious) VALUES"
    " ('901', 'Koekylä', 'Provby', true), ('902', 'Koelaakso', 'Provdal', true) ON CONFLICT DO NOTHING"
)
BUILDING = {
    "municipality_code": "901",
    "status": "in_use",
    "built_year": 2005,
    "replacement_cost_eur": 1_000_000,
    "building_class": "0820",
    "geometry": {"type": "Point", "coordinates": [24.95, 60.17]},
}


class Town:
    """Municipality 901 over HTTP, as its engineer and its planner keep it."""

    def __init__(self, database: Database) -> None:
        with database.writing() as session:
            session.execute(MUNICIPALITIES)
        self.database = database
        self.client = create_app(Settings(database_url="unused"), database).test_client()
        self.token = create_token(database, holder="admin", role=Role.ADMIN, municipality_code=None)

    def ask(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.open(f"/api/v1/{path}", method=method, headers=headers, **options)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.ask("POST", path, json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def building(self, name: str, **attributes: Any) -> str:
        """Register a building of 1 M€ of 2005 and return its id."""
        return str(self.post("building", **(BUILDING | {"name": name} | attributes))["id"])

    def change(self, asset: str, **attributes: Any) -> None:
        headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
        answer = self.ask("PATCH", f"building/{asset}", json=attributes, headers=headers)
        assert answer.status_code == 200, answer.text

    def retire(self, asset: str) -> None:
        answer = self.ask("DELETE", f"building/{asset}", headers={"If-Match": "*"})
        assert answer.status_code in (200, 204), answer.text

    def assess(self, asset: str, day: str, index: float, component: int | None = None) -> None:
        self.post(
            f"assets/{asset}/assessments",
            assessed_on=day,
            scale_code="index_0_1",
            value_given=str(index),
            method="visual",
            component_id=component,
        )

    def parameter(self, name: str, valid_from: str, **given: Any) -> None:
        """Set a parameter of the municipality's buildings."""
        key = {"municipality_code": "901", "asset_class": "building", "source_id": "own", "source_title": "Own"}
        self.post("parameters", **(key | {"name": name, "valid_from": valid_from} | given))

    def index(self, code: str, points: dict[int, float]) -> None:
        """Keep a cost index by year."""
        rows = [
            {"index_code": code, "year": year, "month": 0, "value": value, "source_id": "kuntokanta", "is_demo": False}
            for year, value in points.items()
        ]
        with self.database.writing() as session:
            store_cost_index(session, rows)

    def renew_component(self, component_id: int, year: int) -> None:
        """Record a renewal as an import does, which merges components by their code."""
        with self.database.writing() as session:
            component = session.get_one(Component, {"municipality_code": "901", "component_id": component_id})
            component.renewed_year = year

    def value(self, year: int, municipality: str = "901", **settings: Any) -> int:
        """Value all assets and return the run's number."""
        body = {"municipality_code": municipality, "valuation_year": year} | settings
        answer = self.ask("POST", "runs", json=body)
        assert answer.status_code == 202, answer.text
        found = self.ended(answer.json["id"])
        assert found["state"] == "finished", found["error"]
        return int(found["run_id"])

    def ended(self, run: str) -> dict[str, Any]:
        """Return a run once a worker has carried it out."""
        Worker(self.database, JOB_WORKS).work_off()
        return dict(self.ask("GET", f"runs/{run}").json) | {"run_id": int(run.split("-")[1])}

    def report(self, **query: Any) -> dict[str, Any]:
        answer = self.ask("GET", "reports/backlog", query_string={"municipality": "901", "lang": "en"} | query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def causes(self, **query: Any) -> dict[str, float]:
        """Return what changed the backlog, by cause; those that changed nothing are left out."""
        rows = self.report(**query)["tables"]["change"]["rows"]
        changed = {row["change_cause"]: row["repair_backlog_change_eur"] for row in rows}
        return {cause: amount for cause, amount in changed.items() if amount}


@pytest.fixture
def town(database: Database) -> Town:
    """The municipality, without any asset yet."""
    return Town(database)
