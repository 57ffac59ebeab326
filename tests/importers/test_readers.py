from __future__ import annotations

import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from service.importers.read_csv import CsvLayout, read_csv
from service.importers.read_jsonstat import read_jsonstat
from service.importers.read_vector import read_vector, read_vector_batches
from service.importers.read_xlsx import read_xlsx
from service.importers.source_table import UnreadableSourceError

SQUARE = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":"x"},'
    '"geometry":{"type":"Point","coordinates":[25.0,60.2]}}]}'
)


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def truncated(source: Path, target: Path, share: float) -> Path:
    content = source.read_bytes()
    return written(target, content[: int(len(content) * share)])


def test_csv_separator_encoding_and_decimal_comma_are_detected_and_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "nimi;pituus\nMäntykatu;12,5\n".encode("latin-1"))
    table = read_csv(path, CsvLayout())
    assert table.columns["nimi"].tolist() == ["Mäntykatu"]
    assert table.assumptions == {"encoding": "cp1252", "separator": ";", "quote": "none", "decimal": ","}


def test_a_comma_between_fields_is_never_a_decimal_comma(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path / "a.csv", 'a,b\n"1,234",2\n'), CsvLayout())
    assert not table.decimal_comma


def test_csv_title_lines_are_passed_and_rows_keep_their_line_numbers(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", 'Väestö 2019\n\n"Alue";"Luku"\n"Akaa";1\n"Ala\njärvi";2\nAura;3\n')
    table = read_csv(path, CsvLayout(title_lines=2))
    assert table.row_numbers.tolist() == [4, 5, 7]
    assert table.columns["Luku"].tolist() == ["1", "2", "3"]


def test_a_csv_row_with_a_wrong_number_of_fields_is_a_fault_with_its_line(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path / "a.csv", "a,b\n1,2\n1,2,3\n4,5\n"), CsvLayout())
    assert [(fault.row, fault.rule) for fault in table.faults] == [(3, "field_count")]
    assert table.columns["a"].tolist() == ["1", "4"]


def test_rows_behind_a_broken_one_are_read_and_each_broken_one_is_named(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path / "a.csv", 'a,b\n1,"x"y\n2,3\n"p"q,4\n5,6\n'), CsvLayout())
    assert [(fault.row, fault.rule) for fault in table.faults] == [(2, "broken_row"), (4, "broken_row")]
    assert table.columns["a"].tolist() == ["2", "5"]


def test_a_csv_that_ends_inside_quotes_is_a_fault_with_its_line(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path / "a.csv", 'a,b\n1,2\n3,"unfinished'), CsvLayout())
    assert [(fault.row, fault.rule) for fault in table.faults] == [(3, "broken_row")]


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.csv", b"", "file_empty"),
        ("a.csv", b"PK\x03\x04 and so on", "wrong_format"),
        ("a.csv", b"a,a\n1,2\n", "header_repeated"),
        ("a.csv", b"\x00\x01\x02", "wrong_format"),
        ("a.csv", b"a,b\n" + b"1,2\n" * 2000 + b"\x00,1\n", "wrong_format"),
        ("a.csv", b"\n\n", "header_missing"),
    ],
)
def test_a_csv_that_is_none_is_refused(tmp_path: Path, name: str, content: bytes, rule: str) -> None:
    with pytest.raises(UnreadableSourceError) as refused:
        read_csv(written(tmp_path / name, content), CsvLayout())
    assert [fault.rule for fault in refused.value.faults] == [rule]


def test_text_in_another_encoding_than_told_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSourceError, match="not in the encoding"):
        read_csv(written(tmp_path / "a.csv", "nimi\nTölö\n".encode("latin-1")), CsvLayout(encoding="utf-8"))


def test_geojson_without_crs_is_wgs84(tmp_path: Path) -> None:
    table = read_vector(written(tmp_path / "a.geojson", SQUARE))
    assert (table.crs, len(table), table.columns["a"].tolist()) == ("EPSG:4326", 1, ["x"])


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.geojson", b"", "file_empty"),
        ("a.geojson", b"<html></html>", "wrong_format"),
        ("a.geojson", SQUARE.encode()[:-20], "unreadable"),
        ("a.geojson", b'{"hello": "world"}', "unreadable"),
        ("a.gpkg", b"not a database", "wrong_format"),
        ("a.fgb", b"nonsense", "wrong_format"),
        ("a.shp", b"nonsense", "wrong_format"),
        ("a.shp", b"\x00\x00\x27\x0a" + bytes(96), "truncated"),
        ("a.zip", b"PK\x03\x04 but then nothing", "wrong_format"),
        ("a.zip", b"no archive", "wrong_format"),
        ("a.exe", b"MZ", "wrong_format"),
    ],
)
def test_a_map_file_that_is_none_is_refused(tmp_path: Path, name: str, content: bytes, rule: str) -> None:
    with pytest.raises(UnreadableSourceError) as refused:
        read_vector(written(tmp_path / name, content))
    assert [fault.rule for fault in refused.value.faults] == [rule]


def test_an_address_instead_of_a_file_is_refused() -> None:
    with pytest.raises(UnreadableSourceError, match="no file"):
        read_vector(Path("/vsicurl/http://example.org/a.geojson"))


def test_an_archive_that_writes_outside_its_folder_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../a.geojson", SQUARE)
    with pytest.raises(UnreadableSourceError, match="outside"):
        read_vector(tmp_path / "a.zip")


def test_an_archive_that_unpacks_to_far_more_than_itself_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b" " * 20_000_000)
    with pytest.raises(UnreadableSourceError, match="unpacks to"):
        read_vector(tmp_path / "a.zip")


@pytest.mark.real_data
@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_truncated_map_files_are_refused(tmp_path: Path, shared_data: Path, share: float) -> None:
    folder = shared_data / "import_formats_fi"
    for suffix in ("dbf", "shx", "prj", "cpg"):
        shutil.copy(folder / f"leikkipaikat_latin1.{suffix}", tmp_path / f"a.{suffix}")
    sources = {"a.shp": folder / "leikkipaikat_latin1.shp", "b.fgb": folder / "kunnat.fgb"}
    sources |= {"c.gpkg": folder / "puistot_3878.gpkg", "d.geojson": folder / "leikkipaikat_rfc7946.geojson"}
    for name, source in sources.items():
        with pytest.raises(UnreadableSourceError):
            read_vector(truncated(source, tmp_path / name, share))


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "layer", "crs"),
    [
        ("leikkipaikat_2008_crs3878.geojson", None, "EPSG:3878"),
        ("leikkipaikat_rfc7946.geojson", None, "EPSG:4326"),
        ("leikkipaikat_latin1.shp", None, "EPSG:3878"),
        ("puistot_3878.gpkg", "leikkipaikat", "EPSG:3878"),
    ],
)
def test_one_data_set_in_several_formats_reads_alike(shared_data: Path, file: str, layer: str | None, crs: str) -> None:
    table = read_vector(shared_data / "import_formats_fi" / file, layer=layer)
    assert (len(table), table.crs) == (208, crs)
    assert table.columns["luokka"].tolist().count("YLEISET VIHERALUEET") == 200


@pytest.mark.real_data
@pytest.mark.parametrize("file", ["puistot_3878.gpkg", "leikkipaikat_latin1.shp"])
def test_a_file_in_parts_is_the_same_as_the_whole(shared_data: Path, file: str) -> None:
    path = shared_data / "import_formats_fi" / file
    layer = "leikkipaikat" if file.endswith("gpkg") else None
    parts = list(read_vector_batches(path, layer=layer, rows_per_batch=50))
    whole = read_vector(path, layer=layer)
    assert [len(part) for part in parts] == [50, 50, 50, 50, 8]
    assert np.concatenate([part.row_numbers for part in parts]).tolist() == whole.row_numbers.tolist()
    assert [each for part in parts for each in part.columns["ID"].tolist()] == whole.columns["ID"].tolist()


@pytest.mark.real_data
def test_a_zipped_shapefile_reads_like_its_parts(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "import_formats_fi"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in folder.glob("leikkipaikat_latin1.???"):
            archive.write(part, f"sub/{part.name}")
    table = read_vector(tmp_path / "a.zip")
    assert "837TILKONMÄENPUISTO 1687-001" in table.columns["puisto"].tolist()


@pytest.mark.real_data
def test_measures_that_are_dropped_are_told(shared_data: Path) -> None:
    table = read_vector(shared_data / "import_format_fixtures" / "pyogrio" / "line_zm.gpkg")
    assert any("Measured" in fault.detail for fault in table.faults)


def test_a_shapefile_whose_header_claims_more_bytes_is_truncated(tmp_path: Path) -> None:
    header = b"\x00\x00\x27\x0a" + bytes(20) + struct.pack(">i", 5000) + bytes(72)
    with pytest.raises(UnreadableSourceError, match="truncated"):
        read_vector(written(tmp_path / "a.shp", header))


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_xlsx_rows_keep_their_sheet_row_and_short_rows_are_padded(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["Otsikko"], ["a", "b"], [1, 2.5], [None, None], ["x"]])
    table = read_xlsx(path, title_lines=1)
    assert table.row_numbers.tolist() == [3, 5]
    assert table.columns["b"].tolist() == [2.5, None]


def test_xlsx_values_beyond_the_header_are_a_fault_with_their_row(tmp_path: Path) -> None:
    table = read_xlsx(workbook(tmp_path / "a.xlsx", [["a"], [1], [1, "stray"]]))
    assert [(fault.row, fault.rule) for fault in table.faults] == [(3, "field_count")]


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 torn"])
def test_an_xlsx_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableSourceError):
        read_xlsx(written(tmp_path / "a.xlsx", content))


def test_a_truncated_workbook_and_a_zip_that_is_no_workbook_are_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", [["a"], *[[number] for number in range(500)]])
    with pytest.raises(UnreadableSourceError):
        read_xlsx(truncated(whole, tmp_path / "b.xlsx", 0.7))
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UnreadableSourceError, match="not an XLSX"):
        read_xlsx(tmp_path / "c.xlsx")


def test_a_workbook_with_a_torn_stream_inside_is_refused(tmp_path: Path) -> None:
    content = bytearray(workbook(tmp_path / "a.xlsx", [["a"], *[[number] for number in range(500)]]).read_bytes())
    for position in range(len(content) // 3, len(content) // 3 + 40):
        content[position] ^= 0xFF
    with pytest.raises(UnreadableSourceError):
        read_xlsx(written(tmp_path / "b.xlsx", bytes(content)))


def test_jsonstat_is_unrolled_in_the_order_of_its_indices(tmp_path: Path) -> None:
    content = (
        '{"id":["area","age"],"size":[2,2],"value":[1,2,3,null],"dimension":{'
        '"area":{"category":{"index":{"B":1,"A":0},"label":{"A":"Aura"}}},'
        '"age":{"category":{"index":["000","001"]}}}}'
    )
    table = read_jsonstat(written(tmp_path / "a.json", content))
    assert table.columns["area"].tolist() == ["A", "A", "B", "B"]
    assert table.columns["area_label"].tolist() == ["Aura", "Aura", "B", "B"]
    np.testing.assert_array_equal(table.columns["value"], [1, 2, 3, np.nan])


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{",
        '{"id":["a"],"size":[2],"value":[1,2],"dimension":{}}',
        '{"id":["a"],"size":[2],"value":[1],"dimension":{"a":{"category":{"index":["x","y"]}}}}',
        '{"id":["a"],"size":[1],"value":["many"],"dimension":{"a":{"category":{"index":["x"]}}}}',
        '{"id":["a"],"size":[1],"value":{"7":1},"dimension":{"a":{"category":{"index":["x"]}}}}',
        '{"id":["a"],"size":[1],"value":[1],"dimension":{"a":{"category":{"index":["x"],"label":7}}}}',
        '{"id":[["a"]],"size":[1],"value":[1],"dimension":{"a":{"category":{"index":["x"]}}}}',
        '{"id":["a"],"size":[900000000],"value":[1],"dimension":{"a":{"category":{"index":["x"]}}}}',
    ],
)
def test_a_jsonstat_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(UnreadableSourceError):
        read_jsonstat(written(tmp_path / "a.json", content))


@pytest.mark.real_data
def test_statfin_projection_has_93_000_cells(shared_data: Path) -> None:
    table = read_jsonstat(shared_data / "fi_population_projection_2024" / "statfin_14wx.jsonstat2.json")
    assert len(table) == 93_000
    assert {"SSS", "KU091"} <= set(table.columns["Alue"].tolist())
