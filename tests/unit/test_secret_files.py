"""Secrets come from the environment or from files that it names, and are shown by nothing that is printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from environs import EnvError

from service.settings import settings_from_environment

URL = "postgresql://keeper:hush-hush@localhost/none"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "METRICS_TOKEN", "LOG_KEY"):
        monkeypatch.delenv(f"KUNTOKANTA_{name}", raising=False)


def test_a_secret_is_read_from_the_file_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (("DATABASE_URL", URL), ("METRICS_TOKEN", "hush-metrics"), ("LOG_KEY", "hush-log")):
        (tmp_path / name).write_text(f"{value}\n")
        monkeypatch.setenv(f"KUNTOKANTA_{name}_FILE", str(tmp_path / name))
    settings = settings_from_environment()
    assert (settings.database_url, settings.metrics_token, settings.log_key) == (URL, "hush-metrics", "hush-log")
    assert "hush" not in repr(settings)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_that_is_no_good_stops_the_service_and_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "url").write_bytes(content)
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL_FILE", str(tmp_path / "url"))
    with pytest.raises(EnvError, match="DATABASE_URL_FILE"):
        settings_from_environment()


def test_a_secret_named_twice_is_not_guessed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(URL)
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", URL)
    with pytest.raises(EnvError, match="both set") as refused:
        settings_from_environment()
    assert "hush" not in str(refused.value)


def test_a_database_that_nothing_names_is_asked_for_by_name() -> None:
    with pytest.raises(EnvError, match="DATABASE_URL"):
        settings_from_environment()
