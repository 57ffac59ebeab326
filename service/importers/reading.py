"""A file as a table, by the format that its profile says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from service.importers.domain_formats import DOMAIN_READERS, domain_format_of
from service.importers.profile import Profile
from service.importers.read_csv import read_csv
from service.importers.read_jsonstat import read_jsonstat
from service.importers.source_table import SourceTable, UnreadableSourceError
from service.importers.vector_formats import companions
from service.operations.import_report import ImportFault, Severity

FORMATS_BY_SUFFIX = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx"}
DIGEST_BLOCK_BYTES = 1024 * 1024


def read_source(path: Path, profile: Profile) -> Iterator[SourceTable]:
    """Yield the file's rows, at least one table; in several where the format and the profile allow it.

    Raises:
        UnreadableSourceError: The file cannot be read as what the profile says.
    """
    form = format_of_name(path) if profile.format == "any" else profile.format
    if form == "csv":
        yield read_csv(path, profile.csv)
    elif form == "xlsx":
        yield _read_xlsx(path, profile)
    elif form == "jsonstat":
        yield read_jsonstat(path)
    elif form in DOMAIN_READERS:
        yield from DOMAIN_READERS[form](path, profile)
    else:
        yield from _read_vector(path, profile)


def format_of_name(path: Path) -> str:
    """Return the format that a file's name tells, and its first bytes where a name is shared by several formats."""
    return FORMATS_BY_SUFFIX.get(path.suffix.lower()) or domain_format_of(path) or "vector"


# A process that only answers requests never loads openpyxl and GDAL, which take 45 MB.
def _read_xlsx(path: Path, profile: Profile) -> SourceTable:
    from service.importers.read_xlsx import read_xlsx  # noqa: PLC0415

    return read_xlsx(path, sheet=profile.layer, title_lines=profile.csv.title_lines)


def _read_vector(path: Path, profile: Profile) -> Iterator[SourceTable]:
    from service.importers.read_vector import read_vector, read_vector_batches  # noqa: PLC0415

    if profile.needs_whole_file:
        yield read_vector(path, layer=profile.layer, encoding=profile.encoding)
    else:
        yield from read_vector_batches(path, layer=profile.layer, encoding=profile.encoding)


def file_sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file and, after it, of the files beside it that belong to it.

    Raises:
        UnreadableSourceError: There is no such file.
    """
    digest = hashlib.sha256()
    try:
        for each in (path, *companions(path).values()):
            with each.open("rb") as stream:
                while block := stream.read(DIGEST_BLOCK_BYTES):
                    digest.update(block)
    except OSError as error:
        detail = f"The file {path.name} cannot be opened."
        raise UnreadableSourceError(ImportFault(None, None, None, "file_missing", Severity.ERROR, detail)) from error
    return digest.hexdigest()
