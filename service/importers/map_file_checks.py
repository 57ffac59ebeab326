"""What GDAL would not notice of a map file: that it ends early, or is another kind of file than its name says."""

from __future__ import annotations

import struct
from pathlib import Path

from service.importers.file_kind import FORMAT_NAMES
from service.importers.source_table import unreadable
from service.importers.xml_safety import checked_xml

TAIL_BYTES = 200
# A JSON document of this kind is a list of commands to GDAL, not data.
GDAL_PIPELINE = b"gdal_streamed_alg"
BLOCK_BYTES = 1024 * 1024


def check_map_file(path: Path) -> None:
    """Raise UnreadableSourceError where a file (by its ending) is cut short, or no data of its kind."""
    check = {
        ".shp": _check_shapefile,
        ".gml": _check_gml,
        ".kml": _check_kml,
        ".dxf": _check_dxf,
        ".dat": _check_dat,
        ".tab": _check_tab,
        ".geojson": _check_json,
        ".json": _check_json,
    }.get(path.suffix.lower())
    if check is not None:
        check(path)


def attribute_rows(path: Path) -> int:
    """Return the number of rows of a MapInfo interchange file's attributes, one on each line."""
    with path.open("rb") as stream:
        return sum(bool(line.strip()) for line in stream)


def _check_shapefile(path: Path) -> None:
    """GDAL reads what is missing as missing geometries."""
    with path.open("rb") as stream:
        header = stream.read(100)
    claimed = 2 * struct.unpack(">i", header[24:28])[0] if len(header) == 100 else -1
    _check_size(path, claimed)
    table = path.with_suffix(".dbf")
    if table.is_file():
        _check_dat(table)


def _check_tab(path: Path) -> None:
    _check_dat(path.with_suffix(".dat"))


def _check_dat(path: Path) -> None:
    """A dBase table, which Shapefiles and MapInfo tables have: header, records of one length, at most one end mark."""
    with path.open("rb") as stream:
        header = stream.read(32)
    if len(header) < 32:
        raise unreadable("truncated", f"The file {path.name} is truncated: it ends within its header.")
    records, header_bytes, record_bytes = struct.unpack("<IHH", header[4:12])
    claimed = header_bytes + records * record_bytes
    if path.stat().st_size < claimed:
        _check_size(path, claimed)


def _check_size(path: Path, claimed: int) -> None:
    if claimed != path.stat().st_size:
        raise unreadable("truncated", f"The file {path.name} is truncated: {path.stat().st_size} of {claimed} bytes.")


def _check_gml(path: Path) -> None:
    schema = path.with_suffix(".xsd")
    if checked_xml(path).name in {"kml", "html"}:
        raise _wrong(path)
    if schema.is_file():
        checked_xml(schema)


def _check_kml(path: Path) -> None:
    if checked_xml(path).name != "kml":
        raise _wrong(path)


def _check_dxf(path: Path) -> None:
    with path.open("rb") as stream:
        first = stream.read(TAIL_BYTES).split()
        stream.seek(max(0, path.stat().st_size - TAIL_BYTES))
        last = stream.read(TAIL_BYTES)
    if b"SECTION" not in first and first[:1] != [b"999"] and first[:1] != [b"AutoCAD"]:
        raise _wrong(path)
    if b"EOF" not in last:
        raise unreadable("truncated", f"The file {path.name} is truncated: the mark of its end is missing.")


def _check_json(path: Path) -> None:
    """No list of commands to GDAL, wherever it says so."""
    before = b""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            if GDAL_PIPELINE in before + block:
                raise _wrong(path)
            before = block[-len(GDAL_PIPELINE) :]


def _wrong(path: Path) -> Exception:
    return unreadable("wrong_format", f"The file {path.name} is not {FORMAT_NAMES[path.suffix.lower()]}.")
