"""A file as a table, by the format that its profile says."""

from __future__ import annotations

import hashlib
from pathlib import Path

from service.importers.profile import Profile
from service.importers.read_csv import read_csv
from service.importers.read_jsonstat import read_jsonstat
from service.importers.read_vector import read_vector
from service.importers.read_xlsx import read_xlsx
from service.importers.source_table import SourceTable, UnreadableSourceError
from service.operations.import_report import ImportFault, Severity

DIGEST_BLOCK_BYTES = 1024 * 1024


def read_source(path: Path, profile: Profile) -> SourceTable:
    """Return the file's rows.

    Raises:
        UnreadableSourceError: The file cannot be read as what the profile says.
    """
    if profile.format == "csv":
        return read_csv(path, profile.csv)
    if profile.format == "xlsx":
        return read_xlsx(path, sheet=profile.layer, title_lines=profile.csv.title_lines)
    if profile.format == "jsonstat":
        return read_jsonstat(path)
    return read_vector(path, layer=profile.layer, encoding=profile.encoding)


def file_sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file.

    Raises:
        UnreadableSourceError: There is no such file.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(DIGEST_BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        detail = f"The file {path.name} cannot be opened."
        raise UnreadableSourceError(ImportFault(None, None, None, "file_missing", Severity.ERROR, detail)) from error
    return digest.hexdigest()
