"""Is a file what it claims to be: first bytes against the format, and archives that are safe to open."""

from __future__ import annotations

import codecs
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from service.importers.source_table import unreadable

MAX_UNPACKED_BYTES = 4 * 1024**3
MAX_COMPRESSION_RATIO = 200
MAX_MEMBERS = 20_000
ENCRYPTED = 0x1
SMALL_ARCHIVE_BYTES = 10_000_000

# First bytes of each binary format; text formats are told by what they must not contain.
MAGIC = {
    ".gpkg": b"SQLite format 3\x00",
    ".fgb": b"fgb",
    ".shp": b"\x00\x00\x27\x0a",
    ".zip": b"PK\x03\x04",
    ".kmz": b"PK\x03\x04",
    ".xlsx": b"PK\x03\x04",
    ".parquet": b"PAR1",
    ".geoparquet": b"PAR1",
    # The length of the header that follows, four bytes of which the first three are 0.
    ".pbf": b"\x00\x00\x00",
}
# How text formats begin, in lower case, after a byte order mark and blanks.
BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    ".geojson": (b"{",),
    ".json": (b"{",),
    ".tab": (b"!table",),
    ".mif": (b"version",),
    # A section of groups, a comment before it, or the binary form.
    ".dxf": (b"0", b"999", b"autocad binary dxf"),
}
FORMAT_NAMES = {
    ".gpkg": "a GeoPackage",
    ".fgb": "a FlatGeobuf file",
    ".shp": "a Shapefile",
    ".zip": "a ZIP archive",
    ".xlsx": "an XLSX workbook",
    ".geojson": "a GeoJSON file",
    ".json": "a JSON file",
    ".tab": "a MapInfo table",
    ".mif": "a MapInfo interchange file",
    ".gml": "a GML file",
    ".kml": "a KML file",
    ".kmz": "a zipped KML file",
    ".dxf": "a DXF drawing",
    ".parquet": "a Parquet file",
    ".geoparquet": "a Parquet file",
    ".pbf": "an OpenStreetMap file",
}
TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
SNIFF_BYTES = 4096


def check_local_file(path: Path) -> None:
    """Raise UnreadableSourceError unless the path is a local, non-empty file of the kind that its name says.

    GDAL opens network addresses and archives by name prefix; a path that is a real file cannot be one of these.
    """
    if not path.is_file():
        raise unreadable("file_missing", f"There is no file {path.name}.")
    if path.stat().st_size == 0:
        raise unreadable("file_empty", f"The file {path.name} is empty.")
    with path.open("rb") as stream:
        _check_first_bytes(path, stream.read(SNIFF_BYTES))


def _check_first_bytes(path: Path, first: bytes) -> None:
    suffix = path.suffix.lower()
    if suffix in MAGIC and not first.startswith(MAGIC[suffix]):
        raise unreadable("wrong_format", f"The file {path.name} is not {FORMAT_NAMES[suffix]}.")
    plain = first.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if suffix in BEGINNINGS and not plain.startswith(BEGINNINGS[suffix]):
        raise unreadable("wrong_format", f"The file {path.name} is not {FORMAT_NAMES[suffix]}.")
    if suffix in TEXT_SUFFIXES and first.startswith(MAGIC[".zip"]):
        raise unreadable("wrong_format", f"The file {path.name} is not a text file.")


def check_archive(path: Path) -> None:
    """Raise UnreadableSourceError when a ZIP is damaged, unpacks to too much, or writes outside its folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive.infolist())
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        kind = FORMAT_NAMES.get(path.suffix.lower(), FORMAT_NAMES[".zip"])
        raise unreadable("wrong_format", f"The file {path.name} is not {kind}, or it is damaged.") from error
    if damaged is not None:
        raise unreadable("wrong_format", f"The file {damaged[:80]} in {path.name} is damaged.")


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    too_dense = unpacked > SMALL_ARCHIVE_BYTES and unpacked / packed > MAX_COMPRESSION_RATIO
    if unpacked > MAX_UNPACKED_BYTES or too_dense:
        raise unreadable("archive_too_large", f"The archive {path.name} unpacks to {unpacked} bytes.")
    if len(members) > MAX_MEMBERS:
        raise unreadable("archive_too_large", f"The archive {path.name} holds {len(members)} files.")
    for member in members:
        if member.flag_bits & ENCRYPTED:
            raise unreadable("archive_encrypted", f"The archive {path.name} is locked with a password.")
        if member.filename.startswith(("/", "\\")) or ".." in Path(member.filename).parts:
            raise unreadable("archive_path", f"The archive {path.name} holds a path outside of it: {member.filename}.")
