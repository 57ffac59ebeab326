"""Capacities from files keep the rules of those given over HTTP: the service's unit, places from caretakers."""

from __future__ import annotations

from typing import Any

BUILDINGS = """
name: buildings
title: t
source_system: test
format: csv
targets:
  - target: building
    key: [id]
    values: {name: {column: name}}
"""
CAPACITIES = """
name: capacities
title: t
source_system: test
format: csv
targets:
  - target: capacity
    asset_key: [id]
    values:
      service_code: {column: service}
      valid_from: {column: day}
      capacity: {column: places}
      caretakers: {column: staff}
      capacity_unit: {column: unit}
"""
WIDE = """
name: capacities_wide
title: t
source_system: test
format: csv
targets:
  - target: capacity
    asset_key: [id]
    values:
      valid_from: {constant: "2026-01-01"}
    unpivot:
      value: capacity
      columns:
        school: {service_code: basic_education}
        daycare: {service_code: early_education}
"""
HEAD = "id,service,day,places,staff,unit\n"


def test_caretakers_become_places_as_over_http(imported: Any, rows: Any) -> None:
    """B.10: seven places for each of four caretakers."""
    imported("id,name\n1,Kide\n", BUILDINGS)
    report = imported(f"{HEAD}1,early_education,2026-01-01,,4,\n", CAPACITIES)
    assert report.applied, report.faults
    assert [tuple(row) for row in rows("SELECT capacity, caretakers FROM capacity")] == [(28.0, 4.0)]


def test_a_unit_that_is_not_the_services_is_a_fault_of_its_row(imported: Any, rows: Any) -> None:
    imported("id,name\n1,Kide\n2,Usva\n", BUILDINGS)
    lines = "1,basic_education,2026-01-01,90,,m2\n2,basic_education,2026-01-01,80,,places\n"
    report = imported(HEAD + lines, CAPACITIES)
    [fault] = report.faults
    assert (fault.row, fault.column, fault.rule, fault.value) == (2, "capacity_unit", "unit", "m2")
    assert "basic_education, which counts in places" in fault.detail
    assert (report.applied, rows("SELECT count(*) FROM capacity")[0][0]) == (False, 0)


def test_both_neither_and_services_without_caretakers_are_faults_of_their_rows(imported: Any) -> None:
    imported("id,name\n1,Kide\n2,Usva\n3,Halla\n", BUILDINGS)
    lines = "1,early_education,2026-01-01,30,4,\n2,early_education,2026-01-01,,,\n3,basic_education,2026-01-01,,4,\n"
    report = imported(HEAD + lines, CAPACITIES)
    assert {(fault.row, fault.rule) for fault in report.faults} == {(2, "required"), (3, "required"), (4, "parameter")}


def test_capacities_from_several_columns_of_a_row_have_ids_of_their_own(imported: Any, rows: Any) -> None:
    imported("id,name\n1,Kide\n2,Usva\n3,Halla\n", BUILDINGS)
    head = "id,school,daycare\n"
    assert imported(f"{head}1,90,40\n", WIDE).applied
    report = imported(f"{head}1,90,40\n2,80,30\n3,70,20\n", WIDE)
    assert report.applied, report.faults
    assert (report.total("added"), report.total("unchanged")) == (4, 2)
    assert rows("SELECT count(*), count(DISTINCT capacity_id), sum(capacity) FROM capacity")[0] == (6, 6, 330)
