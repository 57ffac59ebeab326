"""Files that reach for other files or addresses, or grow without end; archives of several data sets."""

from __future__ import annotations

import http.server
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyogrio
import pytest

from service.importers.gdal_limits import FORBIDDEN_DRIVERS
from service.importers.read_vector import read_vector
from service.importers.source_table import SourceTable
from service.operations.import_report import ImportFault

Read = Callable[[Path], SourceTable | list[ImportFault]]
ENTITIES = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;">]>'
GML = (
    '<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml/3.2"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://ogr.maptools.org/ URL/a.xsd"><ogr:featureMember><ogr:a gml:id="a.1">'
    '<ogr:g xlink:href="URL/g.xml#g"/><ogr:nimi>x</ogr:nimi></ogr:a></ogr:featureMember></ogr:FeatureCollection>'
)
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>URL/a.kml</href></Link>'
    "</NetworkLink><Placemark><name>x</name><styleUrl>URL/s.kml#s</styleUrl><Point><coordinates>24,61</coordinates>"
    "</Point></Placemark></Document></kml>"
)
VRT = '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>SECRET</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
PIPELINE = '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read SECRET"}'


@pytest.mark.parametrize("name", ["a.gml", "a.kml"])
def test_xml_with_a_document_type_or_nested_without_end_never_reaches_gdal(
    tmp_path: Path, read: Read, name: str
) -> None:
    body = "<a>&c;</a>" if name == "a.gml" else "<kml>&c;</kml>"
    for content in (ENTITIES + body, "<a>" * 5000 + "</a>" * 5000):
        (tmp_path / name).write_text(content, encoding="utf-8")
        found = read(tmp_path / name)
        assert isinstance(found, list)
        assert [fault.rule for fault in found] == ["xml_unsafe"]


def test_a_schema_or_workbook_with_entities_is_refused(tmp_path: Path, files: dict[str, Path], read: Read) -> None:
    (tmp_path / "a.gml").write_bytes(files["a.gml"].read_bytes())
    (tmp_path / "a.xsd").write_text(ENTITIES + "<a/>", encoding="utf-8")
    with zipfile.ZipFile(files["a.xlsx"]) as whole, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as spoiled:
        for member in whole.namelist():
            content = whole.read(member)
            is_sheet = member.endswith("sheet1.xml")
            spoiled.writestr(member, ENTITIES.encode() + content if is_sheet else content)
    for name in ("a.gml", "a.xlsx"):
        found = read(tmp_path / name)
        assert isinstance(found, list)
        assert [fault.rule for fault in found] == ["xml_unsafe"]


class Listener(http.server.BaseHTTPRequestHandler):
    """Notes each request."""

    asked: list[str]

    def do_GET(self) -> None:
        """Note the path and answer nothing."""
        self.asked.append(self.path)
        self.send_error(404)

    def do_HEAD(self) -> None:
        """Note the path and answer nothing."""
        self.do_GET()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """The address of a local server and the paths that were asked of it."""
    asked: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Noting", (Listener,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_that_a_file_refers_to_is_fetched(tmp_path: Path, read: Read, listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    for name, content in {"a.gml": GML, "a.kml": KML}.items():
        (tmp_path / name).write_text(content.replace("URL", address), encoding="utf-8")
        assert isinstance(read(tmp_path / name), SourceTable)
    for name, content in {"b.gml": VRT, "b.kml": VRT, "b.json": PIPELINE}.items():
        (tmp_path / name).write_text(content.replace("SECRET", f"/vsicurl/{address}/x.gpkg"), encoding="utf-8")
        assert isinstance(read(tmp_path / name), list)
    assert asked == []


@pytest.mark.parametrize("name", ["b.gml", "b.kml", "b.json", "b.geojson", "b.dxf", "b.mif", "b.tab"])
def test_a_file_that_only_points_at_another_one_is_refused(
    tmp_path: Path, files: dict[str, Path], read: Read, name: str
) -> None:
    for content in (VRT, PIPELINE, f"{PIPELINE}\n{VRT}"):
        (tmp_path / name).write_text(content.replace("SECRET", str(files["a.gpkg"])), encoding="utf-8")
        found = read(tmp_path / name)
        assert isinstance(found, list)
        assert "puisto" not in str(found)


def test_the_drivers_that_read_elsewhere_are_not_there() -> None:
    assert not set(FORBIDDEN_DRIVERS) & set(pyogrio.list_drivers())


def test_encrypted_archives_and_archives_without_maps_say_so(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.geojson", '{"type":"FeatureCollection","features":[]}')
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))
    locked = read(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lue.txt", "hei")
    empty = read(path)
    assert isinstance(locked, list)
    assert isinstance(empty, list)
    assert [locked[0].rule, empty[0].rule] == ["archive_encrypted", "archive_content"]


def test_a_part_of_a_data_set_alone_asks_for_the_others(tmp_path: Path, files: dict[str, Path], read: Read) -> None:
    for name in ("a.tab", "a.mif"):
        (tmp_path / name).write_bytes(files[name].read_bytes())
    (tmp_path / "a.dbf").write_bytes(files["a.shp"].with_suffix(".dbf").read_bytes())
    for name in ("a.tab", "a.mif", "a.dbf"):
        found = read(tmp_path / name)
        assert isinstance(found, list)
        assert (found[0].rule, "ZIP" in found[0].detail) == ("files_missing", True)


def test_an_archive_of_several_data_sets_asks_for_one_and_takes_its_name(
    tmp_path: Path, files: dict[str, Path], read: Read
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a.gpkg", "a.fgb"):
            archive.write(files[name], name)
    asked = read(path)
    assert isinstance(asked, list)
    assert asked[0].rule == "layer_needed"
    assert len(read_vector(path, layer="a.fgb")) == 10
