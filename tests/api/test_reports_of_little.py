"""Reports of a municipality about which little is known: an answer that says so, in every form, never an error."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from models.access import Role
from service.database import Database
from service.operations.reporting import FORMATS, REPORTS

WITHOUT_RUN, WITHOUT_ASSETS, UNVALUED, WITHOUT_FORECAST = CODES = ("911", "912", "913", "914")
MUNICIPALITY = text(
    "INSERT INTO municipality (municipality_code, name_fi, name_sv, is_fictitious) VALUES (:code, 'Vähälä', 'Ringby',"
    " true) ON CONFLICT DO NOTHING"
)
BUILDING = text(
    "WITH core AS (INSERT INTO asset (municipality_code, asset_id, asset_class, source_system, source_id, status,"
    " is_protected, row_version, changed_at, quantity, built_year) SELECT :code, nextval('asset_id_seq'), asset_class,"
    " 'test', '1', 'in_use', false, 1, '2026-01-01', :quantity, 1970 FROM asset_class WHERE code = 'building'"
    " RETURNING asset_id) INSERT INTO building (municipality_code, asset_id) SELECT :code, asset_id FROM core"
)
FORMS = {form: media_type.partition(";")[0] for form, (media_type, _) in FORMATS.items()}


@pytest.fixture(scope="module")
def runs(app: Any, module_database: Database, service_for: Callable[..., Any]) -> dict[str, list[str]]:
    """The runs of each municipality: one valuation and two scenarios, where it has any."""
    with module_database.writing() as session:
        for code in CODES:
            session.execute(MUNICIPALITY, {"code": code})
        session.execute(BUILDING, {"code": UNVALUED, "quantity": None})
        session.execute(BUILDING, {"code": WITHOUT_FORECAST, "quantity": 1000})
    planner = service_for(Role.PLANNER)
    scenario = {"kind": "scenario", "budgets": [{"amounts_eur": [1000]}]}
    bodies: list[dict[str, Any]] = [{"valuation_year": 2026}, {**scenario, "years": 3}, {**scenario, "years": 5}]
    return {code: [_finished(planner, {"municipality_code": code, **body}) for body in bodies] for code in CODES[1:]}


def _finished(planner: Any, body: dict[str, Any]) -> str:
    answer = planner("POST", "/api/v1/runs", json=body)
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + 20
    while (run := planner("GET", answer.headers["Location"]).json)["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert run["state"] == "finished", run["error"]
    return str(run["run_id"])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("code", CODES)
def test_every_report_answers_in_every_form(
    service_for: Callable[..., Any], runs: dict[str, list[str]], code: str, report: str, form: str
) -> None:
    query = {"municipality": code, "format": form}
    if report == "comparison":
        query["runs"] = ",".join(runs.get(code, ["", "1", "2"])[1:])
    answer = service_for(Role.VIEWER)("GET", f"/api/v1/reports/{report}", query_string=query)
    if code == WITHOUT_RUN:
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    else:
        assert (answer.status_code, answer.mimetype) == (200, FORMS[form]), answer.text
        assert answer.data
