"""What leaves the register comes back without a change, in every format."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from service.database import Database
from service.exporters.formats import FORMATS
from service.operations.export_requests import ExportRequest
from service.operations.exports import write_export
from service.operations.import_report import ImportReport

Export = Callable[..., tuple[Path, Any]]
Import = Callable[..., ImportReport]
PART = ("building", "sewer", "manhole", "bridge")
"""Classes with areas, lines and points, with heights and without, with records of every kind."""


def _outcome(report: ImportReport) -> tuple[int, ...]:
    return tuple(report.total(each) for each in ("added", "changed", "faulty"))


@pytest.mark.parametrize(
    ("form", "options"),
    [
        *((form, {}) for form in FORMATS),
        ("csv", {"for_excel": True, "srid": 3878}),
        ("geojson", {"srid": 3067}),
        ("csv", {"as_columns": True}),
    ],
)
def test_an_export_changes_nothing_where_it_comes_from(
    form: str, options: dict[str, object], exported: Export, imported: Import
) -> None:
    path, summary = exported(form, classes=PART, with_records=True, **options)
    report = imported(path)
    assert report.faults == []
    assert _outcome(report) == (0, 0, 0)
    assert report.total("unchanged") == sum(summary.rows.values()) > 2000
    assert {"component", "condition_assessment", "capacity", "measure", "suitability"} < summary.rows.keys()


def test_a_whole_export_makes_the_same_register_where_there_is_none(
    exported: Export, imported: Import, database: Database, tmp_path: Path
) -> None:
    path, summary = exported("csv")
    kept = path.rename(tmp_path / "first.zip")
    report = imported(kept, database, dry_run=False)
    assert report.errors == []
    assert report.total("added") == sum(summary.rows.values())
    write_export(database, ExportRequest("999", "csv"), tmp_path / "second.zip")
    with zipfile.ZipFile(kept) as first, zipfile.ZipFile(tmp_path / "second.zip") as second:
        names = first.namelist()
        assert names == second.namelist()
        assert [name for name in names if first.read(name) != second.read(name)] == []
    with database.reading() as connection:
        greatest = connection.execute(text("SELECT max(asset_id) FROM asset")).scalar_one()
        assert connection.execute(text("SELECT last_value FROM asset_id_seq")).scalar_one() >= greatest


def test_a_row_is_added_or_changed_as_it_was_filled_in(exported: Export, imported: Import) -> None:
    path, _ = exported("xlsx", classes=("bridge",), language="sv")
    book = openpyxl.load_workbook(path)
    sheet = book["Broar"]
    columns = {cell.value: cell.column for cell in sheet[2]}
    sheet.cell(3, columns["name"], "=Silta")
    row = sheet.max_row + 1
    for name, value in (("name", "Uusi silta"), ("status", "planned"), ("is_protected", False), ("built_year", 2031)):
        sheet.cell(row, columns[name], value)
    book.save(path)
    report = imported(path)
    assert report.faults == []
    assert (report.total("added"), report.total("changed")) == (1, 1)


def test_what_was_edited_since_the_export_is_kept_unless_it_is_to_be_overwritten(
    exported: Export, imported: Import, demo: Database
) -> None:
    path, _ = exported("geoparquet", classes=("bridge",), language="en")
    with demo.writing() as session:
        edit = "UPDATE asset SET name = 'Newer', row_version = row_version + 1 WHERE asset_id = (SELECT min(asset_id)"
        session.execute(text(f"{edit} FROM bridge)"))
    kept = imported(path)
    assert [(fault.rule, fault.column) for fault in kept.faults] == [("conflict", "bridge.row_version")]
    assert imported(path, on_conflict="overwrite").total("changed") == 1


def test_faults_name_table_row_and_column(imported: Import, tmp_path: Path) -> None:
    path = tmp_path / "component.csv"
    lines = [
        "component_id,asset_id,component_code,cost_share,service_life_years,colour",
        ",999-1,lift,much,20,",
        ",999-99999999,roof,0.1,20,",
        ",091-1,roof,0.1,20,",
    ]
    path.write_text("\n".join(lines), "utf-8")
    faults = {(fault.row, fault.column, fault.rule) for fault in imported(path).faults}
    assert faults == {
        (None, "component.colour", "unknown_column"),
        (2, "component.cost_share", "type"),
        (3, "component.asset_id", "asset"),
        (4, "component.asset_id", "id"),
        (4, "component.asset_id", "required"),
    }


@pytest.mark.parametrize(("name", "content"), [("x.gpkg", b"no"), ("a.parquet", b"PAR1"), ("b.geojson", b"{}")])
def test_a_file_that_is_no_export_is_named_as_one(name: str, content: bytes, imported: Import, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    report = imported(path)
    assert len(report.errors) == 1
    assert not report.applied


def test_an_engineers_profile_takes_no_plans(exported: Export, imported: Import) -> None:
    path, _ = exported("csv")
    report = imported(path, profile="kuntokanta_records")
    assert [fault.rule for fault in report.faults] == ["not_taken"]
