"""What operators read after a failure: where it happened, and no secret of those who asked."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import structlog

from service.acting import current
from service.errors import NotFound
from service.logs import configure_logs


@pytest.fixture(autouse=True)
def as_before() -> Any:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("as_json", [True, False])
def test_a_failure_is_logged_with_its_place_and_without_the_token(
    engineer: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        secret = engineer.token
        raise RuntimeError(f"{len(secret)} characters")

    configure_logs(as_json=as_json)
    monkeypatch.setattr("service.api.assets.asset_page", fails)
    answer = engineer("GET", "/api/v1/assets")
    assert answer.status_code == 500
    answer.close()  # as a server does when it has sent all
    logged = capsys.readouterr()
    assert logged.out == ""
    assert "RuntimeError" in logged.err
    assert "43 characters" not in logged.err
    assert "test_logs.py" in logged.err
    assert answer.json["instance"] in logged.err
    assert engineer.token not in logged.err
    if as_json:
        crashed, told = map(json.loads, logged.err.splitlines())
        assert (crashed["event"], told["event"]) == ("request_crashed", "request")
        assert crashed["request_id"] == told["request_id"] == answer.headers["X-Request-Id"]
        assert crashed["route"] == told["route"] == "/api/v1/assets"


def test_who_acts_in_a_request_is_known_by_the_id_that_the_client_is_told(
    engineer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting = []

    def noted(*_: Any, **__: Any) -> None:
        acting.append(current())
        raise NotFound

    monkeypatch.setattr("service.api.assets.asset_page", noted)
    answer = engineer("GET", "/api/v1/assets", headers={"X-Request-Id": "0123456789abcdef0123456789abcdef"})
    assert [(each.request_id, each.via) for each in acting] == [(answer.headers["X-Request-Id"], "rest")]
    assert answer.headers["X-Request-Id"] == "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "statement",
    ["import service.wsgi", "from service.cli import main; main(['token', '--help'], standalone_mode=False)"],
)
def test_every_way_into_the_service_sets_up_its_logs(statement: str) -> None:
    check = f"{statement}; import structlog; assert structlog.is_configured()"
    done = subprocess.run(
        [sys.executable, "-c", check],
        env={"KUNTOKANTA_DATABASE_URL": "postgresql://localhost/none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
