from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.acting import acting_as, operator
from service.database import Database
from service.errors import InvalidData
from service.importers.pipeline import import_file
from service.importers.profile_file import parse_profile
from service.operations.import_report import ImportReport

Importer = Callable[..., ImportReport]
Rows = Callable[..., list[Any]]

BUILDINGS = """
name: buildings
title: t
source_system: test
format: csv
csv: {separator: ";"}
targets:
  - target: building
    key: [id]
    values:
      name: {column: name}
      permanent_building_id: {column: vtj}
      property_id: {column: property}
      built_year: {column: year}
      gross_floor_area_m2: {column: area}
"""
HEADER = "id;name;vtj;property;year;area\n"
GOOD = HEADER + "1;School;103515074X;91-1-2-3;1956;1200,5\n2;Library;1035150826;09100100020003;;\n"

SHAPES = """
name: shapes
title: t
source_system: test
format: vector
targets:
  - target: CLASS
    key: [id]
    values: {name: {column: id}}
"""


def faults(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    return [(fault.row, fault.column, fault.rule) for fault in report.faults]


def collection(*geometries: object, crs: str = "urn:ogc:def:crs:EPSG::3067") -> str:
    features = [
        {"type": "Feature", "properties": {"id": str(number)}, "geometry": geometry}
        for number, geometry in enumerate(geometries, start=1)
    ]
    named = {"type": "name", "properties": {"name": crs}}
    return json.dumps({"type": "FeatureCollection", "crs": named, "features": features})


def point(x: float, y: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [x, y]}


def polygon(*corners: tuple[float, float]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in (*corners, corners[0])]]}


def test_good_rows_are_written_with_their_first_version(imported: Importer, rows: Rows) -> None:
    report = imported(GOOD, BUILDINGS)
    assert (report.applied, report.total("added"), report.faults) == (True, 2, [])
    found = rows(
        "SELECT a.name, a.quantity, a.built_year, b.property_id, a.status, a.row_version FROM asset a"
        " JOIN building b USING (municipality_code, asset_id) ORDER BY source_id"
    )
    assert [tuple(row) for row in found] == [
        ("School", 1200.5, 1956, "09100100020003", "in_use", 1),
        ("Library", None, None, "09100100020003", "in_use", 1),
    ]
    versions = rows("SELECT operation, before, changed_by FROM asset_version ORDER BY asset_id")
    assert [tuple(row) for row in versions] == [("create", None, "tester")] * 2


def test_the_same_file_twice_changes_nothing(imported: Importer, rows: Rows) -> None:
    imported(GOOD, BUILDINGS)
    report = imported(GOOD, BUILDINGS)
    assert (report.total("added"), report.total("changed"), report.total("unchanged")) == (0, 0, 2)
    assert rows("SELECT count(*) FROM asset_version")[0][0] == 2


def test_a_changed_row_is_updated_and_its_version_says_what_it_was(imported: Importer, rows: Rows) -> None:
    imported(GOOD, BUILDINGS)
    report = imported(GOOD.replace("1956", "1957"), BUILDINGS)
    assert (report.total("added"), report.total("changed"), report.total("unchanged")) == (0, 1, 1)
    found = rows("SELECT row_version, before, after FROM asset_version WHERE operation = 'update'")
    assert [(row.row_version, row.before["built_year"], row.after["built_year"]) for row in found] == [(2, 1956, 1957)]
    assert rows("SELECT row_version FROM asset WHERE source_id = '1'")[0][0] == 2


def test_attributes_that_the_profile_does_not_fill_are_left_alone(imported: Importer, rows: Rows) -> None:
    imported(GOOD, BUILDINGS)
    names_only = BUILDINGS[: BUILDINGS.index("      permanent")]
    assert imported(GOOD.replace("School", "Old school"), names_only).total("changed") == 1
    assert tuple(rows("SELECT name, built_year FROM asset WHERE source_id = '1'")[0]) == ("Old school", 1956)


def test_a_dry_run_counts_and_writes_nothing(imported: Importer, rows: Rows) -> None:
    report = imported(GOOD, BUILDINGS, dry_run=True)
    assert (report.applied, report.total("added")) == (False, 2)
    assert rows("SELECT count(*) FROM asset")[0][0] == 0
    assert rows("SELECT count(*) FROM import_batch")[0][0] == 0


FAULTY = HEADER + (
    "1;Good;103515074X;;1956;10\n"
    "2;Wrong check character;100012345A;;1956;10\n"
    "3;Lower case;103515074x;;1956;10\n"
    "4;Not built yet;;;2999;10\n"
    "5;Negative;;;1956;-1\n"
    "6;No number;;;1956;plenty\n"
    "7;Half a year;;;1956,5;10\n"
    "8;Property;;91-1;1956;10\n"
    ";No key;;;1956;10\n"
    "9;Too many fields;;;1956;10;11\n"
    "1;Another;;;1956;10\n"
)


def test_every_fault_is_named_by_row_column_and_rule_and_nothing_is_written(imported: Importer, rows: Rows) -> None:
    report = imported(FAULTY, BUILDINGS)
    assert set(faults(report)) == {
        (3, "vtj", "identifier"),
        (4, "vtj", "pattern"),
        (5, "year", "range"),
        (6, "area", "range"),
        (7, "area", "type"),
        (8, "year", "type"),
        (9, "property", "pattern"),
        (10, "id", "key"),
        (11, None, "field_count"),
        (12, "key", "duplicate_key"),
    }
    assert (report.applied, report.total("faulty")) == (False, 10)
    assert rows("SELECT count(*) FROM asset")[0][0] == 0


def test_faults_beyond_what_is_kept_are_counted_by_rule_and_refuse_the_file_all_the_same(
    imported: Importer, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.operations.import_report.KEPT_FAULTS", 3)
    monkeypatch.setattr("service.importers.fault_log.KEPT_FAULTS", 2)
    report = imported(HEADER + "".join(f"{n};A;;;2999;-1\n" for n in range(9)), BUILDINGS)
    assert (report.applied, len(report.faults), report.total("faulty")) == (False, 2, 9)
    document = report.as_dict()
    assert document["error_count"] == 18
    assert {(each["rule"], each["count"]) for each in document["rules"]} == {("range", 18)}


def test_good_rows_go_in_when_the_caller_accepts_the_rest_faulty(imported: Importer, rows: Rows) -> None:
    report = imported(FAULTY, BUILDINGS, accept_partial=True)
    assert (report.applied, report.total("added"), report.total("faulty")) == (True, 1, 10)
    assert tuple(rows("SELECT added, faulty FROM import_batch")[0]) == (1, 10)


def test_a_year_in_the_future_is_a_fault_unless_the_asset_is_planned(imported: Importer) -> None:
    profile = BUILDINGS + "      status: {column: status}\n"
    header = "id;name;vtj;property;year;area;status\n"
    report = imported(header + "1;A;;;2150;1;planned\n2;B;;;2150;1;in_use\n", profile, accept_partial=True)
    assert (faults(report), report.total("added")) == ([(3, "built_year", "future")], 1)


def test_the_same_row_again_counts_once_and_is_told(imported: Importer) -> None:
    report = imported(GOOD + "1;School;103515074X;91-1-2-3;1956;1200,5\n", BUILDINGS)
    assert (report.applied, report.total("added"), faults(report)) == (True, 2, [(4, "key", "repeated_row")])


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.csv", b"", "file_empty"),
        ("a.csv", b"id;name\n1;x\n", "column_missing"),
        ("a.csv", b"PK\x03\x04", "wrong_format"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_report_not_an_error(
    imported: Importer, rows: Rows, name: str, content: bytes, rule: str
) -> None:
    report = imported(content, BUILDINGS, name=name)
    assert {fault.rule for fault in report.faults} == {rule}
    assert (report.applied, rows("SELECT count(*) FROM import_batch")[0][0]) == (False, 0)


def test_every_missing_column_is_named(imported: Importer) -> None:
    report = imported("id;name\n1;x\n", BUILDINGS)
    assert [fault.column for fault in report.faults] == ["area", "property", "vtj", "year"]


def test_a_file_without_rows_is_told_and_harmless(imported: Importer) -> None:
    report = imported(HEADER, BUILDINGS)
    assert (report.applied, [fault.rule for fault in report.faults]) == (True, ["no_rows"])


def test_a_truncated_geojson_is_a_report_and_nothing_is_written(imported: Importer, rows: Rows) -> None:
    report = imported(collection(point(385611, 6672118))[:-30], SHAPES.replace("CLASS", "building"), name="a.geojson")
    assert [fault.rule for fault in report.faults] == ["unreadable"]
    assert rows("SELECT count(*) FROM asset")[0][0] == 0


def test_a_zip_that_is_none_is_a_report(imported: Importer) -> None:
    report = imported(b"no zip", SHAPES.replace("CLASS", "building"), name="a.zip")
    assert [fault.rule for fault in report.faults] == ["wrong_format"]


def test_shapes_that_cross_themselves_lie_elsewhere_or_are_of_another_kind_are_faults(imported: Importer) -> None:
    crossing = polygon((385000, 6672000), (385100, 6672100), (385100, 6672000), (385000, 6672100))
    line = {"type": "LineString", "coordinates": [[385000, 6672000], [385100, 6672100]]}
    content = collection(point(385611, 6672118), crossing, point(24.9, 60.2), line, None)
    report = imported(content, SHAPES.replace("CLASS", "building"), name="a.geojson", accept_partial=True)
    assert [(fault.row, fault.rule) for fault in report.faults] == [
        (3, "outside_finland"),
        (2, "geometry_repaired"),
        (4, "geometry_type"),
    ]
    assert report.total("added") == 3
    told = "Self-intersection[385050 6672050]; 0.0 m² before, 5000.0 m² after"
    assert report.faults[1].detail == f"The geometry was not valid and was repaired: {told}."
    report = imported(
        content, SHAPES.replace("CLASS", "park"), name="a.geojson", accept_partial=True, geometry_repair="refuse"
    )
    assert [(fault.row, fault.rule) for fault in report.faults][1] == (2, "geometry_invalid")


def test_swapped_axes_are_refused_with_what_they_look_like(imported: Importer) -> None:
    content = collection(point(60.2, 24.9), crs="urn:ogc:def:crs:OGC:1.3:CRS84")
    report = imported(content, SHAPES.replace("CLASS", "building"), name="a.geojson")
    assert [fault.rule for fault in report.faults] == ["crs_unconfirmed"]
    assert "latitude first" in report.faults[0].detail


def test_another_coordinate_system_than_the_profile_says_is_refused(imported: Importer) -> None:
    profile = SHAPES.replace("CLASS", "building").replace("targets:", "geometry: {crs: 'EPSG:3879'}\ntargets:")
    report = imported(collection(point(385611, 6672118)), profile, name="a.geojson")
    assert [fault.rule for fault in report.faults] == ["crs_conflict"]


def test_an_unknown_coordinate_system_is_refused(imported: Importer) -> None:
    profile = BUILDINGS.replace("targets:", "geometry: {x: area, y: year}\ntargets:")
    report = imported(GOOD, profile)
    assert [fault.rule for fault in report.faults] == ["crs_unknown"]


def test_heights_are_kept_beside_the_plane_geometry(imported: Importer, rows: Rows) -> None:
    line = {"type": "LineString", "coordinates": [[385000, 6672000, 12.5], [385100, 6672100, 13]]}
    flat = {"type": "LineString", "coordinates": [[385000, 6672000], [385100, 6672100]]}
    imported(collection(line, flat), SHAPES.replace("CLASS", "street_segment"), name="a.geojson")
    found = rows("SELECT ST_CoordDim(geometry), ST_Z(ST_StartPoint(geometry_z)) FROM asset ORDER BY source_id")
    assert [tuple(row) for row in found] == [(2, 12.5), (2, None)]


DISTRICTS = SHAPES.replace("CLASS", "district").replace(
    "{name: {column: id}}", "{district_code: {column: id}, name_fi: {column: id}}"
)
WEST = polygon((385000, 6672000), (386000, 6672000), (386000, 6673000), (385000, 6673000))
EAST = polygon((386000, 6672000), (387000, 6672000), (387000, 6673000), (386000, 6673000))


def test_assets_get_the_district_they_lie_in_whichever_comes_first(imported: Importer, rows: Rows) -> None:
    places = collection(point(385500, 6672500), point(386500, 6672500), point(390000, 6672500))
    buildings = SHAPES.replace("CLASS", "building")
    imported(places, buildings, name="a.geojson")
    imported(collection(WEST, EAST), DISTRICTS, name="d.geojson")
    query = "SELECT district_code FROM asset ORDER BY source_id"
    assert [row[0] for row in rows(query)] == ["1", "2", None]
    assert imported(places, buildings, name="a.geojson").total("unchanged") == 3
    moved = places.replace("385500", "386600")
    assert imported(moved, buildings, name="a.geojson").total("changed") == 1
    assert [row[0] for row in rows(query)] == ["2", "2", None]


def test_an_id_that_is_an_asset_of_another_class_is_a_fault(imported: Importer) -> None:
    imported(collection(point(385500, 6672500)), SHAPES.replace("CLASS", "building"), name="a.geojson")
    report = imported(collection(point(385500, 6672500)), SHAPES.replace("CLASS", "playground"), name="a.geojson")
    assert ([fault.rule for fault in report.faults], report.applied) == (["class"], False)


CAPACITIES = """
name: capacities
title: t
source_system: test
format: csv
targets:
  - target: capacity
    asset_key: [id]
    successive: true
    values:
      service_code: {column: service}
      valid_from: {column: day}
      capacity: {column: places}
"""


def test_records_of_assets_that_are_not_there_and_of_unknown_services_are_faults(imported: Importer) -> None:
    imported(GOOD, BUILDINGS)
    content = (
        "id,service,day,places\n1,basic_education,2020-01-01,300\n"
        "77,basic_education,2020-01-01,300\n1,magic,2020-01-01,1\n"
    )
    report = imported(content, CAPACITIES)
    assert {(fault.row, fault.rule) for fault in report.faults} == {(3, "asset_missing"), (4, "code_list")}


def test_a_capacity_is_valid_until_the_next_begins(imported: Importer, rows: Rows) -> None:
    imported(GOOD, BUILDINGS)
    content = "id,service,day,places\n1,basic_education,2023-01-01,250\n1,basic_education,2020-01-01,300\n"
    assert imported(content, CAPACITIES).applied
    found = rows("SELECT valid_from::text, valid_to::text, capacity FROM capacity ORDER BY valid_from")
    assert [tuple(row) for row in found] == [("2020-01-01", "2023-01-01", 300.0), ("2023-01-01", None, 250.0)]
    assert imported(content, CAPACITIES).total("unchanged") == 2


def test_what_the_register_itself_refuses_is_a_fault_and_nothing_is_written(imported: Importer, rows: Rows) -> None:
    imported(GOOD, BUILDINGS)
    imported("id,service,day,places\n1,basic_education,2020-01-01,300\n", CAPACITIES)
    report = imported("id,service,day,places\n1,basic_education,2021-01-01,200\n", CAPACITIES)
    assert ([fault.rule for fault in report.faults], report.applied) == (["register"], False)
    assert rows("SELECT count(*) FROM capacity")[0][0] == 1


ASSESSMENTS = """
name: assessments
title: t
source_system: test
format: csv
targets:
  - target: condition_assessment
    asset_key: [id]
    values:
      assessed_on: {column: day}
      scale_code: {column: scale}
      value_given: {column: value}
      method: {constant: visual}
"""


def test_scales_that_run_either_way_give_the_same_condition_index(imported: Importer, rows: Rows) -> None:
    imported(GOOD, BUILDINGS)
    content = (
        "id,day,scale,value\n1,2020-01-01,fi_1_5,2\n1,2021-01-01,suomen_kuntotekniikka_1_5,4\n"
        "1,2022-01-01,pci_0_100,40\n1,2023-01-01,dfe_a_e,C\n2,2023-01-01,fi_1_5,7\n"
    )
    report = imported(content, ASSESSMENTS, accept_partial=True)
    assert [(fault.row, fault.rule) for fault in report.faults] == [(6, "scale")]
    indices = [row[0] for row in rows("SELECT condition_index FROM condition_assessment ORDER BY assessed_on")]
    assert indices == pytest.approx([0.4, 0.4, 0.4, 0.5])


def test_a_place_outside_the_municipality_is_told_where_its_boundary_is_known(
    imported: Importer, database: Database
) -> None:
    with database.writing() as session:
        session.execute(
            text(
                "UPDATE municipality SET boundary = ST_Multi(ST_MakeEnvelope(385000, 6672000, 386000, 6673000, 3067))"
                " WHERE municipality_code = '999'"
            )
        )
    content = collection(point(385500, 6672500), point(390000, 6672500))
    report = imported(content, SHAPES.replace("CLASS", "building"), name="a.geojson")
    assert [(fault.row, fault.rule) for fault in report.warnings] == [(2, "outside_municipality")]
    assert report.applied


def test_the_same_file_from_several_callers_at_once_is_written_once(
    imported: Importer, database: Database, rows: Rows, tmp_path: Path
) -> None:
    path = tmp_path / "b.csv"
    path.write_text(GOOD, encoding="utf-8")
    profile = parse_profile(BUILDINGS)

    def once(_number: int) -> ImportReport:
        with acting_as(operator()):
            return import_file(database, path, profile, "999", changed_by="tester")

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(once, range(8)))
    assert all(report.applied for report in reports)
    assert sum(report.total("added") for report in reports) == 2
    assert rows("SELECT count(*) FROM asset")[0][0] == 2


def test_numbers_beyond_what_a_column_holds_are_faults_of_their_row(imported: Importer) -> None:
    profile = BUILDINGS + "      replacement_cost_eur: {column: cost}\n      storeys: {column: floors}\n"
    header = "id;name;vtj;property;year;area;cost;floors\n"
    report = imported(header + "1;A;;;1956;1;1e15;2\n2;B;;;1956;1;5;99999\n", profile)
    assert faults(report) == [(2, "cost", "range"), (3, "floors", "range")]


def test_the_municipality_must_be_told_and_be_one(imported: Importer) -> None:
    with pytest.raises(InvalidData, match="to be told"):
        imported(GOOD, BUILDINGS, municipality_code=None)
    with pytest.raises(InvalidData, match="not a municipality"):
        imported(GOOD, BUILDINGS, municipality_code="998")


def test_rows_of_other_municipalities_are_left_out_and_unknown_ones_are_faults(imported: Importer) -> None:
    profile = BUILDINGS.replace("targets:", "municipality: {column: name, style: name}\ntargets:")
    content = HEADER + "1;Parainen - Pargas;;;;\n2;Pargas;;;;\n3;Helsinki;;;;\n4;Atlantis;;;;\n"
    report = imported(content, profile, municipality_code="445", accept_partial=True)
    assert (report.total("added"), report.rows_skipped, faults(report)) == (2, 1, [(5, "name", "municipality")])
