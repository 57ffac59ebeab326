"""The demo municipality, to be exported in every form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.database import Database
from service.importers.pipeline import import_file
from service.operations.demo import load_demo
from service.operations.export_requests import ExportRequest
from service.operations.exports import ExportSummary, write_export
from service.operations.import_report import ImportReport

Export = Callable[..., tuple[Path, ExportSummary]]
Import = Callable[..., ImportReport]


@pytest.fixture(scope="module")
def demo(module_database: Database) -> Database:
    load_demo(module_database, only_if_empty=False)
    return module_database


@pytest.fixture
def exported(demo: Database, tmp_path: Path) -> Export:
    """Writes an export, under the name that it gives itself."""

    def export(form: str, **options: Any) -> tuple[Path, ExportSummary]:
        path = tmp_path / "export"
        summary = write_export(demo, ExportRequest("999", form, **options), path)
        return path.rename(tmp_path / summary.file_name), summary

    return export


@pytest.fixture
def imported(demo: Database) -> Import:
    """Imports a file of exports, dry unless it is said otherwise."""

    def do(path: Path, database: Database = demo, profile: str = "kuntokanta_export", **options: Any) -> ImportReport:
        return import_file(database, path, profile, "999", changed_by="tester", **{"dry_run": True, **options})

    return do
