"""Who wrote what, when, by which way and from where, before and after: read, filtered, paged, as a file, for ever."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from models.access import Role
from service.app import create_app
from service.cli import main
from service.cluster.cluster import Cluster
from service.database import Database
from service.importers.pipeline import import_file
from service.importers.profile_file import parse_profile
from service.operations.audit_retention import redact_audit
from service.operations.import_undo import undo_import
from service.settings import Settings

PARKS = """
name: parks
title: t
source_system: test
format: csv
targets:
  - target: park
    key: [id]
    values: {name: {column: name}}
"""
NEEDS = """
name: needs
title: t
source_system: test
format: csv
targets:
  - target: population_forecast
    values: {area_code: {column: area}, scenario: {column: scenario}, year: {column: year}, age: {column: age},
             is_open_age: {constant: false}, population: {column: people}}
"""
BODY = {"municipality_code": "999", "status": "in_use", "name": "Koulu"}
ASSESSED = {"assessed_on": "2025-06-01", "scale_code": "fi_1_5", "value_given": 2, "method": "visual", "assessor": "A"}


@pytest.fixture
def imports(database: Database, tmp_path: Path) -> Callable[[str, str], int]:
    """Imports a text by a profile; gives the number of the import."""

    def imports(text: str, profile: str) -> int:
        (tmp_path / "a.csv").write_text(text)
        report = import_file(
            database, tmp_path / "a.csv", parse_profile(profile), municipality_code="999", changed_by="Ines"
        )
        assert report.batch_id, report.as_dict()
        return report.batch_id

    return imports


def of(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    """All entries, in pages of two; that they are the same as in one go is checked on the way."""
    found: list[dict[str, Any]] = []
    page = client.get("/api/v1/audit", query_string={**query, "limit": 2}).json
    while page:
        found += page["items"]
        page = page["next"] and client.get(page["next"]).json
    assert found == client.get("/api/v1/audit", query_string={**query, "limit": 1000}).json["items"]
    return found


def test_each_write_is_told_with_who_when_how_and_from_where_before_and_after(
    client_of: Callable[..., FlaskClient],
) -> None:
    engineer, admin = client_of(Role.ENGINEER, "999", "Eeva"), client_of(Role.ADMIN, "999", "Aada")
    path = f"/api/v1/building/{engineer.post('/api/v1/building', json=BODY).json['id']}"
    kind = {"content_type": "application/merge-patch+json", "headers": {"If-Match": "*"}}
    engineer.patch(path, json={"owner": "city"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}, **kind)
    number = engineer.post(f"/api/v1/assets/{path[-5:]}/assessments", json=ASSESSED).json["assessment_id"]
    assessed, changed, made = of(admin, municipality="999", since="2020-01-01", by="Eeva")
    assert (changed["via"], changed["from_address"], changed["action"]) == ("rest", "192.0.2.7", "update")
    assert (changed["before"]["owner"], changed["after"]["owner"], changed["row_version"]) == (None, "city", 2)
    assert (made["action"], made["before"], made["after"]["name"]) == ("insert", None, "Koulu")
    assert made["record"] == made["asset_id"] == assessed["asset_id"] == path[-5:]
    assert (assessed["table"], assessed["record"]) == ("condition_assessment", str(number))
    assert assessed["after"]["value_given"] == "2"
    assert changed["request_id"] not in (None, made["request_id"])
    assert of(admin, table="asset", record=path[-5:]) == [changed, made]
    assert of(admin, table="condition_assessment", record=number) == [assessed]
    assert of(admin, asset=path[-5:]) == [assessed, changed, made]
    assert of(admin, asset="999-77777") == of(admin, until="2020-01-01") == of(admin, via="ogc", by="Eeva") == []


def test_what_an_import_wrote_and_its_undoing_stand_record_by_record_with_who_imported(
    database: Database, client_of: Callable[..., FlaskClient], imports: Callable[[str, str], int]
) -> None:
    admin = client_of(Role.ADMIN, "999")
    first = imports("id,name\n1,Yksi\n2,Kaksi\n3,Kolme\n", PARKS)
    imports("id,name\n1,Yksi\n2,II\n3,Kolme\n", PARKS)
    needs = imports("area,scenario,year,age,people\nall,s,2030,7,12\nall,s,2030,8,13\n", NEEDS)
    undo_import(database, "999", needs, undone_by="Ulla")
    parks = of(admin, table="asset")
    assert [(each["action"], each["after"]["name"], each["by"]) for each in parks] == [
        ("update", "II", "Ines"),
        ("insert", "Kolme", "Ines"),
        ("insert", "Kaksi", "Ines"),
        ("insert", "Yksi", "Ines"),
    ]
    assert {each["import_id"] for each in parks[1:]} == {f"999-{first}"}
    people = of(admin, table="population_forecast")
    assert [each["action"] for each in people] == ["delete", "delete", "insert", "insert"]
    assert of(admin, table="population_forecast", record="all/s/2030/8") == [people[0], people[2]]
    assert people[0]["before"] == people[2]["after"]
    batches = of(admin, table="import_batch")
    assert [(each["action"], each["record"]) for each in batches][:2] == [
        ("update", str(needs)),
        ("insert", str(needs)),
    ]


def test_all_of_it_is_a_file_of_any_length_from_the_web_and_from_the_shell(
    client_of: Callable[..., FlaskClient],
    database: Database,
    cluster: Cluster,
    imports: Callable[[str, str], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admin = client_of(Role.ADMIN, "999")
    imports("id,name\n" + "".join(f"{n},=park {n}\n" for n in range(2500)), PARKS)
    lines = admin.get("/api/v1/audit/file?format=jsonl&table=asset").text.splitlines()
    entries = [json.loads(line) for line in lines]
    assert {each["after"]["name"] for each in entries} == {f"=park {n}" for n in range(2500)}
    told = admin.get("/api/v1/audit/file?table=asset")
    assert told.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(told.text.splitlines()))
    assert [json.loads(row["after"]) for row in rows] == [each["after"] for each in entries]
    with database.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", cluster.service_url(name))
    done = CliRunner().invoke(
        main, ["audit", "export", str(tmp_path / "a.csv"), "--municipality", "999", "--table", "asset"]
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "a.csv").read_bytes() == told.data


def test_only_administrators_read_it_and_each_that_of_their_municipality(client_of: Callable[..., FlaskClient]) -> None:
    client_of(Role.ENGINEER, "999").post("/api/v1/building", json=BODY)
    for role in (Role.VIEWER, Role.ENGINEER, Role.PLANNER):
        assert client_of(role, "999").get("/api/v1/audit?municipality=999").status_code == 403
    assert client_of(Role.ADMIN, "091").get("/api/v1/audit?municipality=999").status_code == 403
    assert client_of(Role.ADMIN, "999").get("/api/v1/audit?municipality=000").status_code == 403
    national = client_of(Role.ADMIN)
    assert national.get("/api/v1/audit").status_code == 400
    assert national.get("/api/v1/audit?municipality=000&table=access_token").json["items"][0]["action"] == "insert"
    assert "sha256" not in national.get("/api/v1/audit?municipality=000&table=access_token").text


def test_nobody_reads_names_where_reading_is_open_and_who_is_known_does(
    client_of: Callable[..., FlaskClient], database: Database
) -> None:
    engineer = client_of(Role.ENGINEER, "999", "Eeva")
    key = engineer.post("/api/v1/building", json=BODY).json["id"]
    engineer.post(f"/api/v1/assets/{key}/assessments", json=ASSESSED)
    nobody = create_app(Settings(database_url="unused", open_reading=True), database).test_client()
    for path in ("history", "assessments"):
        known, unknown = (client.get(f"/api/v1/assets/{key}/{path}").text for client in (engineer, nobody))
        assert "Eeva" in known
        assert "Eeva" not in unknown
        assert '"assessor":"A"' in known
        assert '"assessor":null' in unknown
    steps = [(each["table"], each["operation"]) for each in nobody.get(f"/api/v1/assets/{key}/history").json["items"]]
    assert steps == [("asset", "create"), ("condition_assessment", "create")]


def test_names_become_pseudonyms_once_their_time_is_over_and_the_entries_stay(
    client_of: Callable[..., FlaskClient],
    owner: psycopg.Connection,
    cluster: Cluster,
    a_day_goes_by: Callable[[], None],
    imports: Callable[[str, str], int],
) -> None:
    engineer, admin = client_of(Role.ENGINEER, "999", "Eeva"), client_of(Role.ADMIN, "999", "Aada")
    key = engineer.post("/api/v1/building", json=BODY).json["id"]
    engineer.post(f"/api/v1/assets/{key}/assessments", json=ASSESSED)
    imports("id,name\n1,Yksi\n", PARKS)
    a_day_goes_by()
    a_day_goes_by()
    engineer.post("/api/v1/building", json={**BODY, "name": "Uusi"})
    before = of(admin)
    counts = redact_audit(cluster.url(owner.info.dbname), days=1)
    assert counts["asset_version"] == 1 + 1
    after = of(admin)
    assert [each["by"] for each in after if each["after"].get("name") == "Uusi"] == ["Eeva"]
    old = [each for each in after if each["after"].get("name") != "Uusi"]
    assert len(after) == len(before)
    assert {each["from_address"] for each in old if each["table"] in ("asset", "condition_assessment")} == {None}
    assert not {"Eeva", "Ines"} & {each["by"] for each in old}
    assert "Eeva" not in json.dumps([each for each in old if each["table"] != "access_token"])
    (made, assessed) = (
        next(e for e in old if (e["asset_id"], e["table"]) == (key, t)) for t in ("asset", "condition_assessment")
    )
    assert made["by"] == assessed["by"] == assessed["after"]["recorded_by"]
    assert made["by"].startswith("person-")
    assert redact_audit(cluster.url(owner.info.dbname), days=1) == {}
