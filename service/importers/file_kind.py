"""Is a file what it claims to be: first bytes against the format, and archives that are safe to open."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from service.importers.source_table import unreadable

MAX_UNPACKED_BYTES = 4 * 1024**3
MAX_COMPRESSION_RATIO = 200
SMALL_ARCHIVE_BYTES = 10_000_000

# First bytes of each binary format; text formats are told by what they must not contain.
MAGIC = {
    ".gpkg": b"SQLite format 3\x00",
    ".fgb": b"fgb",
    ".shp": b"\x00\x00\x27\x0a",
    ".zip": b"PK\x03\x04",
    ".xlsx": b"PK\x03\x04",
}
FORMAT_NAMES = {
    ".gpkg": "a GeoPackage",
    ".fgb": "a FlatGeobuf file",
    ".shp": "a Shapefile",
    ".zip": "a ZIP archive",
    ".xlsx": "an XLSX workbook",
    ".geojson": "a GeoJSON file",
    ".json": "a JSON file",
    ".csv": "a text file",
}
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
    if suffix in {".geojson", ".json"} and not first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise unreadable("wrong_format", f"The file {path.name} is not {FORMAT_NAMES[suffix]}.")
    if suffix in {".csv", ".txt", ".tsv"} and (b"\x00" in first or first.startswith(b"PK\x03\x04")):
        raise unreadable("wrong_format", f"The file {path.name} is not a text file.")


def check_archive(path: Path) -> None:
    """Raise UnreadableSourceError when a ZIP is damaged, unpacks to too much, or writes outside its folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive.infolist())
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise unreadable("wrong_format", f"The file {path.name} is not {FORMAT_NAMES[path.suffix.lower()]}.") from error
    if damaged is not None:
        raise unreadable("wrong_format", f"The file {damaged[:80]} in {path.name} is damaged.")


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    too_dense = unpacked > SMALL_ARCHIVE_BYTES and unpacked / packed > MAX_COMPRESSION_RATIO
    if unpacked > MAX_UNPACKED_BYTES or too_dense:
        raise unreadable("archive_too_large", f"The archive {path.name} unpacks to {unpacked} bytes.")
    for member in members:
        if member.filename.startswith(("/", "\\")) or ".." in Path(member.filename).parts:
            raise unreadable("archive_path", f"The archive {path.name} holds a path outside of it: {member.filename}.")
