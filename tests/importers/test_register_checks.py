"""An import is checked against the register: edits of people, jumps, units, duplicates, gaps; and shows its changes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from models.registry import ASSET_CLASSES
from service.database import Database
from service.operations.assets import replace_asset
from service.operations.import_report import FieldChange, ImportReport
from service.operations.import_undo import undo_import
from service.queries.asset_key import AssetKey

Importer = Callable[..., ImportReport]
Rows = Callable[..., list[Any]]

MAINS = """
name: mains
title: t
source_system: test
format: csv
targets:
  - target: water_main
    key: [id]
    values:
      name: {column: name}
      nominal_diameter_mm: {column: dn}
      length_m: {column: length}
      built_year: {column: year}
"""
HEADER = "id,name,dn,length,year\n"
LINES = """
name: lines
title: t
source_system: test
format: vector
targets:
  - target: sewer
    key: [id]
    values: {name: {column: name}}
"""


def faults(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    return [(fault.row, fault.column, fault.rule) for fault in report.faults]


def edit(database: Database, rows: Rows, source_id: str, **values: Any) -> None:
    """Write as a person does over REST."""
    number = rows("SELECT asset_id FROM asset WHERE source_id = :id", id=source_id)[0][0]
    replace_asset(
        database,
        ASSET_CLASSES["water_main"],
        AssetKey("999", number),
        values,
        expected=None,
        changed_by="Maija Mittaaja",
    )


def test_what_a_person_edited_since_the_last_import_is_kept_and_told_and_the_rest_of_the_row_is_taken(
    imported: Importer, database: Database, rows: Rows
) -> None:
    imported(HEADER + "1,One,100,10,1970\n2,Two,100,10,1970\n", MAINS)
    edit(database, rows, "1", nominal_diameter_mm=110)
    state = "SELECT a.name, w.nominal_diameter_mm FROM asset a JOIN water_main w USING (municipality_code, asset_id)"
    newer = HEADER + "1,One renamed,100,10,1970\n2,Two,90,10,1970\n"
    for _ in range(2):  # the edit still stands after an import that left it alone
        report = imported(newer, MAINS)
        assert (report.applied, report.conflicts) == (True, 1)
        assert [(f.row, f.column, f.value, f.rule) for f in report.faults] == [
            (2, "nominal_diameter_mm", "100", "edited_since")
        ]
        assert "was set to 110 by hand on" in report.faults[0].detail
        assert "Maija" not in str(report.as_dict()), "reports are kept and read by many; the history tells who"
        assert sorted(tuple(row) for row in rows(state)) == [("One renamed", 110), ("Two", 90)]
    assert (report.total("changed"), report.total("unchanged")) == (0, 2)
    report = imported(newer, MAINS, on_conflict="overwrite")
    assert (report.total("changed"), report.conflicts) == (1, 1)
    assert sorted(tuple(row) for row in rows(state)) == [("One renamed", 100), ("Two", 90)]
    assert report.batch_id is not None
    assert undo_import(database, "999", report.batch_id, undone_by="x").restored == 1
    assert imported(newer, MAINS).conflicts == 1


def test_a_dry_run_shows_what_is_new_changed_field_by_field_and_missing(imported: Importer, rows: Rows) -> None:
    imported(HEADER + "1,One,100,10,1970\n2,Two,100,10,1970\n3,Three,100,10,1970\n", MAINS)
    report = imported(HEADER + "1,One,100,10,1970\n2,Deux,110,10,1970\n4,Four,100,10,1970\n", MAINS, dry_run=True)
    counts = report.targets["water_main"]
    assert (counts.added, counts.changed, counts.unchanged, counts.missing) == (1, 1, 1, 1)
    assert counts.changed_fields == {"name": 1, "nominal_diameter_mm": 1}
    assert set(report.changes) == {
        FieldChange("water_main", 3, "2", "name", "Two", "Deux"),
        FieldChange("water_main", 3, "2", "nominal_diameter_mm", 100, 110),
    }
    assert (report.added_rows, report.missing_rows) == ([("water_main", 4, "4")], [("water_main", "3", "Three")])
    document = json.loads(json.dumps(report.as_dict()))
    assert document["changes"][0]["key"] == "2"
    assert document["missing_rows"] == [{"target": "water_main", "key": "3", "name": "Three"}]
    assert rows("SELECT name FROM asset WHERE source_id = '2'")[0][0] == "Two"


def test_values_that_jump_and_columns_in_another_unit_are_told(imported: Importer) -> None:
    good = HEADER + "".join(f"{n},Main {n},150,{n + 20},1970\n" for n in range(12))
    imported(good, MAINS)
    jumped = good.replace("0,Main 0,150,20,1970", "0,Main 0,1500,20,1930")
    report = imported(jumped, MAINS, dry_run=True)
    assert faults(report) == [(2, "built_year", "value_jump"), (2, "nominal_diameter_mm", "value_jump")]
    assert report.faults[1].detail == "nominal_diameter_mm jumps from 150 to 1500."
    in_millimetres = HEADER + "".join(f"n{n},New {n},150,{n + 20}000,1970\n" for n in range(12))
    report = imported(in_millimetres, MAINS, dry_run=True)
    assert faults(report) == [(None, "length_m", "unit_suspected")]
    assert "another unit" in report.faults[0].detail


def network(*lines: tuple[str, list[tuple[float, float]]]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"id": name, "name": name.strip("'")},
            "geometry": {"type": "LineString", "coordinates": points},
        }
        for name, points in lines
    ]
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3067"}}
    return json.dumps({"type": "FeatureCollection", "crs": named, "features": features})


def test_gaps_lonely_lines_and_the_same_line_twice_are_told_with_their_place(imported: Importer) -> None:
    x, y = 385000.0, 6672000.0
    content = network(
        ("a", [(x, y), (x + 100, y)]),
        ("b", [(x + 100, y), (x + 200, y)]),  # meets a at its end
        ("c", [(x + 50, y), (x + 50, y + 80)]),  # meets a at its middle
        ("d", [(x + 200.3, y), (x + 300, y)]),  # ends 0.3 m from b
        ("e", [(x + 900, y), (x + 950, y)]),  # meets nothing
        ("a'", [(x, y), (x + 100, y)]),  # a again, under another key
    )
    report = imported(content, LINES, name="a.geojson")
    assert report.applied
    assert sorted(faults(report), key=str) == sorted(
        [
            (2, "geometry", "gap"),
            (4, "geometry", "gap"),
            (5, "geometry", "isolated"),
            (6, "geometry", "same_place"),
        ],
        key=str,
    )
    assert all(fault.place is not None for fault in report.faults)
    again = imported(content, LINES, name="a.geojson")
    assert (again.faults, again.total("unchanged")) == ([], 6)
    other = imported(
        network(("a", [(x, y), (x + 100, y)])),
        LINES.replace("source_system: test", "source_system: other"),
        name="a.geojson",
    )
    assert [(fault.rule, fault.value) for fault in other.faults] == [("same_place", "test a")]


BUILDINGS = """
name: buildings
title: t
source_system: test
format: csv
targets:
  - target: building
    key: [id]
    values: {permanent_building_id: {column: vtj}}
"""


def test_a_building_id_that_two_rows_or_buildings_have_is_told(imported: Importer) -> None:
    report = imported("id,vtj\n1,103515074X\n2,103515074X\n3,1035150826\n", BUILDINGS)
    assert faults(report) == [(3, "permanent_building_id", "same_identifier")]
    report = imported("id,vtj\n9,1035150826\n", BUILDINGS.replace(": test", ": other"))
    assert [fault.detail for fault in report.faults] == ["3 has the building id 1035150826 too."]
    assert report.missing_rows == []


@pytest.mark.parametrize("day", [dt.date(2020, 1, 1)])
def test_records_that_the_file_lacks_are_told_within_its_scope(imported: Importer, day: dt.date) -> None:
    profile = """
name: population
title: t
source_system: test
format: csv
targets:
  - target: population_forecast
    values:
      area_code: {column: area}
      scenario: {column: scenario}
      year: {column: year}
      age: {constant: 7}
      population: {column: people}
      is_open_age: {constant: false}
"""
    header = "area,scenario,year,people\n"
    year = day.year
    imported(header + f"A,baseline,{year},100\nA,baseline,{year + 1},100\nA,other,{year},1\n", profile)
    report = imported(header + f"A,baseline,{year},2000\n", profile, dry_run=True)
    assert (report.total("missing"), faults(report)) == (1, [(2, "population", "value_jump")])
