"""Profiles on the command line: proposed, edited, kept for a municipality, used, removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from service.cli import main
from service.cluster.cluster import Cluster
from service.database import Database

TRIALS = Path(__file__).with_name("trials")
Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Run:
    with database.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", cluster.service_url(name))
    return lambda *arguments: CliRunner().invoke(main, [str(each) for each in arguments])


def test_a_register_that_nobody_described_imports_by_a_profile_that_was_proposed_edited_and_kept(
    run: Run, tmp_path: Path
) -> None:
    register = TRIALS / "Vesijohdot_Kauniainen.csv"
    proposed = run("profile", "propose", register, "--municipality", "999", "--lang", "sv")
    assert proposed.exit_code == 0, proposed.output
    assert "Säkert: Rubriken säger det." in proposed.output
    edited = tmp_path / "mine.yaml"
    edited.write_text(proposed.output.replace("name: vesijohdot_kauniainen", "name: johdot"), "utf-8")
    assert run("profile", "store", edited, "--municipality", "999").output == "The profile johdot of 999 is kept.\n"
    imported = run("import", register, "--profile", "johdot", "--municipality", "999")
    assert imported.exit_code == 0, imported.output
    assert "water_main: 6 added" in imported.output
    assert run("import", register, "--profile", "johdot", "--municipality", "091").exit_code == 2
    unchanged = run("import", register, "--profile-file", edited, "--municipality", "999")
    assert "water_main: 0 added, 0 changed, 6 unchanged" in unchanged.output
    again = run("profile", "store", edited, "--municipality", "999")
    assert again.output == "The profile johdot of 999 is replaced.\n"
    assert run("profile", "show", "johdot", "--municipality", "999").output == edited.read_text("utf-8")
    listed = json.loads(run("profile", "list", "--municipality", "999", "--json").output)
    assert [each["name"] for each in listed if each["municipality_code"] == "999"] == ["johdot"]
    assert run("profile", "delete", "johdot", "--municipality", "999").exit_code == 0
    assert run("profile", "show", "johdot", "--municipality", "999").exit_code == 1


def test_a_proposal_needs_no_register_and_tells_scripts_all_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUNTOKANTA_DATABASE_URL", raising=False)
    found = CliRunner().invoke(main, ["profile", "propose", str(TRIALS / "Brunnar_Esbo.csv"), "--json"])
    document = json.loads(found.output)
    same = CliRunner().invoke(main, ["import", "--propose", str(TRIALS / "Brunnar_Esbo.csv"), "--lang", "fi"])
    assert "Varma: Otsikko kertoo sen." in same.output
    assert yaml.safe_load(same.output) == document["document"]
    assert document["complete"]
    assert yaml.safe_load(document["yaml"]) == document["document"]
    roles = {each["column"]: each["role"] for each in document["columns"]}
    assert (roles["Objektnummer"], roles["Skick"], roles["Ändrad av"]) == ("key", "condition", "personal")


def test_what_is_wrong_with_a_profile_or_a_file_is_told_in_words(run: Run, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("name: a\nformat: pdf\n", "utf-8")
    refused = run("profile", "store", faulty, "--municipality", "999")
    assert refused.exit_code == 1
    assert {"/title", "/source_system", "/format", "/targets"} <= {
        line.split(":")[0].strip() for line in refused.output.splitlines()
    }
    shipped = tmp_path / "shipped.yaml"
    shipped.write_text(run("profile", "show", "oulu_playgrounds").output, "utf-8")
    assert "choose another name" in run("profile", "store", shipped, "--municipality", "999").output
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert run("profile", "propose", empty).exit_code == 1
