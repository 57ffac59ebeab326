"""What other systems find in an export."""

from __future__ import annotations

import itertools
import json
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from models.registry import ASSET_CLASSES
from service.catalogues import LANGUAGES
from service.database import Database
from service.errors import InvalidData
from service.exporters.harmless import FORMULA_STARTS, as_it_was, harmless
from service.exporters.labels import column_label, table_label
from service.operations.templates import TemplateRequest, write_template
from service.queries.export_tables import export_tables

Export = Callable[..., tuple[Path, Any]]
PART = ("building", "sewer", "manhole", "bridge")


def test_qgis_finds_layers_tables_styles_and_headings_in_a_geopackage(exported: Export) -> None:
    path, _ = exported("gpkg", classes=PART, with_records=True, language="en")
    listed = subprocess.run(["ogrinfo", "-so", "-q", path], capture_output=True, text=True, check=True)
    assert listed.stderr == ""
    assert "building (Polygon)" in listed.stdout
    assert "sewer (3D Line String)" in listed.stdout
    assert "component (None)" in listed.stdout
    with closing(sqlite3.connect(path)) as package:
        styles = package.execute(
            "SELECT styleName, useAsDefault, styleQML FROM layer_styles WHERE f_table_name = 'building' ORDER BY id"
        ).fetchall()
        heading = package.execute(
            "SELECT title FROM gpkg_data_columns WHERE table_name = 'building' AND column_name = 'gross_floor_area_m2'"
        ).fetchone()
    assert [(name, default) for name, default, _ in styles] == [("Condition class", 1), ("Repair backlog", 0)]
    assert 'label="5 – Excellent"' in styles[0][2] or 'label="5 – Very good"' in styles[0][2]
    assert heading[0].endswith(", m²") or heading[0].endswith(", m2")


def test_a_geoparquet_says_where_its_geometries_are_and_lie(exported: Export) -> None:
    path, _ = exported("geoparquet", classes=("manhole",))
    with parquet.ParquetFile(path) as file:
        geo = json.loads(file.metadata.metadata[b"geo"])
        assert file.metadata.num_rows == 671
    column = geo["columns"]["geometry"]
    assert (geo["version"], column["geometry_types"], column["crs"]["id"]["code"]) == ("1.1.0", ["Point Z"], 3067)
    assert len(column["bbox"]) == 4


def test_a_flatgeobuf_of_one_class_is_one_file(exported: Export) -> None:
    path, summary = exported("fgb", classes=("sewer",))
    assert (path.name, summary.media_type) == ("999_sewer.fgb", "application/flatgeobuf")
    told = pyogrio.read_info(path)
    assert (told["features"], told["geometry_type"], told["crs"]) == (475, "LineString Z", "EPSG:3067")


def test_geojson_is_in_wgs_84_by_the_right_hand(exported: Export) -> None:
    path, _ = exported("geojson", classes=("building",), district_code="01")
    document = json.loads(path.read_bytes())
    ring = document["features"][0]["geometry"]["coordinates"][0]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring))
    assert area > 0
    assert 20 < ring[0][0] < 32
    assert 59 < ring[0][1] < 71


def test_an_archive_of_files_explains_them_in_the_language_asked_for(exported: Export) -> None:
    path, _ = exported("csv", language="sv")
    with zipfile.ZipFile(path) as archive:
        assert "Registerutdrag" in archive.read("README.txt").decode("utf-8-sig")
        assert "building;" not in archive.read("_columns.csv").decode("utf-8-sig")
        assert "building,material,brick,Tegel" in archive.read("_codes.csv").decode("utf-8-sig")


def test_a_form_offers_codes_and_explains_columns(demo: Database, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    assert write_template(demo, TemplateRequest("building", "xlsx", "fi"), path) == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Rakennukset", "Sarakkeet", "Koodistot", "Tietoja"]
    sheet = book["Rakennukset"]
    assert sheet.freeze_panes == "C3"
    names = [cell.value for cell in sheet[2]]
    assert "condition_index" not in names
    lists = [each.formula1 for each in sheet.data_validations.dataValidation if each.formula1.startswith("'Koodistot'")]
    assert len(lists) == sum(each.choices is not None for each in ASSET_CLASSES["building"].attributes)
    assert book["Sarakkeet"].max_row == len(names)


def test_no_number_of_columns_is_without_a_name_in_any_language() -> None:
    for table in export_tables().values():
        for language in LANGUAGES:
            assert table_label(language, table.code)
            unnamed = [name for name in table.columns if "_" in column_label(language, name)]
            assert unnamed == []


@pytest.mark.parametrize(
    ("options", "pointers"),
    [
        ({"classes": ("building",), "filter": "colour = 'red'"}, ["/filter"]),
        ({"classes": ("lake",), "language": "de", "srid": 2}, ["/classes", "/language", "/srid"]),
        ({"district_code": "77"}, ["/district"]),
    ],
)
def test_every_fault_of_a_request_is_told(options: dict[str, object], pointers: list[str], exported: Export) -> None:
    with pytest.raises(InvalidData) as caught:
        exported("csv", **options)
    assert [fault.pointer for fault in caught.value.faults] == pointers


@given(st.text(st.sampled_from("'=+-@\t\r\na1 "), max_size=6) | st.text(max_size=10))
def test_no_text_is_run_as_a_formula_and_each_comes_back(text: str) -> None:
    assert not harmless(text).startswith(FORMULA_STARTS)
    assert as_it_was(harmless(text)) == text
