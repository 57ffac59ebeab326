"""An import can be looked at and taken back, all but what was edited since."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database
from service.errors import DataConflict, NotFound
from service.operations.import_changes import list_import_changes
from service.operations.import_report import ImportReport
from service.operations.import_undo import UndoReport, undo_import

Importer = Callable[..., ImportReport]
Rows = Callable[..., list[Any]]

LINES = """
name: mains
title: t
source_system: test
format: vector
targets:
  - target: water_main
    key: [id]
    values:
      name: {column: name}
      length_m: {column: length}
      nominal_diameter_mm: {column: dn}
"""
POPULATION = """
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
      age: {column: age}
      population: {column: people}
      is_open_age: {constant: false}
"""
AREAS = """
name: areas
title: t
source_system: test
format: vector
targets:
  - target: district
    values: {district_code: {column: id}, name_fi: {column: name}}
"""
# Everything but versions, times and histories.
STATE = (
    "SELECT a.name, a.quantity, a.district_code, a.status, a.source_id, ST_AsEWKT(a.geometry, 17) AS place,"
    " ST_AsEWKT(a.geometry_z, 17) AS high, w.nominal_diameter_mm FROM asset a"
    " JOIN water_main w USING (municipality_code, asset_id) ORDER BY source_id"
)


def main(number: int, name: str, dn: int, *points: tuple[float, ...], length: float = 7.25) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"id": str(number), "name": name, "dn": dn, "length": length},
        "geometry": {"type": "LineString", "coordinates": points} if points else None,
    }


def file_of(*features: dict[str, Any]) -> str:
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3067"}}
    return json.dumps({"type": "FeatureCollection", "crs": named, "features": features})


FIRST = file_of(
    main(1, "One", 100, (385000.123456789, 6672000.5), (385100.25, 6672100.0)),
    main(2, "Two", 150, (385000.0, 6672000.0, 12.5), (385300.0, 6672100.0, 13.25)),
    main(3, "Three", 200),
)
SECOND = file_of(
    main(1, "One", 100, (385000.123456788, 6672000.5), (385100.25, 6672100.0)),
    main(2, "Two, renewed", 160, (385000.0, 6672000.0), (385350.0, 6672100.0), length=9),
    main(3, "Three", 200, (385000.0, 6672900.0), (385350.0, 6672100.0)),
    main(4, "Four", 90, (385000.0, 6672000.0), (385350.0, 6672100.0)),
    main(5, "Five", 90),
)


def undone(database: Database, report: ImportReport, **options: Any) -> UndoReport:
    assert report.batch_id is not None
    return undo_import(database, "999", report.batch_id, undone_by="undoer", **options)


def test_an_undone_import_leaves_the_assets_as_they_were_to_the_last_bit(
    imported: Importer, database: Database, rows: Rows
) -> None:
    imported(FIRST, LINES, name="a.geojson")
    before = rows(STATE)
    second = imported(SECOND, LINES, name="b.geojson")
    assert (second.total("added"), second.total("changed")) == (2, 3)
    assert rows(STATE) != before
    assert second.batch_id is not None
    listed, _ = list_import_changes(database, "999", second.batch_id, None, 10)
    done = {each["source_id"]: each for each in listed}
    assert {name: (each["target"], each["operation"]) for name, each in done.items()} == {
        **dict.fromkeys("123", ("water_main", "update")),
        **dict.fromkeys("45", ("water_main", "create")),
    }
    renewed = {each["attribute"]: (each["before"], each["after"]) for each in done["2"]["fields"]}
    assert renewed.pop("geometry")[0]["type"] == "LineString"
    assert renewed == {"name": ("Two", "Two, renewed"), "length_m": (7.25, 9), "nominal_diameter_mm": (150, 160)}
    told = undone(database, second, dry_run=True)
    assert (told.removed, told.restored, told.conflict_count) == (2, 3, 0)
    assert rows(STATE) != before
    report = undone(database, second)
    assert (report.removed, report.restored, report.retired, report.conflict_count) == (2, 3, 0, 0)
    assert rows(STATE) == before
    assert imported(FIRST, LINES, name="a.geojson").total("unchanged") == 3
    history = rows("SELECT operation, changed_by, after IS NULL AS gone FROM asset_version WHERE operation = 'undo'")
    assert sorted(tuple(row) for row in history) == [("undo", "undoer", False)] * 3 + [("undo", "undoer", True)] * 2
    noted = rows("SELECT undone_by, undo_report ->> 'restored' FROM import_batch WHERE undone_at IS NOT NULL")
    assert [tuple(row) for row in noted] == [("undoer", "3")]
    with pytest.raises(DataConflict, match="was undone on"):
        undone(database, second)
    with pytest.raises(NotFound):
        undo_import(database, "999", 10**9, undone_by="undoer")


def test_what_was_edited_valued_or_given_records_after_the_import_is_not_taken_back(
    imported: Importer, database: Database, rows: Rows
) -> None:
    imported(FIRST, LINES, name="a.geojson")
    second = imported(SECOND, LINES, name="b.geojson")
    third = imported(SECOND.replace("Two, renewed", "Two, again"), LINES, name="c.geojson")
    assert third.total("changed") == 1
    with database.writing() as session:
        of = dict(session.execute(text("SELECT source_id, asset_id FROM asset")).all())
        session.execute(
            text(
                "INSERT INTO outage (municipality_code, outage_id, asset_id, source_system, source_id, started_at,"
                " is_planned) VALUES ('999', 1, :asset, 'test', 'o', now(), false)"
            ),
            {"asset": of["4"]},
        )
    report = undone(database, second)
    assert (report.removed, report.restored, report.conflict_count) == (1, 2, 2)
    assert {(each.key, each.reason) for each in report.conflicts} == {
        (f"999-{of['2']}", "changed_since"),
        (f"999-{of['4']}", "in_use"),
    }
    assert [row[0] for row in rows("SELECT name FROM asset ORDER BY source_id")] == [
        "One",
        "Two, again",
        "Three",
        "Four",
    ]


def test_undone_population_and_areas_are_as_they_were(imported: Importer, database: Database, rows: Rows) -> None:
    header = "area,scenario,year,age,people\n"
    square = [[385000, 6672000], [386000, 6672000], [386000, 6673000], [385000, 6673000], [385000, 6672000]]
    area = {
        "type": "Feature",
        "properties": {"id": "1", "name": "West"},
        "geometry": {"type": "Polygon", "coordinates": [square]},
    }
    imported(FIRST, LINES, name="a.geojson")
    assets = rows(STATE)
    areas = imported(file_of(area), AREAS, name="areas.geojson")
    assert [row.district_code for row in rows(STATE)] == ["1", "1", None]
    imported(header + "A,baseline,2030,1,10\nA,baseline,2030,2,11.5\n", POPULATION)
    people = "SELECT age, population FROM population_forecast ORDER BY age"
    before = rows(people)
    second = imported(header + "A,baseline,2030,1,99\nA,baseline,2030,2,11.5\nA,baseline,2030,3,5\n", POPULATION)
    areas_listed, _ = list_import_changes(database, "999", areas.batch_id or 0, None, 9)
    shape = next(each for each in areas_listed[0]["fields"] if each["attribute"] == "geometry")
    assert shape["after"]["type"] == "MultiPolygon"
    report = undone(database, second)
    assert (report.removed, report.restored) == (1, 1)
    assert rows(people) == before
    listed, after = list_import_changes(database, "999", second.batch_id or 0, None, 1)
    assert after is not None
    last, none = list_import_changes(database, "999", second.batch_id or 0, after, 1)
    assert none is None
    found = {(each["operation"], each["key"]["age"]): each["fields"] for each in (*listed, *last)}
    assert found["update", 1] == [{"attribute": "population", "before": 10, "after": 99}]
    assert {"attribute": "population", "before": None, "after": 5} in found["create", 3]
    third = imported(header + "A,baseline,2030,1,98\nA,baseline,2030,3,6\n", POPULATION)
    with database.writing() as session:
        session.execute(text("UPDATE population_forecast SET population = 97 WHERE age = 1"))
    assert [(each.key, each.reason) for each in undone(database, third).conflicts] == [
        ("A/baseline/2030/1", "changed_since")
    ]
    assert undone(database, areas).removed == 1
    assert rows(STATE) == assets
