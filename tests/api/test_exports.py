"""Exports and forms over HTTP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl

from models.access import Role

Client = Callable[..., Any]


def test_an_export_is_asked_for_once_looked_at_and_read_until_it_expires(
    engineer: Client, school: dict[str, Any], service_for: Callable[..., Client]
) -> None:
    asked = {"municipality_code": "901", "format": "csv", "classes": ["building"], "records": True, "language": "en"}
    first = engineer("POST", "/api/v1/exports", json=asked, headers={"Idempotency-Key": "one"})
    again = engineer("POST", "/api/v1/exports", json=asked, headers={"Idempotency-Key": "one"})
    assert (first.status_code, again.json["id"]) == (202, first.json["id"])
    done = engineer("POST", "/api/v1/exports", json=asked, headers={"Prefer": "wait=50"})
    assert done.status_code == 201
    document = engineer("GET", done.headers["Location"]).json
    assert (document["state"], document["problem"]) == ("finished", None)
    file = engineer("GET", document["file"]["href"])
    assert (file.status_code, len(file.data)) == (200, document["file"]["size_bytes"])
    assert "901_building.csv" in file.headers["Content-Disposition"]
    assert school["id"] in file.data.decode("utf-8-sig")
    listed = engineer("GET", "/api/v1/exports?municipality=901&limit=1").json
    assert listed["items"][0]["id"] == document["id"]
    assert engineer("DELETE", done.headers["Location"]).status_code == 409
    stranger = service_for(Role.ADMIN, "902")
    assert stranger("GET", document["file"]["href"]).status_code == 403
    assert stranger("POST", "/api/v1/exports", json=asked).status_code == 403
    assert service_for(None)("POST", "/api/v1/exports", json=asked).status_code == 401


def test_every_fault_of_an_export_is_told_at_once(engineer: Client) -> None:
    asked = {"municipality_code": "901", "format": "xlsx", "district": "none", "filter": "colour = 1"}
    refused = engineer("POST", "/api/v1/exports", json={**asked, "classes": ["building"]})
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json["errors"]] == ["/district", "/filter"]


def test_a_form_is_empty_or_holds_what_there_is_and_comes_back(engineer: Client, school: dict[str, Any]) -> None:
    form = engineer("GET", "/api/v1/asset-classes/building/template?language=sv&municipality=901")
    assert form.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(form.data))["Byggnader"]
    ids = [row[0] for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert school["id"] in ids
    body = {"profile": "kuntokanta_records", "municipality": "901", "file": (io.BytesIO(form.data), "building.xlsx")}
    report = engineer("POST", "/api/v1/imports", data=body, headers={"Prefer": "wait=50"})
    assert (report.status_code, report.json["unchanged"], report.json["changed"]) == (201, len(ids), 0)
    empty = engineer("GET", "/api/v1/asset-classes/sewer/template?format=csv")
    with zipfile.ZipFile(io.BytesIO(empty.data)) as archive:
        assert archive.namelist() == ["sewer.csv", "README.txt", "_columns.csv", "_codes.csv"]
    assert engineer("GET", "/api/v1/asset-classes/lake/template").status_code == 404
    assert engineer("GET", "/api/v1/asset-classes/sewer/template?format=pdf").status_code == 400
