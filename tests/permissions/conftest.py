"""Two municipalities that have the same of everything, each under a name that tells whose it is wherever it is seen."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from models.access import Role
from models.registry import ASSET_CLASSES
from service.app import create_app
from service.database import Database
from service.job_kinds import JOB_WORKS
from service.operations.access import create_token
from service.operations.worker import Worker
from service.queries.asset_key import AssetKey
from service.settings import Settings

OWN, OTHER = "901", "902"
NAMES = {OWN: "Omala", OTHER: "Vieraala"}
LAID = text(
    "INSERT INTO municipality (municipality_code, name_fi, name_sv, is_fictitious)"
    " VALUES (:code, :name, :name, true) ON CONFLICT DO NOTHING"
)
DISTRICT = text(
    "INSERT INTO district (municipality_code, district_code, name_fi, geometry) VALUES (:code, 'K1', :name,"
    " ST_Multi(ST_MakeEnvelope(385000, 6671000, 387000, 6673000, 3067)))"
)
PLACES: Mapping[str, Mapping[str, Any]] = {
    "POINT": {"type": "Point", "coordinates": [24.95, 60.17]},
    "LINESTRING": {"type": "LineString", "coordinates": [[24.95, 60.17], [24.951, 60.17]]},
    "POLYGON": {
        "type": "Polygon",
        "coordinates": [[[24.95, 60.17], [24.951, 60.17], [24.951, 60.171], [24.95, 60.17]]],
    },
}
PROFILE = """name: parks_of_{code}
title: Parks of {name}
source_system: parks of {name}
format: csv
targets:
  - target: park
    key: [id]
    values:
      name: {{column: nimi}}
"""
Send = Callable[..., TestResponse]


def asset_body(asset_class: str, code: str) -> dict[str, Any]:
    """A sound asset of any class."""
    place = PLACES[ASSET_CLASSES[asset_class].geometry_types[0]]
    body = {"municipality_code": code, "status": "in_use", "name": NAMES[code], "geometry": place}
    school = {"built_year": 1970, "replacement_cost_eur": 1_000_000, "building_class": "0820"}
    return {**body, **school} if asset_class == "building" else body


def import_form(code: str) -> dict[str, Any]:
    """A file of parks and how to read it."""
    file = (io.BytesIO(f"id,nimi\n1,{NAMES[code]}\n".encode()), f"{NAMES[code]}.csv")
    return {"file": file, "profile": f"parks_of_{code}", "municipality": code}


RECORDS: Mapping[str, Mapping[str, Any]] = {
    "assessments": {"assessed_on": "2025-06-01", "scale_code": "fi_1_5", "value_given": 2, "method": "visual"},
    "components": {"component_code": "roof", "cost_share": 0.1, "service_life_years": 40},
    "capacities": {"service_code": "library", "valid_from": "2020-01-01", "capacity": 300},
    "measures": {"kind": "repair", "state": "planned", "year": 2030, "cost_eur": 5},
    "suitabilities": {"service_code": "library", "assessed_on": "2025-01-01", "suitability_class": 3},
}


def planned_bodies(code: str) -> dict[str, dict[str, Any]]:
    """A sound body for each path that planners post to."""
    of, dated = {"municipality_code": code}, {"valid_from": "2030-01-01", "source_id": f"council of {NAMES[code]}"}
    source = {"source_title": "Decision of the council"}
    area = {**of, "service_code": "basic_education", "area_code": "north"}
    rule = {"asset_class": "street_segment", "measure_code": "resurfacing"}
    classes = {"condition_class_from": 2, "condition_class_to": 4, "unit_cost_eur": 26.5, "price_level_year": 2026}
    value = {"name": "service_life_years", "asset_class": "quay", "value": 50}
    return {
        "service-areas": {**area, "population_area_code": "all", "name_fi": NAMES[code]},
        "service-needs": {**area, "scenario": "base", "year": 2030, "service_need": 412.5},
        "parameters": {**of, **dated, **source, **value},
        "measure-rules": {**of, **dated, **source, **rule, **classes},
        "import-profiles": {**of, "yaml": PROFILE.format(code=code, name=NAMES[code])},
    }


@dataclass(frozen=True)
class Town:
    """What there is in a municipality: the values that addresses are made with."""

    code: str
    assets: Mapping[str, AssetKey]
    batch_id: int
    export_id: int
    runs: Mapping[str, str]

    def asset_body(self, asset_class: str) -> dict[str, Any]:
        """Return another asset of a class."""
        return asset_body(asset_class, self.code)

    def record_body(self, path: str) -> dict[str, Any]:
        """Return another record of an asset."""
        return dict(RECORDS[path])

    def planned_body(self, path: str) -> dict[str, Any]:
        """Return what a planner posted to a path."""
        return planned_bodies(self.code)[path]

    def import_form(self) -> dict[str, Any]:
        """Return a file to import."""
        return import_form(self.code)


def lay(send: Send, code: str) -> Town:
    """Put something of every kind into a municipality, as a national administrator."""

    def made(path: str, **options: Any) -> Any:
        answer = send(options.pop("method", "POST"), f"/api/v1/{path}", **options)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer

    def run(**body: Any) -> str:
        return str(made("runs", json={"municipality_code": code, **body}, headers={"Prefer": "wait=60"}).json["id"])

    ids = {each: made(each, json=asset_body(each, code)).json["id"] for each in ASSET_CLASSES}
    for path, body in RECORDS.items():
        made(f"assets/{ids['building']}/{path}", json=body)
    for path, body in planned_bodies(code).items():
        made(path, json=body)
    index = {"index_code": "i", "source_id": "s", "source_title": "S", "points": [{"year": 2020, "value": 1}]}
    made("cost-indices", json=index)
    made(f"budgets/{code}/2030/bridge", method="PUT", json={"amount_eur": 1000})
    made(f"grade-enrolments/{code}/basic_education/north/2025/3", method="PUT", json={"users": 12})
    form = {"content_type": "multipart/form-data", "headers": {"Prefer": "wait=60"}}
    batch = made("imports", data=import_form(code), **form).headers["Location"].rpartition("-")[2]
    asked = {"municipality_code": code, "format": "csv", "classes": ["building"]}
    export = made("exports", json=asked, headers={"Prefer": "wait=60"}).json["export_id"]
    budgets = [{"asset_classes": ["building"], "amounts_eur": [700_000]}]
    runs = {
        "valuation": run(valuation_year=2026),
        "scenario": run(kind="scenario", years=3, budgets=budgets),
        "funding": run(kind="funding", years=1),
    }
    keys = {each: AssetKey(code, int(key.partition("-")[2])) for each, key in ids.items()}
    return Town(code, keys, int(batch), export, runs)


@pytest.fixture(scope="module")
def lay_town() -> Callable[[Send, str], Town]:
    """Gives what lays a municipality, while a worker is there."""
    return lay


@pytest.fixture(scope="module")
def app(module_database: Database) -> Flask:
    """The service without open reading, on a register that knows both municipalities."""
    with module_database.writing() as session:
        for code, name in NAMES.items():
            session.execute(LAID, {"code": code, "name": name})
            session.execute(DISTRICT, {"code": code, "name": name})
    return create_app(Settings(database_url="unused"), module_database)


def sender(client: FlaskClient, token: str | None) -> Send:
    """Give what sends requests with a token."""
    own = {"Authorization": f"Bearer {token}"} if token else {}

    def send(method: str, path: str, **options: Any) -> TestResponse:
        headers = {**own, **options.pop("headers", {})}
        return client.open(path, method=method, headers=headers, buffered=True, **options)

    return send


@pytest.fixture(scope="module")
def send_as(app: Flask, module_database: Database) -> Callable[..., Send]:
    """Gives what sends requests as a holder of a role, in one municipality or all; without a role, without a token."""

    def send_as(role: Role | None, municipality_code: str | None = None, holder: str = "someone") -> Send:
        token = role and create_token(module_database, holder=holder, role=role, municipality_code=municipality_code)
        return sender(app.test_client(), token)

    return send_as


@pytest.fixture(scope="module")
def towns(module_database: Database, send_as: Callable[..., Send]) -> dict[str, Town]:
    """Both municipalities, full of data; the worker that made them has stopped."""
    worker = Worker(module_database, JOB_WORKS)
    worker.start()
    try:
        laid = {code: lay(send_as(Role.ADMIN), code) for code in NAMES}
    finally:
        worker.stop()
    return laid
