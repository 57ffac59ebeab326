"""A report says what it takes: what it does not use is refused with 400, over HTTP and in the shell alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from models.access import Role
from service.cli import main
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.report_parameters import TAKES
from service.operations.reporting import REPORTS

VALUES = {
    "run": "1",
    "group_by": "class",
    "scenario": "plan",
    "runs": "1,2",
    "since_run": "1",
    "since_year": "2025",
    "methods": "value",
}
IGNORED = [(report, name) for report, taken in TAKES.items() for name in VALUES if name not in taken]


def test_every_report_says_what_it_takes() -> None:
    assert set(TAKES) == set(REPORTS)
    assert {name for taken in TAKES.values() for name in taken} == set(VALUES)


@pytest.mark.parametrize(("report", "name"), IGNORED)
def test_a_parameter_that_a_report_does_not_use_is_refused(
    service_for: Callable[..., Any], report: str, name: str
) -> None:
    viewer = service_for(Role.VIEWER)
    answer = viewer("GET", f"/api/v1/reports/{report}", query_string={"municipality": "901", name: VALUES[name]})
    assert answer.status_code == 400
    [fault] = answer.json["errors"]
    assert fault["pointer"] == name
    assert f"it takes {', '.join(TAKES[report])}, table, format, lang" in fault["detail"]


def test_all_parameters_that_a_report_does_not_use_are_told_at_once(service_for: Callable[..., Any]) -> None:
    query = {"municipality": "901", **VALUES}
    answer = service_for(Role.VIEWER)("GET", "/api/v1/reports/broadband", query_string=query)
    assert {fault["pointer"] for fault in answer.json["errors"]} == set(VALUES) - {"run"}


def test_the_shell_refuses_the_same(
    app: Flask, module_database: Database, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    with module_database.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", cluster.service_url(name))
    for report, parameter in IGNORED:
        option = f"--{parameter.replace('_', '-')}"
        told = CliRunner().invoke(main, ["report", report, "--municipality", "901", option, VALUES[parameter]])
        assert told.exit_code == 1
        assert f"{parameter}: The report {report} does not use it" in told.output


def test_the_description_says_which_reports_use_a_parameter(service_for: Callable[..., Any]) -> None:
    document = service_for(Role.VIEWER)("GET", "/api/v1/openapi.json").json
    [path] = [each for each in document["paths"] if each.endswith("/reports/{name}")]
    told = {each["name"]: each.get("description", "") for each in document["paths"][path]["get"]["parameters"]}
    for name in VALUES:
        for report, taken in TAKES.items():
            assert (report in told[name]) is (name in taken), (name, report)
