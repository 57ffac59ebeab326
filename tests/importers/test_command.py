from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from service.cluster.cluster import Cluster
from service.database import Database
from service.importers.command import import_command

PLAYGROUND = (
    '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3878"}},"features":'
    '[{"type":"Feature","properties":{"ID":1,"leikkipaikan_nimi":"Keinu","viheralueen_nimi_tunnus":"837PUISTO",'
    '"tilaaja":"T","kunnossapitaja":"-","viheralueen_kayttoluokka":"K"},'
    '"geometry":{"type":"Point","coordinates":[24482524.156,6825507.527]}}]}'
)


@pytest.fixture
def run(database: Database, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    with database.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", cluster.service_url(name))
    (tmp_path / "a.geojson").write_text(PLAYGROUND, encoding="utf-8")
    (tmp_path / "broken.geojson").write_text(PLAYGROUND[:-9], encoding="utf-8")

    def called(file: str, *options: str) -> Result:
        return CliRunner().invoke(import_command, [str(tmp_path / file), *options])

    return called


def test_an_import_says_what_it_did_and_ends_with_0(run) -> None:  # type: ignore[no-untyped-def]
    result = run("a.geojson", "--profile", "tampere_playgrounds", "--municipality", "837")
    assert result.exit_code == 0, result.output
    assert "playground: 1 added, 0 changed, 0 unchanged, 0 faulty" in result.output


def test_json_is_one_document_that_scripts_can_read(run) -> None:  # type: ignore[no-untyped-def]
    result = run("a.geojson", "--profile", "tampere_playgrounds", "--municipality", "837", "--json", "--dry-run")
    document = json.loads(result.output)
    assert (document["added"], document["applied"], document["dry_run"]) == (1, False, True)


def test_faults_end_with_1_and_wrong_use_with_2(run) -> None:  # type: ignore[no-untyped-def]
    options = ("--profile", "tampere_playgrounds", "--municipality", "837")
    assert run("broken.geojson", *options).exit_code == 1
    assert run("missing.geojson", *options).exit_code == 1
    assert run("a.geojson", "--profile", "nonsense", "--municipality", "837").exit_code == 2
    assert run("a.geojson", "--profile", "tampere_playgrounds").exit_code == 2
    assert run("a.geojson").exit_code == 2


def test_faults_come_as_a_workbook_and_as_a_map_and_an_import_is_taken_back_by_its_id(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    options = ("--profile", "tampere_playgrounds", "--municipality", "837")
    twice = json.loads(PLAYGROUND)
    first = twice["features"][0]
    other = json.loads(json.dumps(first))
    other["properties"]["ID"] = 2
    far = json.loads(json.dumps(first))
    far["properties"] |= {"ID": 3, "leikkipaikan_nimi": "=Keinu"}
    far["geometry"]["coordinates"] = [24.5, 61.5]
    twice["features"] += [other, far]
    (tmp_path / "twice.geojson").write_text(json.dumps(twice), encoding="utf-8")
    for name in ("f.xlsx", "f.geojson", "f.json"):
        result = run("twice.geojson", *options, "--dry-run", "--lang", "sv", "--faults", str(tmp_path / name))
        assert result.exit_code == 1, result.output
    sheets = openpyxl.load_workbook(tmp_path / "f.xlsx", read_only=True)
    assert sheets.sheetnames == ["Sammandrag", "Anmärkningar", "Ändringar", "Nya", "Saknas i filen"]
    rows = list(sheets["Anmärkningar"].iter_rows(min_row=4, values_only=True))
    assert [(row[0], row[3], row[4]) for row in rows] == [(2, "varning", "same_place"), (3, "fel", "outside_finland")]
    places = json.loads((tmp_path / "f.geojson").read_bytes())["features"]
    assert [each["properties"]["rule"] for each in places] == ["outside_finland", "same_place"]
    assert places[1]["geometry"]["type"] == "Point"
    assert places[1]["geometry"]["coordinates"] == pytest.approx([23.67, 61.53], abs=0.1)
    assert json.loads((tmp_path / "f.json").read_bytes())["faults"][1]["place"] == pytest.approx(
        [23.67, 61.53], abs=0.1
    )
    assert run("a.geojson", *options, "--faults", "faults.csv").exit_code == 2
    number = json.loads(run("a.geojson", *options, "--json").output)["batch_id"]
    taken_back = CliRunner().invoke(import_command, ["--undo", f"837-{number}"])
    assert (taken_back.exit_code, "undone: 1 removed" in taken_back.output) == (0, True), taken_back.output
    assert CliRunner().invoke(import_command, ["--undo", f"837-{number}"]).exit_code == 2
    assert CliRunner().invoke(import_command, ["--undo", "837"]).exit_code == 2


def test_the_profiles_can_be_listed(run) -> None:  # type: ignore[no-untyped-def]
    result = CliRunner().invoke(import_command, ["--list"])
    assert (result.exit_code, "ryhti_buildings" in result.output) == (0, True)
