"""Files of every format that are broken in every way that files break: a table or a fault in plain words, no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import shapely
from pyarrow import parquet

from service.database import Database
from service.importers.pipeline import import_file
from service.importers.profile_file import parse_profile
from service.importers.read_vector import read_vector
from service.importers.read_xlsx import read_xlsx
from service.importers.source_table import SourceTable, UnreadableSourceError
from service.operations.import_report import ImportFault

NAMES = (
    *("a.csv", "a.dxf", "a.fgb", "a.gdb.zip", "a.geojson", "a.gml", "a.gml.zip", "a.gpkg", "a.kml", "a.mif"),
    *("a.mif.zip", "a.parquet", "a.shp", "a.shp.zip", "a.tab", "a.tab.zip", "a.xlsx"),
)
Read = Callable[[Path], SourceTable | list[ImportFault]]
Change = Callable[[bytes], bytes]


def truncated(share: float) -> Change:
    """Return what cuts a file at a share of its length."""
    return lambda content: content[: int(len(content) * share)]


def flipped(seed: int, count: int = 20) -> Change:
    """Return what turns some bytes of a file over, the same ones each time."""

    def change(content: bytes) -> bytes:
        rng = np.random.default_rng(seed)
        broken = bytearray(content)
        for place in rng.integers(0, len(content), count):
            broken[place] ^= int(rng.integers(1, 256))
        return bytes(broken)

    return change


def with_foreign_beginning(content: bytes) -> bytes:
    """Return a file whose first bytes are those of no format."""
    return b"\x7fELF\x02\x01\x01" + content[7:]


def with_invalid_text(content: bytes) -> bytes:
    """Return a file whose non-ASCII letters are bytes that no UTF-8 text has."""
    return content.replace("ä".encode(), b"\xff\xfe").replace(b"\xe4", b"\xff")


# A cut table of text lines is a shorter table.
MAY_BE_READ = {"a.csv"}
PROFILE = """
name: any_point
title: t
source_system: any_point
format: any
geometry: {x: E, y: N, crs: "EPSG:3878"}
targets:
  - target: playground
    key: [tunnus]
    values: {name: {column: nimi}}
"""
POINT = '{"type":"Feature","properties":{"tunnus":1,"nimi":"x"},"geometry":GEOMETRY}'
COLLECTION = '{"type":"FeatureCollection","features":[%s]}'


def test_every_format_is_written_and_reads_as_the_same_ten_points(files: dict[str, Path], read: Read) -> None:
    assert tuple(files) == NAMES
    for name, path in files.items():
        table = read(path)
        assert isinstance(table, SourceTable), name
        assert len(table) == 10, name
        assert "dxf" in name or min(table.columns["nimi"].tolist()) == "Häme"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.5, 0.9])
def test_a_file_that_is_cut_short_is_refused(broken: dict[str, Path], read: Read, name: str, share: float) -> None:
    path = broken[name]
    path.write_bytes(truncated(share)(path.read_bytes()))
    found = read(path)
    if isinstance(found, SourceTable):
        assert name in MAY_BE_READ
        assert len(found) < 10


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_another_kind_than_its_name_says_is_refused(broken: dict[str, Path], read: Read, name: str) -> None:
    path = broken[name]
    for content in (with_foreign_beginning(path.read_bytes()), b"PK\x03\x04" + bytes(200), b"\x00" * 300):
        path.write_bytes(content)
        found = read(path)
        assert isinstance(found, list)


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_a_table_or_a_fault(broken: dict[str, Path], read: Read, name: str) -> None:
    path = broken[name]
    whole = path.read_bytes()
    changes: list[Change] = [with_invalid_text, *(flipped(seed) for seed in range(12))]
    for change in changes:
        path.write_bytes(change(whole))
        read(path)


def test_an_import_of_a_broken_file_is_a_report_that_says_why_and_writes_nothing(
    broken: dict[str, Path], module_database: Database
) -> None:
    profile = parse_profile(PROFILE)
    for name, path in broken.items():
        if name in MAY_BE_READ:
            continue
        whole = path.read_bytes()
        for change in (truncated(0.5), with_foreign_beginning, truncated(0.0)):
            path.write_bytes(change(whole))
            report = import_file(module_database, path, profile, "837", changed_by="tester")
            assert not report.applied
            assert report.errors
            assert not any(str(path.parent) in fault.detail for fault in report.errors)


def geojson(path: Path, *geometries: object) -> Path:
    features = ",".join(POINT.replace("GEOMETRY", json.dumps(each)) for each in geometries)
    path.write_text(COLLECTION % features, encoding="utf-8")
    return path


def imported(database: Database, path: Path) -> list[str]:
    report = import_file(database, path, parse_profile(PROFILE), "837", changed_by="tester")
    assert not report.applied
    return [fault.rule for fault in report.faults]


def test_coordinates_that_are_no_numbers_places_of_another_kind_and_none_are_named_row_by_row(
    tmp_path: Path, module_database: Database
) -> None:
    line = {"type": "LineString", "coordinates": [[23.7, 61.5], [23.8, 61.5]]}
    point = {"type": "Point", "coordinates": [23.7, 61.5]}
    endless = {"type": "Point", "coordinates": [float("inf"), float("nan")]}
    path = geojson(tmp_path / "a.geojson", point, line, endless)
    assert {"geometry_type", "geometry"} <= set(imported(module_database, path))


@pytest.mark.parametrize("name", ["a.geojson", "a.csv", "a.xlsx", "a.parquet"])
def test_a_file_without_rows_is_told(
    tmp_path: Path, module_database: Database, files: dict[str, Path], name: str
) -> None:
    path = tmp_path / name
    if name == "a.geojson":
        geojson(path)
    elif name == "a.csv":
        path.write_text("tunnus;nimi;E;N\n", encoding="utf-8")
    elif name == "a.xlsx":
        book = openpyxl.Workbook(write_only=True)
        book.create_sheet().append(["tunnus", "nimi", "E", "N"])
        book.save(path)
    else:
        parquet.write_table(parquet.read_table(files["a.parquet"]).slice(0, 0), path)
    report = import_file(module_database, path, parse_profile(PROFILE), "837", changed_by="tester", dry_run=True)
    assert {fault.rule for fault in report.faults} & {"no_rows", "column_missing"}


def test_ten_thousand_columns_are_refused_in_every_kind_of_table(tmp_path: Path, read: Read) -> None:
    names = [f"c{number}" for number in range(10_000)]
    (tmp_path / "a.csv").write_text(";".join(names) + "\n", encoding="utf-8")
    book = openpyxl.Workbook(write_only=True)
    book.create_sheet().append(names)
    book.save(tmp_path / "a.xlsx")
    feature = {"type": "Feature", "properties": dict.fromkeys(names, 1), "geometry": None}
    (tmp_path / "a.geojson").write_text(COLLECTION % json.dumps(feature), encoding="utf-8")
    for name in ("a.csv", "a.xlsx", "a.geojson"):
        found = read(tmp_path / name)
        assert isinstance(found, list)
        assert [fault.rule for fault in found] == ["too_many_columns"]


def test_a_workbook_that_claims_a_million_rows_is_as_long_as_its_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"], sheet["XFD3"] = "a", 1, "stray"
    book.save(tmp_path / "a.xlsx")
    table = read_xlsx(tmp_path / "a.xlsx")
    assert table.columns["a"].tolist() == [1]
    assert [fault.row for fault in table.faults] == [3]


def test_geometry_nested_without_end_is_refused(tmp_path: Path, read: Read) -> None:
    depth = 100_000
    path = tmp_path / "a.geojson"
    coordinates = "[" * depth + "]" * depth
    geometry = '{"type":"MultiPolygon","coordinates":' + coordinates + "}"
    path.write_text(COLLECTION % POINT.replace("GEOMETRY", geometry), encoding="utf-8")
    found = read(path)
    assert isinstance(found, list) or shapely.is_empty(found.geometry).all()


@pytest.mark.real_data
def test_every_fixture_of_other_readers_is_a_table_or_a_plain_fault(shared_data: Path, read: Read) -> None:
    tables = {}
    for path in sorted((shared_data / "import_format_fixtures").rglob("*.*")):
        if path.is_file():
            found = read(path)
            tables[path.name] = len(found) if isinstance(found, SourceTable) else 0
    counts = {"curve.gpkg": 1, "coutwildrnp.zip": 67, "naturalearth_lowres.shp": 177, "multicurve.gml": 1}
    assert counts.items() <= tables.items()
    assert tables["list_field_values_file.parquet"] == 5


@pytest.mark.real_data
def test_every_layer_of_a_file_geodatabase_reads(shared_data: Path) -> None:
    path = shared_data / "import_format_fixtures" / "fiona" / "testopenfilegdb.gdb.zip"
    with pytest.raises(UnreadableSourceError, match="multipolygon25D") as asked:
        read_vector(path)
    assert [fault.rule for fault in asked.value.faults] == ["layer_needed"]
    sizes = {layer: len(read_vector(path, layer=layer)) for layer in ("point", "none", "several_polygons", "big_layer")}
    assert sizes == {"point": 5, "none": 6, "several_polygons": 9, "big_layer": 341}


def test_arcs_are_lines_whose_chords_lie_within_a_centimetre(tmp_path: Path) -> None:
    groups = "0 SECTION 2 ENTITIES 0 ARC 8 a 10 0 20 0 30 0 40 100 50 0 51 180 0 ENDSEC 0 EOF"
    arc = "\n".join(groups.split()) + "\n"
    (tmp_path / "a.dxf").write_text(arc, encoding="utf-8")
    (shape,) = read_vector(tmp_path / "a.dxf").geometry  # type: ignore[misc]
    assert shape.length == pytest.approx(100.0 * np.pi, abs=0.02)
