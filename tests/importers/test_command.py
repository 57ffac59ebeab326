from __future__ import annotations

import json
from pathlib import Path

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
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", cluster.url(name))
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


def test_the_profiles_can_be_listed(run) -> None:  # type: ignore[no-untyped-def]
    result = CliRunner().invoke(import_command, ["--list"])
    assert (result.exit_code, "ryhti_buildings" in result.output) == (0, True)
