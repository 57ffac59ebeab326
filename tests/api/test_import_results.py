"""What an import found and did, over HTTP: faults as JSON, map and workbook, changes field by field, and undoing it."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
from sqlalchemy import text
from werkzeug.test import TestResponse

from service.database import Database

PROFILE = "tampere_playgrounds"


def playgrounds(*features: tuple[str, str, list[float]]) -> bytes:
    """A file as Tampere's service gives it out."""
    others = {"viheralueen_nimi_tunnus": "837Puisto", "tilaaja": "Tampere", "kunnossapitaja": None}
    others["viheralueen_kayttoluokka"] = None
    named = [
        {
            "type": "Feature",
            "properties": {"ID": number, "leikkipaikan_nimi": name, **others},
            "geometry": {"type": "Point", "coordinates": place},
        }
        for number, name, place in features
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3878"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": named}).encode()


def send(client: Any, content: bytes, **fields: str) -> TestResponse:
    data: dict[str, Any] = {"file": (io.BytesIO(content), "p.geojson"), "profile": PROFILE, "municipality": "902"}
    answer: TestResponse = client(
        "POST",
        "/api/v1/imports",
        data={**data, **fields},
        content_type="multipart/form-data",
        headers={"Prefer": "wait=30"},
    )
    return answer


def test_an_import_is_looked_at_field_by_field_and_undone_by_who_may_write(admin: Any, service_for: Any) -> None:
    first = send(admin, playgrounds(("1", "Kuusikko", [24488000.0, 6820000.0])))
    assert first.status_code == 201, first.text
    second = send(
        admin, playgrounds(("1", "Kuusikon puisto", [24488000.0, 6820000.0]), ("2", "Lahti", [24489000.0, 6821000.0]))
    )
    address = second.headers["Location"]
    page = admin("GET", f"{address}/changes?limit=1").json
    following = admin("GET", page["next"]).json
    changes = {each["operation"]: each for each in (*page["items"], *following["items"])}
    assert following["next"] is None
    assert changes["update"]["fields"] == [{"attribute": "name", "before": "Kuusikko", "after": "Kuusikon puisto"}]
    assert changes["create"]["source_id"] == "2"
    asked = admin("POST", f"{address}/undo?dry_run=true")
    assert (asked.status_code, asked.json["removed"], asked.json["restored"]) == (200, 1, 1), asked.text
    assert service_for(None)("POST", f"{address}/undo").status_code == 401
    done = admin("POST", f"{address}/undo")
    assert (done.json["removed"], done.json["restored"], done.json["conflicts"]) == (1, 1, [])
    names = [each["name"] for each in admin("GET", "/api/v1/playground?municipality=902").json["items"]]
    assert names == ["Kuusikko"]
    assert admin("GET", address).json["undone_at"] is not None
    assert admin("POST", f"{address}/undo").status_code == 409
    assert admin("POST", "/api/v1/imports/902-999999/undo").status_code == 404
    assert admin("GET", "/api/v1/imports/902-999999/changes").status_code == 404


def test_the_faults_of_a_dry_run_come_as_json_as_a_map_and_as_a_workbook_in_ones_language(admin: Any) -> None:
    content = playgrounds(
        ("11", "Hyvä", [24488000.0, 6820000.0]),
        ("12", "Hyvä", [24488000.0, 6820000.0]),
        ("13", "=Kaukana", [1.0, 2.0]),
    )
    send(admin, content, dry_run="true")
    newest = admin("GET", "/api/v1/imports?municipality=902&limit=1").json["items"][0]["id"]
    address = f"/api/v1/imports/{newest}/faults"
    told = admin("GET", address).json
    assert (told["error_count"], told["warning_count"]) == (1, 1)
    assert {(each["row"], each["rule"]) for each in told["faults"]} == {(3, "outside_finland"), (2, "same_place")}
    places = admin("GET", address, headers={"Accept": "application/geo+json"})
    assert places.content_type == "application/geo+json"
    shapes = {each["properties"]["row"]: each["geometry"] for each in places.json["features"]}
    assert (shapes[2]["type"], shapes[3]) == ("Point", None)
    book = admin("GET", f"{address}?format=xlsx", headers={"Accept-Language": "fi"})
    sheets = openpyxl.load_workbook(io.BytesIO(book.data), read_only=True)
    assert sheets.sheetnames[:2] == ["Yhteenveto", "Havainnot"]
    assert book.headers["Content-Language"] == "fi"
    assert admin("GET", f"{address}?format=pdf").status_code == 400


def test_reports_that_were_kept_before_changes_were_told_are_still_read(admin: Any, module_database: Database) -> None:
    address = send(admin, playgrounds(("21", "Lehto", [24488000.0, 6820000.0]))).headers["Location"]
    then = "- '{changes,added_rows,missing_rows,rules,uncounted}'::text[]"
    with module_database.writing() as session:
        session.execute(text(f"UPDATE import_batch SET report = report {then}"))
        session.execute(text(f"UPDATE job SET result = result {then} WHERE kind = 'import'"))
    for path in (address, f"{address}/faults", f"{address}/faults?format=xlsx", f"{address}/changes"):
        assert admin("GET", path).status_code == 200, path
