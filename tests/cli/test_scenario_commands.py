"""Scenarios and required funding from the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.cluster.cluster import Cluster
from service.database import Database


@pytest.fixture(scope="module")
def run(cluster: Cluster, module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Result]:
    """The command line on a database with the demo municipality."""
    with module_database.reading() as connection:
        url = cluster.service_url(connection.exec_driver_sql("SELECT current_database()").scalar_one())

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, env={"KUNTOKANTA_DATABASE_URL": url})

    token: Path = tmp_path_factory.mktemp("demo") / "token"
    assert run("demo", "--if-empty", "--token-file", str(token)).exit_code == 0
    return run


def test_a_fifth_less_money_leaves_more_backlog(run: Callable[..., Result]) -> None:
    asked = ("scenario", "--municipality", "999", "--years", "10", "--divisible", "--json")
    full, cut = run(*asked), run(*asked, "--budget-factor", "0.8")
    assert (full.exit_code, cut.exit_code) == (0, 0), full.output + cut.output
    before, after = (json.loads(each.stdout)["years"] for each in (full, cut))
    assert len(before) == 11
    assert before[0] == after[0]
    assert all(b["repair_backlog_eur"] >= a["repair_backlog_eur"] for a, b in zip(before, after, strict=True))
    assert after[-1]["repair_backlog_eur"] > before[-1]["repair_backlog_eur"]


def test_people_see_a_table_of_years(run: Callable[..., Result]) -> None:
    shown = run("scenario", "--municipality", "999", "--years", "3", "--budget", "building+bridge=900000,0,1e6")
    assert shown.exit_code == 0, shown.output
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert [line[0] for line in lines if line and line[0].isdigit()] == [str(int(lines[1][0]) + n) for n in range(4)]
    assert "is finished." in shown.stdout


def test_the_needed_money_is_found(run: Callable[..., Result]) -> None:
    found = run("funding", "--municipality", "999", "--years", "2", "--json")
    assert found.exit_code == 0, found.output
    rows = json.loads(found.stdout)["required_funding"]
    total = {row["goal"]: row["yearly_budget_eur"] for row in rows if row["asset_class"] is None}
    assert 0 < total["hold"] < total["clear"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--years", "40"), "/years"),
        (("--years", "3", "--budget", "castle=1"), "/budgets/0/asset_classes/0"),
        (("--years", "3", "--budget", "building"), "--budget 1"),
        (("--years", "3", "--budget", "all=nan"), "--budget 1"),
        (("--years", "3", "--price-change", "0.1", "--price-change", "0.2"), "/price_change"),
    ],
)
def test_a_faulty_scenario_is_refused_in_words(
    run: Callable[..., Result], arguments: tuple[str, ...], word: str
) -> None:
    refused = run("scenario", "--municipality", "999", *arguments)
    assert (refused.exit_code, word in refused.output) == (1, True), refused.output
