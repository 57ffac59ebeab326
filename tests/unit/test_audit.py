"""`make audit`: what nobody could be asked about is never told as having no known vulnerability."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SOUND = {"name": "flask", "version": "3.1.3", "vulns": []}
FAULTY = {"name": "gunicorn", "version": "20.0", "vulns": [{"id": "PYSEC-2024-1", "fix_versions": ["22.0"]}]}
UNKNOWN = {"name": "orjson", "skip_reason": "Dependency not found on PyPI"}


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the audit on what pip-audit is said to have found; gives its exit code."""
    spec = importlib.util.spec_from_file_location("audit", Path(__file__).resolve().parents[2] / ".make" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    program = tmp_path / "pip-audit"
    monkeypatch.setattr(module, "PIP_AUDIT", program)

    def audit(found: list[dict[str, Any]] | None) -> int:
        said = "no network" if found is None else json.dumps({"dependencies": found})
        program.write_text(f"#!{sys.executable}\nprint({said!r})\n")
        program.chmod(0o755)
        return int(module.main())

    return audit


def test_known_vulnerabilities_fail_and_are_named(audit: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit([SOUND, FAULTY, UNKNOWN]) == 1
    assert "gunicorn 20.0: PYSEC-2024-1, fixed in: 22.0" in capsys.readouterr().err


@pytest.mark.parametrize("found", [None, [UNKNOWN], [SOUND, UNKNOWN]])
def test_what_could_not_be_asked_is_said_and_fails_where_it_is_required(
    audit: Any, found: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDIT", raising=False)
    assert audit(found) == 0
    told = capsys.readouterr()
    assert told.err.startswith("NOT AUDITED")
    assert "no known vulnerability" not in told.out
    monkeypatch.setenv("AUDIT", "required")
    assert audit(found) == 1


def test_sound_dependencies_pass(audit: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit([SOUND]) == 0
    assert "1 locked dependencies have no known vulnerability" in capsys.readouterr().out
