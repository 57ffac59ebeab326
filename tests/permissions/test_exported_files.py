"""What is taken away or came in as a file tells no more than the service does: not who wrote what, nor from where."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from models.access import Role
from service.app import create_app
from service.database import Database
from service.job_kinds import JOB_WORKS
from service.operations.worker import Worker
from service.settings import Settings

Send = Callable[..., Any]
TOWN = "901"


@pytest.fixture(scope="module")
def export_of(send_as: Callable[..., Send], module_database: Database) -> Callable[[str], str]:
    """Gives the address of a file that an administrator has had written."""

    def export_of(form: str) -> str:
        body = {"municipality_code": TOWN, "format": form}
        asked = send_as(Role.ADMIN, TOWN)("POST", "/api/v1/exports", json=body)
        assert asked.status_code == 202, asked.text
        Worker(module_database, JOB_WORKS).work_off()
        return f"/api/v1/exports/{asked.json['id']}/file"

    return export_of


def test_an_archive_which_holds_the_audit_is_for_those_who_read_the_audit(
    send_as: Callable[..., Send], export_of: Callable[[str], str]
) -> None:
    archive, body = export_of("archive"), {"municipality_code": TOWN, "format": "archive"}
    for role in (Role.VIEWER, Role.ENGINEER, Role.PLANNER):
        send = send_as(role, TOWN)
        assert send("GET", "/api/v1/audit").status_code == 403
        assert send("POST", "/api/v1/exports", json=body).status_code == 403
        assert send("GET", archive).status_code == 403
        assert send("POST", f"{archive.removesuffix('/file')}/retry").status_code == 403
    assert send_as(Role.ADMIN, TOWN)("GET", archive).status_code == 200


def test_where_reading_is_open_files_which_name_who_recorded_are_for_those_who_are_known(
    send_as: Callable[..., Send], export_of: Callable[[str], str], module_database: Database
) -> None:
    open_to_all = create_app(Settings(database_url="unused", open_reading=True), module_database).test_client()
    for form in ("csv", "archive"):
        address = export_of(form)
        assert open_to_all.get(address.removesuffix("/file")).status_code == 200
        assert open_to_all.get(address).status_code == 401
    assert send_as(Role.VIEWER, TOWN)("GET", export_of("csv")).status_code == 200


def test_where_reading_is_open_imports_name_nobody_to_those_who_are_not_known(
    send_as: Callable[..., Send], module_database: Database
) -> None:
    engineer = send_as(Role.ENGINEER, TOWN)
    asset = engineer("POST", "/api/v1/building", json={"municipality_code": TOWN, "status": "in_use"}).json["id"]
    assessment = {"assessed_on": "2025-06-01", "scale_code": "fi_1_5", "value_given": 2, "method": "visual"}
    record = engineer("POST", f"/api/v1/assets/{asset}/assessments", json=assessment).json
    rows = f"municipality_code,assessment_id,assessor\n{TOWN},{record['assessment_id']},Maija Mittaaja\n"
    form = {"profile": "kuntokanta_records", "municipality": TOWN, "dry_run": "false"}
    file = (io.BytesIO(rows.encode()), "condition_assessment.csv")
    asked = engineer("POST", "/api/v1/imports", data={**form, "file": file}, content_type="multipart/form-data")
    Worker(module_database, JOB_WORKS).work_off()
    address = f"/api/v1/imports/{asked.json['id']}"
    open_to_all = create_app(Settings(database_url="unused", open_reading=True), module_database).test_client()
    for path in (address, f"{address}/changes"):
        assert "Maija" in engineer("GET", path).text
        told = open_to_all.get(path)
        assert (told.status_code, "assessor" in told.text, "Maija" in told.text) == (200, True, False)
    workbook = openpyxl.load_workbook(io.BytesIO(open_to_all.get(f"{address}/faults?format=xlsx").data))
    assert "Maija" not in str([list(sheet.values) for sheet in workbook])
