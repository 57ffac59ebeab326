"""A report comes in the form and language that a client asks for, over HTTP, each with the same figures."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from openpyxl import load_workbook

from service.catalogues import text
from service.operations.reporting import FORMATS, REPORTS

SCHOOL = {
    "municipality_code": "901",
    "name": "Koulu",
    "source_system": "test",
    "built_year": 1962,
    "replacement_cost_eur": 9_500_000.5,
    "gross_floor_area_m2": 3800,
    "status": "in_use",
    "is_protected": False,
}
STARTS = {"json": b"{", "csv": b"\xef\xbb\xbf", "xlsx": b"PK", "html": b"<!doctype html>", "pdf": b"%PDF-"}


@pytest.fixture(scope="module")
def valued(engineer: Any, planner: Any) -> None:
    """A municipality with one school, valued."""
    assert engineer("POST", "/api/v1/building", json=SCHOOL).status_code == 201
    answer = planner("POST", "/api/v1/runs", json={"municipality_code": "901", "valuation_year": 2026})
    deadline = time.monotonic() + 20
    while (run := planner("GET", answer.headers["Location"]).json)["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert run["state"] == "finished", run["error"]


@pytest.mark.usefixtures("valued")
@pytest.mark.parametrize("name", ["backlog", "service-need", "portfolio", "funding"])
def test_every_report_comes_in_every_form_by_query_and_by_accept(planner: Any, name: str) -> None:
    assert name in REPORTS
    for form, (media_type, _) in FORMATS.items():
        path = f"/api/v1/reports/{name}?municipality=901&lang=sv"
        asked = planner("GET", f"{path}&format={form}")
        if form == "pdf" and asked.status_code == 501:
            continue  # Pango's libraries are not here
        accepted = planner("GET", path, headers={"Accept": media_type.partition(";")[0]})
        assert asked.status_code == accepted.status_code == 200, asked.text
        assert asked.headers["Content-Type"] == accepted.headers["Content-Type"] == media_type
        assert asked.headers["Content-Language"] == "sv"
        assert asked.data.startswith(STARTS[form])
        assert asked.data == accepted.data


@pytest.mark.usefixtures("valued")
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_workbook_names_its_file_and_holds_the_figures_of_the_json(planner: Any, language: str) -> None:
    path = "/api/v1/reports/portfolio?municipality=901&group_by=class,decade"
    total = planner("GET", path).json["tables"]["portfolio"]["total"]
    answer = planner("GET", f"{path}&format=xlsx", headers={"Accept-Language": language})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="portfolio-901.xlsx"'
    sheet = load_workbook(io.BytesIO(answer.data), data_only=True)[text(language, "report.table.portfolio")]
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    assert total["repair_backlog_eur"] in values
    assert total["replacement_cost_eur"] in values


@pytest.mark.usefixtures("valued")
@pytest.mark.parametrize("name", ["portfolio", "funding"])
def test_an_unknown_grouping_is_named(planner: Any, name: str) -> None:
    answer = planner("GET", f"/api/v1/reports/{name}?municipality=901&group_by=colour,class,shape")
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["group_by", "group_by"]


def test_the_description_names_every_form_of_a_report(planner: Any) -> None:
    operation = planner("GET", "/api/v1/openapi.json").json["paths"]["/api/v1/reports/{name}"]["get"]
    described = set(operation["responses"]["200"]["content"])
    assert described == {media_type.partition(";")[0] for media_type, _ in FORMATS.values()}
    [form] = [each for each in operation["parameters"] if each.get("name") == "format"]
    assert [each for each in form["schema"]["enum"] if each] == list(FORMATS)
