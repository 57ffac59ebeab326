"""What profiles say of rows that a file does not tell apart, of lines drawn twice, and of places that are nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.database import Database
from service.operations.import_report import ImportReport
from service.operations.import_undo import undo_import

Importer = Callable[..., ImportReport]
Rows = Callable[..., list[Any]]

TWINS = """
name: a
title: t
source_system: s
format: csv
number_within: [place]
targets:
  - target: bridge
    key: [place, "@number"]
    values: {owner: {column: owner}}
  - target: condition_assessment
    asset_key: [place, "@number"]
    where: [{column: class, not_within: [null]}]
    values:
      assessed_on: {constant: "2024-01-01"}
      scale_code: {constant: fi_1_5}
      value_given: {column: class}
      method: {constant: visual}
"""


def test_twin_bridges_are_two_and_each_keeps_its_own_assessment(imported: Importer, rows: Rows) -> None:
    content = "place,owner,class\nKoski,kunta,\nKoski,kunta,3\nSalmi,kunta,4\n"
    assert imported(content, TWINS).errors == []
    query = "SELECT source_id, value_given FROM asset LEFT JOIN condition_assessment c USING (asset_id) ORDER BY 1"
    query = query.replace("source_id,", "asset.source_id,")
    assert [tuple(row) for row in rows(query)] == [("Koski/1", None), ("Koski/2", "3"), ("Salmi/1", "4")]
    assert imported(content, TWINS).total("unchanged") == 5


GRAPH = """
name: a
title: t
source_system: s
format: vector
targets:
  - target: street_segment
    key: [id]
    one_per: {either_direction: true}
    values: {name: {column: id}}
"""


def lines(*coordinates: str) -> str:
    feature = '{"type":"Feature","properties":{"id":"%d"},"geometry":{"type":"LineString","coordinates":[%s]}}'
    features = ",".join(feature % (number, each) for number, each in enumerate(coordinates, start=1))
    return '{"type":"FeatureCollection","features":[' + features + "]}"


def test_a_street_drawn_in_both_directions_is_one_and_a_parallel_one_another(imported: Importer, rows: Rows) -> None:
    there, back = "[25.0,60.2],[25.01,60.2],[25.01,60.21]", "[25.01,60.21],[25.01,60.2],[25.0,60.2]"
    content = lines(there, back, "[25.0,60.2],[25.01,60.21]")
    report = imported(content, GRAPH, name="a.geojson")
    assert [row[0] for row in rows("SELECT source_id FROM asset ORDER BY 1")] == ["1", "3"]
    assert (report.errors, report.rows_read, report.targets["street_segment"].added) == ([], 3, 2)


def test_places_that_a_profile_does_not_take_stay_out_and_the_things_come_in(imported: Importer, rows: Rows) -> None:
    abroad = lines("[-84.0,37.0],[-84.1,37.0]")
    profile = GRAPH.replace("    one_per: {either_direction: true}\n", "")
    assert {fault.rule for fault in imported(abroad, profile, name="a.geojson").errors} == {"outside_finland"}
    taken = imported(abroad, profile.replace("targets:", "geometry: {taken: false}\ntargets:"), name="a.geojson")
    assert (taken.errors, taken.targets["street_segment"].added) == ([], 1)
    assert rows("SELECT count(*), count(geometry) FROM asset")[0] == (1, 0)


BOUNDARY = """
name: a
title: t
source_system: s
format: vector
municipality: {column: code, style: code}
targets:
  - target: municipality
    values: {name_fi: {column: name, required: true}}
"""
AREA = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"CODE","name":"Uusi nimi"},'
    '"geometry":{"type":"Polygon","coordinates":[[[25,60],[26,60],[26,61],[25,60]]]}}]}'
)


def test_a_boundary_and_a_name_of_a_known_municipality_change_and_no_municipality_is_made(
    imported: Importer, rows: Rows, database: Database
) -> None:
    unknown = imported(AREA.replace("CODE", "998"), BOUNDARY, name="a.geojson", municipality_code=None)
    assert [fault.rule for fault in unknown.errors] == ["municipality"]
    report = imported(AREA.replace("CODE", "091"), BOUNDARY, name="a.geojson", municipality_code=None)
    assert (report.errors, report.targets["municipality"].changed) == ([], 1)
    found = rows("SELECT name_fi, name_sv, ST_GeometryType(boundary) FROM municipality WHERE municipality_code = '091'")
    assert tuple(found[0]) == ("Uusi nimi", "Helsingfors", "ST_MultiPolygon")
    assert (
        imported(AREA.replace("CODE", "091"), BOUNDARY, name="a.geojson", municipality_code=None).total("changed") == 0
    )
    undo_import(database, "091", report.batch_id or 0, undone_by="tester")
    found = rows("SELECT name_fi, boundary FROM municipality WHERE municipality_code = '091'")
    assert tuple(found[0]) == ("Helsinki", None)
