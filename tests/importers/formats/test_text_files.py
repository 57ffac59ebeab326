"""Tables as text and as workbooks: what they do not say of themselves is detected, and told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from service.importers.csv_dialect import Dialect, detected_dialect
from service.importers.read_csv import CsvLayout, read_csv
from service.importers.read_vector import read_vector
from service.importers.read_xlsx import read_xlsx
from service.importers.reading import file_sha256
from service.importers.source_table import UnreadableSourceError
from service.importers.text_encodings import detected_encoding

STREETS = "tunnus;nimi;pituus\n1;Mäntykatu;12,5\n2;Šemšovagatan;1 200,0\n3;Åvägen – södra;7,25\n"
LETTERS = "abcåäöÅÄÖ éü.,;-\n"
PRICES = "tunnus;nimi;hinta\n1;Kyösti Järvi;100 €\n2;Žemaitis;2 €\n"


@pytest.mark.parametrize(
    ("content", "encoding", "told"),
    [
        (STREETS, "utf-8", "utf-8"),
        (STREETS, "utf-8-sig", "utf-8-sig"),
        (STREETS, "utf-16", "utf-16"),
        (STREETS, "utf-16-le", "utf-16-le"),
        (STREETS, "utf-16-be", "utf-16-be"),
        (STREETS, "cp1252", "cp1252"),
        (PRICES, "cp1252", "cp1252"),
        (PRICES, "iso-8859-15", "iso-8859-15"),
        (PRICES.replace("Ž", "Z").replace("€", "mk"), "iso-8859-1", "cp1252"),
    ],
)
def test_the_encoding_of_a_table_is_detected_and_told(tmp_path: Path, content: str, encoding: str, told: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode(encoding))
    table = read_csv(path, CsvLayout())
    assert table.assumptions["encoding"] == told
    assert table.columns["nimi"].tolist() == [line.split(";")[1] for line in content.splitlines()[1:]]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("abcåäöÅÄÖ éü.,;-\n", min_size=1, max_size=30), min_size=1), st.sampled_from(["utf-8", "cp1252"])
)
def test_finnish_and_swedish_text_comes_through_whatever_it_was_written_in(texts: list[str], encoding: str) -> None:
    content = "\n".join(texts)
    written = content.encode(encoding)
    assert written.decode(detected_encoding(written)) == content


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_separator_and_quoting_are_told_by_the_rows_and_not_by_the_header_alone(separator: str, quote: str) -> None:
    other = "," if separator == ";" else ";"
    header = f"tunnus{separator}nimi{other} selite{other} huomautus"
    rows = [f"{n}{separator}{quote}a{separator}b{other}{quote}" for n in range(5)]
    assert detected_dialect("\n".join([header, *rows])) == Dialect(separator, quote)


def test_what_excel_writes_before_the_header_names_the_separator_and_counts_as_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=|\r\na|b;c\r\n1|2;3\r\n", encoding="utf-8")
    table = read_csv(path, CsvLayout())
    assert (list(table.columns), table.row_numbers.tolist()) == (["a", "b;c"], [3])
    assert table.assumptions["separator"] == "|"


def test_quoted_fields_are_told_with_their_quote(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\n'x;y';1\n'z';2\n", encoding="utf-8")
    table = read_csv(path, CsvLayout())
    assert (table.columns["a"].tolist(), table.assumptions["quote"]) == (["x;y", "z"], "'")


def workbook(path: Path, sheets: dict[str, list[list[object]]], hidden: str | None = None) -> Path:
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(path)
    return path


def test_a_workbook_of_several_sheets_asks_for_one_and_passes_hidden_and_empty_ones(tmp_path: Path) -> None:
    rows: list[list[object]] = [["a"], [1]]
    path = workbook(tmp_path / "a.xlsx", {"koodit": rows, "tyhjä": [], "kadut": rows}, hidden="koodit")
    table = read_xlsx(path)
    assert (table.columns["a"].tolist(), table.assumptions["layer"]) == ([1], "kadut")
    path = workbook(tmp_path / "b.xlsx", {"koodit": rows, "kadut": rows})
    with pytest.raises(UnreadableSourceError, match="koodit"):
        read_xlsx(path)
    assert len(read_xlsx(path, sheet="kadut")) == 1


def shapefile(path: Path, encoding: str) -> Path:
    """Write a Shapefile whose table does not say its encoding."""
    names = np.array(["Mäntypuisto", "Åkerparken"], dtype=object)
    shapes = shapely.to_wkb(shapely.points([[385_000.0, 6_672_000.0], [385_100.0, 6_672_100.0]]))
    pyogrio.raw.write(
        path,
        shapes,
        [names],
        ["nimi"],
        driver="ESRI Shapefile",
        geometry_type="Point",
        crs="EPSG:3067",
        encoding=encoding,
    )
    path.with_suffix(".cpg").unlink()
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = 0
    path.with_suffix(".dbf").write_bytes(bytes(table))
    return path


@pytest.mark.parametrize(("encoding", "told"), [("UTF-8", "utf-8"), ("CP1252", "cp1252")])
def test_a_shapefile_without_a_code_page_is_read_in_the_encoding_of_its_bytes(
    tmp_path: Path, encoding: str, told: str
) -> None:
    table = read_vector(shapefile(tmp_path / "a.shp", encoding))
    assert (table.columns["nimi"].tolist(), table.assumptions["encoding"]) == (["Mäntypuisto", "Åkerparken"], told)


def test_a_shapefile_with_lost_indexes_and_upper_case_names_is_read_and_nothing_is_written_beside_it(
    tmp_path: Path,
) -> None:
    path = shapefile(tmp_path / "a.shp", "UTF-8")
    path.with_suffix(".shx").unlink()
    for each in tmp_path.iterdir():
        each.rename(tmp_path / each.name.upper())
    before = sorted(tmp_path.iterdir())
    assert len(read_vector(tmp_path / "A.SHP")) == 2
    assert sorted(tmp_path.iterdir()) == before


def test_mapinfo_text_without_a_character_set_is_read(tmp_path: Path) -> None:
    head = 'Version 300\nCharset "Neutral"\nDelimiter ","\nColumns 1\n  nimi Char(20)\nData\n\nPoint 385000 6672000\n'
    (tmp_path / "a.mif").write_text(head, encoding="ascii")
    (tmp_path / "a.mid").write_bytes('"Mäntypuisto"\n'.encode("cp1252"))
    assert read_vector(tmp_path / "a.mif").columns["nimi"].tolist() == ["Mäntypuisto"]


def test_the_digest_of_a_file_is_that_of_all_its_parts(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", "UTF-8")
    before = file_sha256(path)
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"puisto", b"lehto "))
    assert file_sha256(path) != before
