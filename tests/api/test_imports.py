"""Files over HTTP: checked without being written, taken in whole or not at all, with every fault named."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.access import Role
from service.app import create_app
from service.database import Database
from service.settings import Settings

PROFILE = "tampere_playgrounds"
TAMPERE_GK24 = "urn:ogc:def:crs:EPSG::3878"


def playgrounds(*features: tuple[str, str | None, list[float]]) -> bytes:
    """A file as Tampere's service gives it out."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": TAMPERE_GK24}},
            "features": [
                {
                    "type": "Feature",
                    "properties": {
                        "ID": number,
                        "leikkipaikan_nimi": name,
                        "viheralueen_nimi_tunnus": "837Puisto",
                        "tilaaja": "Tampere",
                        "kunnossapitaja": None,
                        "viheralueen_kayttoluokka": None,
                    },
                    "geometry": {"type": "Point", "coordinates": place},
                }
                for number, name, place in features
            ],
        }
    ).encode()


TWO = playgrounds(("1", "Kuusikko", [24488000.0, 6820000.0]), ("2", "Lahti", [24489000.0, 6821000.0]))


def send(
    client: Any, content: bytes, name: str = "pipes.csv", headers: dict[str, str] | None = None, **fields: str
) -> TestResponse:
    """Send a file and wait for the end of its import, unless other headers are given."""
    data: dict[str, Any] = {"file": (io.BytesIO(content), name), **fields}
    sent: dict[str, Any] = {"content_type": "multipart/form-data", "headers": headers or {"Prefer": "wait=30"}}
    answer: TestResponse = client("POST", "/api/v1/imports", data=data, **sent)
    return answer


@contextmanager
def kept_waiting(database: Database, municipality_code: str) -> Iterator[None]:
    """Keep workers from a municipality's imports, as another import of it would."""
    with closing(database.lasting()) as other:
        other.execute(f"SELECT pg_advisory_lock(hashtextextended('kuntokanta import of {municipality_code}', 0))")
        yield


def test_what_is_missing_or_unknown_in_the_form_is_named(engineer: Any) -> None:
    answer = engineer("POST", "/api/v1/imports", data={"colour": "red"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert {fault["pointer"] for fault in answer.json["errors"]} == {"/file", "/profile", "/colour"}
    answer = send(engineer, b"x", profile="horoscope", dry_run="maybe", municipality="1")
    assert {fault["pointer"] for fault in answer.json["errors"]} == {"/profile", "/dry_run", "/municipality"}


def test_a_file_is_sent_as_a_form(engineer: Any) -> None:
    assert engineer("POST", "/api/v1/imports", json={}).status_code == 415


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\xff\xfe\x00", b"{", b"a;b\n1\n"])
@pytest.mark.parametrize("name", ["a.zip", "a.csv", "a.gpkg", "a.geojson", "a.xlsx", "../../etc/passwd", "", "ä" * 300])
def test_a_file_that_is_none_gives_a_report_and_writes_nothing(engineer: Any, content: bytes, name: str) -> None:
    answer = send(engineer, content, name or "x", profile=PROFILE, municipality="901")
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["errors"]
    assert answer.json["report"]["applied"] is False
    assert engineer("GET", "/api/v1/assets").json["items"] == []


def test_an_import_is_for_the_municipality_of_the_token(engineer: Any, planner: Any) -> None:
    assert send(engineer, b"", profile=PROFILE, municipality="902").status_code == 403
    assert send(planner, b"", profile=PROFILE, municipality="901").status_code == 403


def test_a_dry_run_counts_and_writes_nothing(engineer: Any) -> None:
    answer = send(engineer, TWO, "p.geojson", profile=PROFILE, municipality="901", dry_run="true")
    assert answer.status_code == 200, answer.text
    assert (answer.json["added"], answer.json["applied"], answer.json["dry_run"]) == (2, False, True)
    assert engineer("GET", "/api/v1/playground").json["items"] == []


def test_an_import_is_written_once_and_found_again(engineer: Any) -> None:
    answer = send(engineer, TWO, "C:/temp/p.geojson", profile=PROFILE, municipality="901")
    assert answer.status_code == 201, answer.text
    assert (answer.json["added"], answer.json["file_name"]) == (2, "p.geojson")
    names = {each["name"] for each in engineer("GET", "/api/v1/playground").json["items"]}
    assert names == {"Kuusikko", "Lahti"}
    batch = engineer("GET", answer.headers["Location"]).json
    assert (batch["added"], batch["imported_by"], batch["profile"]) == (2, "engineer of 901", PROFILE)
    again = send(engineer, TWO, "p.geojson", profile=PROFILE, municipality="901")
    assert (again.status_code, again.json["unchanged"], again.json["added"]) == (201, 2, 0)
    listed = engineer("GET", "/api/v1/imports").json["items"]
    assert [each["added"] for each in listed if each["added"] is not None] == [0, 2]
    assert engineer("GET", "/api/v1/imports/901-99999").status_code == 404
    assert engineer("GET", "/api/v1/imports/902-1").status_code == 403


def test_a_file_is_accepted_at_once_and_its_import_followed_to_the_end(
    engineer: Any, module_database: Database
) -> None:
    fields = {"profile": PROFILE, "municipality": "901"}
    with kept_waiting(module_database, "901"):
        answer = send(engineer, TWO, "p.geojson", {"Idempotency-Key": "once"}, **fields)
        again = send(engineer, TWO, "p.geojson", {"Idempotency-Key": "once", "Prefer": "wait=0"}, **fields)
        other = send(engineer, b"{}", "p.geojson", {"Idempotency-Key": "once"}, **fields)
        assert (answer.status_code, answer.json["state"], answer.json["report"]) == (202, "queued", None)
        assert (again.status_code, again.json) == (202, answer.json)
        assert other.status_code == 422
        waiting = engineer("GET", answer.headers["Location"]).json
        assert (waiting["state"], waiting["workers"], waiting["requested_by"]) == ("queued", 2, "engineer of 901")
    deadline = time.monotonic() + 20
    while (done := engineer("GET", answer.headers["Location"]).json)["state"] != "finished":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (done["report"]["applied"], done["unchanged"], done["workers"]) == (True, 2, None)
    assert done["report"]["batch_id"] == done["batch_id"]
    pages, page = [], engineer("GET", "/api/v1/imports?limit=2").json
    while page["next"]:
        pages += page["items"]
        page = engineer("GET", page["next"]).json
    pages += page["items"]
    numbers = [each["batch_id"] for each in pages]
    assert numbers == sorted(set(numbers), reverse=True)
    assert numbers.count(done["batch_id"]) == 1


def test_a_waiting_import_is_cancelled_by_who_may_import_and_tried_again(
    engineer: Any, planner: Any, service_for: Any, module_database: Database
) -> None:
    with kept_waiting(module_database, "901"):
        accepted = send(engineer, TWO, "p.geojson", {"Prefer": "wait=0"}, profile=PROFILE, municipality="901")
        address = accepted.headers["Location"]
        assert planner("DELETE", address).status_code == 403
        assert service_for(Role.ENGINEER, "902")("DELETE", address).status_code == 403
        assert engineer("POST", f"{address}/retry").status_code == 409
        assert engineer("DELETE", address).status_code == 204
        assert engineer("DELETE", address).status_code == 409
        cancelled = engineer("GET", address).json
        assert (cancelled["state"], cancelled["report"], cancelled["problem"]) == ("cancelled", None, None)
        retried = engineer("POST", f"{address}/retry")
        assert (retried.status_code, retried.json["state"]) == (202, "queued")
    deadline = time.monotonic() + 20
    while (done := engineer("GET", address).json)["state"] != "finished":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert done["report"]["applied"]
    assert engineer("DELETE", "/api/v1/imports/901-99999").status_code == 404


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(app: Any, engineer: Any) -> None:
    small = create_app(
        Settings(database_url="unused", body_limit_bytes=100, upload_limit_bytes=5000),
        app.extensions["database"],
    ).test_client()
    limited = type(engineer)(small, engineer.token)
    fields = {"profile": PROFILE, "municipality": "901", "dry_run": "true"}
    assert send(limited, TWO, "p.geojson", **fields).status_code == 200
    refused = send(limited, b"x" * 5000, "p.geojson", **fields)
    assert (refused.status_code, refused.mimetype) == (413, "application/problem+json")


def test_a_failed_import_tells_why_and_stays_in_the_list(engineer: Any) -> None:
    refused = send(engineer, b"{", "p.geojson", profile=PROFILE, municipality="901")
    assert refused.status_code == 422
    newest = engineer("GET", "/api/v1/imports?limit=1").json["items"][0]
    whole = engineer("GET", f"/api/v1/imports/{newest['id']}").json
    assert (whole["state"], whole["error"]) == ("failed", whole["problem"]["detail"])
    assert whole["problem"] | {"report": whole["report"]} == refused.json


def test_of_a_faulty_file_nothing_is_written_unless_the_rest_is_accepted(admin: Any) -> None:
    content = playgrounds(("11", "Hyvä", [24488000.0, 6820000.0]), ("12", "Kaukana", [1.0, 2.0]))
    answer = send(admin, content, "p.geojson", profile=PROFILE, municipality="902")
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"].split(",")[0] for fault in answer.json["errors"]] == ["row 2"]
    assert admin("GET", "/api/v1/playground?municipality=902").json["items"] == []
    partial = send(admin, content, "p.geojson", profile=PROFILE, municipality="902", accept_partial="true")
    assert (partial.status_code, partial.json["added"], partial.json["faulty"]) == (201, 1, 1)


POPULATION = (
    "Väestö 31.12.\n\nAlue;Ikä;Yhteensä 2019 Väestö 31.12.\nKoekylä;0;12\nKoekylä;1;15\nKoelaakso;0;7\n"
).encode("iso-8859-1")


def test_a_planner_imports_population_and_an_engineer_does_not(engineer: Any, planner: Any) -> None:
    fields = {"profile": "statfin_population_2019", "municipality": "901"}
    refused = send(engineer, POPULATION, "v.csv", **fields)
    assert refused.status_code == 403
    assert "planner" in refused.json["detail"]
    answer = send(planner, POPULATION, "v.csv", **fields)
    assert answer.status_code == 201, answer.text
    assert (answer.json["added"], answer.json["rows_skipped"]) == (2, 1)
    assert send(planner, POPULATION, "v.csv", **{**fields, "municipality": "902"}).status_code == 403


def test_an_administrator_imports_both(admin: Any) -> None:
    assert send(admin, POPULATION, "v.csv", profile="statfin_population_2019", dry_run="true").status_code == 200
    assert send(admin, TWO, "p.geojson", profile=PROFILE, municipality="902", dry_run="true").status_code == 200


def test_who_only_reads_imports_nothing(service_for: Any) -> None:
    viewer = service_for(Role.VIEWER, "901")
    assert send(viewer, POPULATION, "v.csv", profile="statfin_population_2019").status_code == 403
    assert send(service_for(None), POPULATION, "v.csv", profile="statfin_population_2019").status_code == 401


OWN_PROFILE = """
name: own_parks
title: Parks
source_system: parks
format: csv
targets:
  - target: park
    key: [id]
    values: {name: {column: nimi}}
"""


def test_an_import_whose_profile_was_removed_since_is_cancelled_and_not_tried_again(
    engineer: Any, module_database: Database
) -> None:
    profile = engineer("POST", "/api/v1/import-profiles", json={"municipality_code": "901", "yaml": OWN_PROFILE})
    with kept_waiting(module_database, "901"):
        sent = send(engineer, b"id;nimi\n1;Puisto\n", "p.csv", {"Prefer": "wait=0"}, profile="own_parks")
        assert sent.status_code == 202, sent.text
        address = sent.headers["Location"]
        assert engineer("DELETE", profile.headers["Location"], headers={"If-Match": "*"}).status_code == 204
        assert engineer("DELETE", address).status_code == 204
    again = engineer("POST", f"{address}/retry")
    assert (again.status_code, "own_parks" in again.json["detail"]) == (409, True)
