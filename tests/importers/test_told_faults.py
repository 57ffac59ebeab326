"""How faults are told: places that are unknown, keys in words, the same fault of many rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

from service.importers.fault_lines import SHOWN_OF_RULE, fault_lines
from service.operations.import_report import ImportFault, ImportReport, Severity

BERTHS = """
name: berths
title: t
source_system: berths
format: csv
geometry: {x: x, y: y, crs: "EPSG:3067"}
unknown: ["NULL"]
targets:
  - target: quay
    hashed_key: [name]
    values: {name: {column: name}, water_depth_m: {column: depth}}
"""


def told(report: ImportReport) -> list[tuple[int | None, str | None, str, str]]:
    return [(each.row, each.column, each.rule, each.severity) for each in report.faults if each.row is not None]


def test_a_coordinate_that_means_unknown_is_a_row_without_a_place_and_only_garbage_is_an_error(
    imported: Any, rows: Any
) -> None:
    lines = "A,400000,6800000,1\nB,NULL,NULL,1\nC,,6800000,1\nD,east,north,1\nE,east,6800000,1\n"
    report = imported(f"name,x,y,depth\n{lines}", BERTHS, accept_partial=True)
    assert told(report) == [
        (6, "x", "type", "error"),
        (5, "x + y", "type", "error"),
        (3, "x + y", "place_unknown", "warning"),
        (4, "x + y", "place_unknown", "warning"),
    ]
    assert rows("SELECT name, geometry IS NOT NULL FROM asset ORDER BY name") == [
        ("A", True),
        ("B", False),
        ("C", False),
    ]
    required = BERTHS.replace("crs:", "required: true, crs:")
    refused = imported("name,x,y,depth\nF,NULL,NULL,1\nG,400000,6800000,1\n", required)
    assert told(refused) == [(2, "geometry", "required", "error")]


def test_a_repeated_key_that_is_a_digest_is_told_by_its_columns_and_the_first_row(imported: Any) -> None:
    lines = "A,400000,6800000,1\nA,400000,6800000,2\nA,400000,6800000,1\nB,NULL,NULL,1\nB,NULL,NULL,3\n"
    report = imported(f"name,x,y,depth\n{lines}", BERTHS)
    details = {each.row: each.detail for each in report.faults if each.column == "key"}
    assert "(place, name A) stands in the file before, in row 2, with other content" in details[3]
    assert "as row 2 (place, name A), with the same content" in details[4]
    assert "(name B) stands in the file before, in row 5" in details[6]


def test_a_fault_of_many_rows_is_told_by_the_first_of_them_and_a_count() -> None:
    many = [ImportFault(row, "a", None, "outside", Severity.WARNING, "Outside.") for row in range(1, 201)]
    one = ImportFault(7, "b", "x", "type", Severity.ERROR, "Not a number: x.")
    report = ImportReport(
        "p", "f.csv", None, False, faults=[*many, one], uncounted=Counter({("outside", Severity.WARNING): 3})
    )
    lines = fault_lines(report)
    assert lines[0] == "  error: row 7 b: Not a number: x."
    assert len(lines) == 1 + SHOWN_OF_RULE + 1
    assert f"{200 + 3 - SHOWN_OF_RULE} more of the rule outside" in lines[-1]
