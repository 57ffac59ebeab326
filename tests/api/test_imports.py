"""Files over HTTP: checked without being written, taken in whole or not at all, with every fault named."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.access import Role

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


def send(client: Any, content: bytes, name: str = "pipes.csv", **fields: str) -> TestResponse:
    data: dict[str, Any] = {"file": (io.BytesIO(content), name), **fields}
    answer: TestResponse = client("POST", "/api/v1/imports", data=data, content_type="multipart/form-data")
    return answer


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
    assert [each["added"] for each in listed] == [2, 0]
    assert engineer("GET", "/api/v1/imports/901-99999").status_code == 404
    assert engineer("GET", "/api/v1/imports/902-1").status_code == 403


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
