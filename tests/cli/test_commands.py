"""The command line: exit codes and words that scripts and people can trust."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.runs import look_at_run, queue_run
from service.operations.valuation_computation import ValuationRequest


@pytest.fixture(scope="module")
def url(cluster: Cluster, module_database: Database) -> str:
    with module_database.reading() as connection:
        return cluster.service_url(connection.exec_driver_sql("SELECT current_database()").scalar_one())


@pytest.fixture
def run(url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", url)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    return run


def test_commands_work_with_the_address_that_the_readme_names(
    cluster: Cluster, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    (named,) = set(re.findall(r"python3 -m service\.cluster ([a-z-]*url)", readme))
    address = getattr(cluster, named.replace("-", "_"))(url.rpartition("/")[2])
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", address)
    listed = CliRunner().invoke(main, ["token", "list"])
    assert listed.exit_code == 0, listed.output


def test_the_demo_is_loaded_once_and_its_token_kept_for_its_owner(run, tmp_path: Path) -> None:
    file = tmp_path / "token"
    first = run("demo", "--if-empty", "--token-file", str(file))
    assert first.exit_code == 0, first.output
    assert "assets" in first.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    token = file.read_text()
    second = run("demo", "--if-empty", "--token-file", str(file))
    assert (second.exit_code, second.output, file.read_text()) == (0, "", token)


def test_an_interrupted_demo_gets_its_token_from_the_next_call(run, tmp_path: Path) -> None:
    file = tmp_path / "token"
    run("demo", "--if-empty", "--token-file", str(file))
    assert len(file.read_text().strip()) >= 40


def test_a_valuation_and_its_report_from_the_shell(run, tmp_path: Path) -> None:
    run("demo", "--if-empty", "--token-file", str(tmp_path / "token"))
    valued = run("value", "--municipality", "999", "--year", "2027", "--method", "two_threshold", "--json")
    assert valued.exit_code == 0, valued.output
    run_id = json.loads(valued.stdout)["run_id"]
    report = run("report", "backlog", "--municipality", "999", "--run", str(run_id), "--group-by", "district,class")
    rows = list(csv.DictReader(io.StringIO(report.stdout.lstrip("\ufeff"))))
    assert len(rows) > 100
    assert {"district", "class", "needed_backlog_eur", "avoidable_backlog_eur"} <= set(rows[0])


def test_a_worker_carries_out_once_what_waits(run, module_database: Database, tmp_path: Path) -> None:
    run("demo", "--if-empty", "--token-file", str(tmp_path / "token"))
    run_id = queue_run(module_database, ValuationRequest("999", 2027))
    once = run("work", "--once")
    assert (once.exit_code, once.stdout) == (0, "Jobs carried out: 1.\n"), once.output
    assert look_at_run(module_database, "999", run_id)["state"] == "finished"
    assert run("work", "--once").stdout == "Jobs carried out: 0.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("value", "--municipality", "998"), 1, "no municipality 998"),
        (("value", "--municipality", "999", "--scenario", "boom"), 1, "no scenario"),
        (("value",), 2, "--municipality"),
        (("report", "weather", "--municipality", "999"), 2, "weather"),
        (("report", "backlog", "--municipality", "999", "--group-by", "colour"), 1, "colour"),
        (("token", "revoke", "99999"), 1, "no token"),
        (("token", "create", "--holder", "x", "--role", "boss"), 2, "boss"),
        (("token", "create", "--holder", " ", "--role", "viewer"), 1, "a name"),
        (("token", "create", "--holder", "x", "--role", "viewer", "--municipality", "9999"), 1, "no municipality 9999"),
    ],
)
def test_a_refusal_says_why_and_has_its_exit_code(run, arguments: tuple[str, ...], code: int, words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert words in result.output
    assert "Traceback" not in result.output


def test_check_says_whether_all_is_in_order(run) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert "in order" in result.output


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUNTOKANTA_DATABASE_URL", raising=False)
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 2
    assert "KUNTOKANTA_DATABASE_URL" in result.output


def test_a_token_is_made_listed_without_itself_and_ended(run) -> None:
    token = run("token", "create", "--holder", "Planning office", "--role", "planner").stdout.strip()
    listed = run("token", "list", "--json").stdout
    (own,) = (each for each in json.loads(listed) if each["holder"] == "Planning office")
    assert token not in listed
    assert {name: own[name] for name in ("role", "municipality_code", "state", "last_used_at")} == {
        "role": "planner",
        "municipality_code": None,
        "state": "good",
        "last_used_at": None,
    }
    assert own["expires_at"] > own["created_at"]
    assert run("token", "revoke", str(own["token_id"])).exit_code == 0


def test_tokens_are_shown_as_a_table_to_people(run) -> None:
    made = json.loads(
        run("token", "create", "--holder", "Kadut", "--role", "viewer", "--municipality", "091", "--json").stdout
    )
    assert len(made["token"]) == 43
    heading, row = run("token", "list", "--holder", "Kadut", "--good").stdout.splitlines()
    assert heading.split() == ["number", "holder", "role", "municipality", "state", "expires", "last", "use"]
    expires = made["expires_at"][:16].split("T")
    assert row.split() == [str(made["token_id"]), "Kadut", "viewer", "091", "good", *expires, "never"]
    assert run("token", "revoke", str(made["token_id"])).exit_code == 0
    assert "revoked" in run("token", "list", "--holder", "Kadut").stdout
    assert len(run("token", "list", "--holder", "Kadut", "--good").stdout.splitlines()) == 1
