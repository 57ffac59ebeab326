"""What a mapping profile can say: one profile for several formats, classes by rule, ids where there are none, units."""

from __future__ import annotations

import json
from typing import Any

import pytest

from service.importers.profile_file import InvalidProfile, parse_profile
from service.importers.units import UNIT_FACTORS, unit_factor

PIPES = """
name: pipes
title: Pipes of a town
source_system: pipes
format: any
unknown: ["NULL", "-", "# Ei tietoa", "-1", "ei tiedossa"]
geometry: {x: E, y: N, crs: EPSG:3067}
column_names: {materiaali: [MATERIAALI, materiaal]}
targets:
  - target: manhole
    hashed_key: [nimi]
    where: [{column: laji, matches: "kaivo$"}]
    values:
      name: {column: nimi}
      depth_m: {column: syvyys, unit: cm}
      built_year: {column: vuosi}
  - target: hydrant
    hashed_key: [nimi]
    where: [{column: laji, within: [Paloposti]}]
    values:
      name: {column: nimi}
      material: {column: materiaali}
  - target: condition_assessment
    hashed_key: [nimi]
    where: [{column: kunto, not_within: [null, "-"]}]
    values:
      assessed_on: {constant: "2020-01-01"}
      scale_code: {constant: fi_1_5}
      value_given: {column: kunto, codes: {erinomainen: "5", hyvä: "4", tyydyttävä: "3", Z0: "1"}}
      method: {constant: visual}
"""
HEADER = "nimi;laji;vuosi;syvyys;{};kunto;E;N"
LINES = (
    "K1;Jätevesikaivo;1975;250;NULL;Hyvä;385000;6672000",
    "K2;hulevesiKAIVO;-1;# ei tietoa;-;-;385010;6672000",
    "P1;Paloposti;Ei Tiedossa;-;valurauta;z0;385020;6672000",
    "X1;Penkki;1999;-;-;-;385030;6672000",
)


def as_csv(*lines: str, material: str = "materiaali") -> str:
    return "\n".join([HEADER.format(material), *lines])


def as_geojson(*lines: str) -> str:
    """The same rows, with geometry of their own and without the columns of coordinates."""
    features = []
    for line in lines:
        *values, east, north = line.split(";")
        names = HEADER.format("MATERIAALI").split(";")
        point = {"type": "Point", "coordinates": [float(east), float(north)]}
        properties = dict(zip(names, values, strict=False))
        features.append({"type": "Feature", "properties": properties, "geometry": point})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3067"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})


def test_one_profile_reads_classes_codes_and_unknowns_from_several_formats(imported: Any, rows: Any) -> None:
    report = imported(as_csv(*LINES), PIPES)
    assert report.applied, report.faults
    told = {fault.rule: fault.detail for fault in report.faults}
    assert set(told) == {"key_made", "no_class"}
    assert "Penkki" in told["no_class"]
    assert report.rows_skipped == 1
    kept = rows(
        "SELECT name, built_year, depth_m FROM asset JOIN manhole USING (municipality_code, asset_id) ORDER BY 1"
    )
    assert kept == [("K1", 1975, 2.5), ("K2", None, None)]
    assert rows("SELECT name, material FROM asset JOIN hydrant USING (municipality_code, asset_id)") == [
        ("P1", "valurauta")
    ]
    conditions = (
        "SELECT a.name, c.condition_index FROM condition_assessment c JOIN asset a USING (municipality_code, asset_id)"
    )
    assert sorted(rows(conditions)) == [("K1", 0.8), ("P1", 0.2)]
    # The same by other names and with its own geometry: every id is found again.
    again = imported(as_geojson(*LINES), PIPES, name="b.geojson")
    assert again.applied, again.faults
    assert {name: (counts.added, counts.changed) for name, counts in again.targets.items()} == {
        "manhole": (0, 0),
        "hydrant": (0, 0),
        "condition_assessment": (0, 0),
    }


def test_what_is_moved_becomes_another_asset_and_what_has_neither_place_nor_name_is_a_fault(imported: Any) -> None:
    assert imported(as_csv(LINES[0]), PIPES).targets["manhole"].added == 1
    assert imported(as_csv(LINES[0].replace("385000", "385000.5")), PIPES).targets["manhole"].added == 1
    nobody = imported(as_csv(";Jätevesikaivo;1975;250;-;-;;"), PIPES)
    assert [(fault.row, fault.rule) for fault in nobody.errors] == [(2, "key")]


def test_a_missing_column_is_named_with_what_is_alike(imported: Any) -> None:
    faults = imported(as_csv(LINES[0], material="materiali"), PIPES).errors
    assert [fault.column for fault in faults] == ["materiaali"]
    assert faults[0].detail.endswith("Is it materiali?")


def test_geometry_may_stand_in_a_column_as_text(imported: Any, rows: Any) -> None:
    profile = PIPES.replace("{x: E, y: N, crs: EPSG:3067}", "{wkt: paikka, crs: EPSG:3067}")
    content = "nimi;laji;vuosi;syvyys;materiaali;kunto;paikka\nK9;Kaivo;1990;100;-;-;POINT (385000 6672000)\n"
    assert imported(content, profile).applied
    assert rows("SELECT ST_AsText(geometry) FROM asset WHERE name = 'K9'") == [("POINT(385000 6672000)",)]
    broken = imported(content.replace("POINT (385000", "POINT (X"), profile)
    assert [(fault.row, fault.column) for fault in broken.errors] == [(2, "paikka")]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ("{x: E, crs: EPSG:3067}", "/geometry"),
        ("{x: E, y: N, wkt: g}", "/geometry/wkt"),
    ],
)
def test_columns_of_coordinates_go_together(given: str, pointer: str) -> None:
    with pytest.raises(InvalidProfile) as refused:
        parse_profile(PIPES.replace("{x: E, y: N, crs: EPSG:3067}", given))
    assert pointer in {fault.pointer for fault in refused.value.faults}


def test_keys_and_filters_that_say_nothing_or_too_much_are_named() -> None:
    text = (
        PIPES.replace('matches: "kaivo$"', "matches: '('")
        .replace("within: [Paloposti]", "")
        .replace("- target: hydrant", "- target: hydrant\n    key: [nimi]")
    )
    with pytest.raises(InvalidProfile) as refused:
        parse_profile(text)
    pointers = {fault.pointer for fault in refused.value.faults}
    assert pointers == {"/targets/0/where/0/matches", "/targets/1/where/0", "/targets/1/hashed_key"}


@pytest.mark.parametrize(
    ("unit", "ours", "factor"),
    [("in", "mm", 25.4), ("ft", "m", 0.3048), ("mi", "m", 1609.344), ("k-m2", "m2", 1.0), ("ha", "m2", 10_000.0)],
)
def test_units_of_files_become_those_of_the_register(unit: str, ours: str, factor: float) -> None:
    assert unit_factor(unit, ours) == pytest.approx(factor, rel=1e-12)


def test_lengths_and_areas_agree_in_all_units_they_are_known_in() -> None:
    for factors in UNIT_FACTORS.values():
        if {"m", "mm"} <= factors.keys():
            assert factors["mm"] == pytest.approx(1000 * factors["m"])
