"""A municipality's own mapping profiles over HTTP: proposed, kept, changed by their version, used, removed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from werkzeug.test import TestResponse

from models.access import Role

PROFILES = "/api/v1/import-profiles"
TRIALS = Path(__file__).parents[1] / "importers" / "trials"
PARKS = """# Written by hand
name: parks_of_{code}
title: Parks
source_system: parks
format: csv
targets:
  - target: park
    key: [id]
    values:
      name: {{column: nimi}}  # what people call it
"""


def propose(client: Any, name: str, content: bytes | None = None, **fields: str) -> TestResponse:
    file = (io.BytesIO((TRIALS / name).read_bytes() if content is None else content), name)
    answer: TestResponse = client(
        "POST", f"{PROFILES}/proposals", data={"file": file, **fields}, content_type="multipart/form-data"
    )
    return answer


def send(client: Any, profile: str, content: str, **fields: str) -> TestResponse:
    data: dict[str, Any] = {"file": (io.BytesIO(content.encode()), "p.csv"), "profile": profile, **fields}
    headers = {"Prefer": "wait=30"}
    answer: TestResponse = client(
        "POST", "/api/v1/imports", data=data, content_type="multipart/form-data", headers=headers
    )
    return answer


def test_an_own_profile_is_kept_with_its_comments_used_and_changed_by_its_version(engineer: Any, admin: Any) -> None:
    text = PARKS.format(code="901")
    added = engineer("POST", PROFILES, json={"municipality_code": "901", "yaml": text})
    assert added.status_code == 201, added.text
    assert (added.json["changed_by"], added.json["row_version"], added.json["read_only"]) == (
        "engineer of 901",
        1,
        False,
    )
    address = added.headers["Location"]
    read = engineer("GET", address)
    assert (read.headers["ETag"], read.json["document"]) == ('"1"', yaml.safe_load(text))
    as_yaml = engineer("GET", f"{address}?format=yaml")
    assert (as_yaml.text, as_yaml.content_type) == (text, "application/yaml")
    assert engineer("GET", address, headers={"Accept": "application/yaml"}).text == text
    assert engineer("GET", address, headers={"If-None-Match": '"1"'}).status_code == 304
    imported = send(engineer, "parks_of_901", "id;nimi\n1;Keskuspuisto\n", municipality="901")
    assert imported.status_code == 201, imported.text
    assert (imported.json["added"], imported.json["profile"]) == (1, "parks_of_901")
    assert send(admin, "parks_of_901", "id;nimi\n1;x\n", municipality="902").status_code == 422
    assert engineer("POST", PROFILES, json={"municipality_code": "901", "yaml": text}).status_code == 409
    document = {**yaml.safe_load(text), "title": "Puistot"}
    assert engineer("PUT", address, json={"document": document}).status_code == 428
    replaced = engineer("PUT", address, json={"document": document}, headers={"If-Match": '"1"'})
    assert (replaced.status_code, replaced.headers["ETag"], replaced.json["title"]) == (200, '"2"', "Puistot")
    assert engineer("PUT", address, json={"document": document}, headers={"If-Match": '"1"'}).status_code == 412
    renamed = engineer("PUT", address, json={"document": {**document, "name": "x"}}, headers={"If-Match": "*"})
    assert [fault["pointer"] for fault in renamed.json["errors"]] == ["/document/name"]
    assert engineer("DELETE", address, headers={"If-Match": '"1"'}).status_code == 412
    assert engineer("DELETE", address, headers={"If-Match": '"2"'}).status_code == 204
    assert engineer("GET", address).status_code == 404


def test_every_fault_of_a_profile_is_named_with_its_path(engineer: Any) -> None:
    body = {
        "municipality_code": "901",
        "document": {
            "name": "Bad Name",
            "title": "t",
            "source_system": "s",
            "format": "pdf",
            "targets": [{"target": "park", "key": ["id"], "values": {"name": {"colum": "n"}}}],
        },
    }
    refused = engineer("POST", PROFILES, json=body)
    assert refused.status_code == 422
    assert {fault["pointer"] for fault in refused.json["errors"]} == {
        "/document/name",
        "/document/format",
        "/document/targets/0/values/name/value/colum",
    }
    for given in ({}, {"yaml": "name: a", "document": {}}):
        assert engineer("POST", PROFILES, json={"municipality_code": "901", **given}).status_code == 422
    for text in ("a: [", "- 1", "x: &a [1]\ny: *a", "[" * 60_000):
        faults = engineer("POST", PROFILES, json={"municipality_code": "901", "yaml": text}).json["errors"]
        assert [fault["pointer"] for fault in faults] == ["/yaml"], text[:20]


def test_profiles_that_come_with_the_service_can_be_read_and_not_replaced(engineer: Any, service_for: Any) -> None:
    address = f"{PROFILES}/shipped/oulu_playgrounds"
    shipped = engineer("GET", address)
    assert (shipped.json["read_only"], shipped.json["municipality_code"]) == (True, None)
    text = engineer("GET", f"{address}?format=yaml").text
    refused = engineer("POST", PROFILES, json={"municipality_code": "901", "yaml": text})
    assert refused.status_code == 409
    assert "choose another name" in refused.json["detail"]
    assert engineer("GET", f"{PROFILES}/shipped/none").status_code == 404
    assert service_for(None)("GET", address).status_code == 401


def test_a_list_goes_page_by_page_through_shipped_and_own_profiles(admin: Any) -> None:
    for code in ("901", "902"):
        body = {"municipality_code": code, "yaml": PARKS.format(code=code)}
        assert admin("POST", PROFILES, json=body).status_code == 201
    seen, address = [], f"{PROFILES}?limit=5"
    while address:
        page = admin("GET", address).json
        seen += [(each["municipality_code"], each["name"]) for each in page["items"]]
        address = page["next"]
    assert seen[-2:] == [("901", "parks_of_901"), ("902", "parks_of_902")]
    assert len(seen) == len(set(seen)) > 10
    of_one = admin("GET", f"{PROFILES}?municipality=902&limit=200").json["items"]
    assert [each["name"] for each in of_one if each["municipality_code"]] == ["parks_of_902"]
    for code in ("901", "902"):
        admin("DELETE", f"{PROFILES}/{code}/parks_of_{code}", headers={"If-Match": "*"})


def test_a_profile_is_kept_by_those_who_may_import_what_it_imports(
    engineer: Any, planner: Any, service_for: Any
) -> None:
    text = PARKS.format(code="901")
    assert planner("POST", PROFILES, json={"municipality_code": "901", "yaml": text}).status_code == 403
    assert engineer("POST", PROFILES, json={"municipality_code": "902", "yaml": text}).status_code == 403
    assert service_for(Role.VIEWER, "901")("POST", PROFILES, json={}).status_code == 403
    assert propose(service_for(Role.VIEWER, "901"), "Brunnar_Esbo.csv").status_code == 403
    assert propose(service_for(None), "Brunnar_Esbo.csv").status_code == 401


def test_a_proposal_is_made_of_a_file_and_kept_only_where_asked(engineer: Any) -> None:
    found = propose(engineer, "Vesijohdot_Kauniainen.csv", lang="fi")
    assert found.status_code == 200, found.text
    assert found.json["complete"]
    assert "Varma: Otsikko kertoo sen." in found.json["yaml"]
    assert yaml.safe_load(found.json["yaml"]) == found.json["document"]
    assert found.json["asset_classes"][0]["asset_class"] == "water_main"
    assert engineer("GET", f"{PROFILES}/901/vesijohdot_kauniainen").status_code == 404
    kept = propose(engineer, "Vesijohdot_Kauniainen.csv", store="true")
    assert kept.status_code == 201, kept.text
    assert engineer("GET", kept.headers["Location"]).json["document"] == kept.json["document"]
    content = (TRIALS / "Vesijohdot_Kauniainen.csv").read_text("utf-8")
    assert send(engineer, "vesijohdot_kauniainen", content, dry_run="true").json["added"] == 11


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a;b\n1\n", b"PK\x03\x04"])
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.gpkg", "a.zip", "a.exe", "../x", "a"])
def test_a_file_that_is_none_is_told_in_words(engineer: Any, name: str, content: bytes) -> None:
    answer = propose(engineer, name, content)
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert {fault["pointer"] for fault in answer.json["errors"]} == {"/file"}
        assert "upload" not in answer.json["detail"]


def test_what_is_wrong_with_the_form_of_a_proposal_is_all_named(engineer: Any) -> None:
    fields = {"lang": "de", "asset_class": "castle", "municipality": "1", "colour": "red"}
    faults = propose(engineer, "Brunnar_Esbo.csv", **fields).json["errors"]
    assert {fault["pointer"] for fault in faults} == {"/lang", "/asset_class", "/municipality", "/colour"}
