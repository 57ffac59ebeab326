"""Archives: all that a municipality has in the register, its history too, in one file; and the register from it.

An archive is a ZIP of `manifest.json` and one CSV for each table, as PostgreSQL's COPY writes it, to the last bit.
"""

from __future__ import annotations

import datetime
import hashlib
import time
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
import psycopg

from service.database import raw_connection
from service.errors import DataConflict, Fault, InvalidData
from service.migrating import newest_migration
from service.queries.archive_tables import (
    NUMBERED_ANEW,
    ArchiveTable,
    add_lacking,
    add_numbered_anew,
    add_own,
    archive_tables,
    copy_in,
    copy_out,
    count_other_national,
    foreign_rows,
    replace_municipality,
    rows_of,
    tables_in_use,
)
from service.queries.audit_writes import note_load
from service.queries.data_version import raise_data_version
from service.queries.import_matching import lock_municipality
from service.queries.import_numbers import raise_sequence
from service.queries.import_staging import lift_time_limit
from service.queries.municipalities import municipality_names
from service.queries.statistics import refresh_statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from service.database import Database

FORMAT, VERSION = "kuntokanta-archive", 1
MANIFEST = "manifest.json"
_MOST_MANIFEST_BYTES = 4_000_000
_BLOCK_BYTES = 1 << 20
_TABLE_MEMBERS = {"name", "rows", "sha256"}


class DamagedArchive(InvalidData):
    """The archive is damaged, or has been changed since it was written."""


@dataclass(frozen=True)
class Restored:
    """What was restored.

    Attributes:
        municipality_code: The municipality.
        rows: Number of rows by table.
        other_national: Rows of national tables in which the archive differs from the register, which keeps its own.
        seconds: How long it took.
    """

    municipality_code: str
    rows: dict[str, int] = field(default_factory=dict)
    other_national: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def write_archive(
    database: Database,
    municipality_code: str,
    path: Path,
    *,
    with_runs: bool = True,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> dict[str, int]:
    """Write an archive of a municipality and return the number of rows by table; all is read from one snapshot.

    Raises:
        InvalidData: There is no such municipality.
    """
    chosen = [each for each in archive_tables() if with_runs or not each.of_runs]
    counts: dict[str, int] = {}
    digests: dict[str, str] = {}
    with database.reading() as connection, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        names = municipality_names(connection, municipality_code)
        if names is None:
            raise InvalidData(f"There is no municipality {municipality_code} in the register.")
        raw = raw_connection(connection)
        lift_time_limit(raw)
        for number, table in enumerate(chosen, 1):
            digests[table.name] = _write_table(archive, table, copy_out(raw, table, municipality_code, counts))
            progress("write", number, len(chosen))
        tables = [{"name": each.name, "rows": counts[each.name], "sha256": digests[each.name]} for each in chosen]
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "schema_version": newest_migration(),
            "municipality_code": municipality_code,
            "names": names,
            "written_at": datetime.datetime.now(datetime.UTC).isoformat(),
            "with_runs": with_runs,
            "tables": tables,
        }
        archive.writestr(MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return counts


def _write_table(archive: zipfile.ZipFile, table: ArchiveTable, parts: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    with archive.open(_member(table.name), "w", force_zip64=True) as file:
        for part in parts:
            digest.update(part)
            file.write(part)
    return digest.hexdigest()


def _member(name: str) -> str:
    return f"tables/{name}.csv"


def restore_archive(
    database: Database, path: Path, *, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Restored:
    """Put the municipality of an archive into a register that has nothing of it, in one transaction.

    Args:
        database: A register of the archive's schema version.
        path: The archive.
        progress: Told the step (`check`, `restore`), tables done and tables in all.

    Raises:
        DamagedArchive: It is no archive, damaged, or changed since it was written: every fault found is told.
        DataConflict: The register has rows of the municipality already, or does not take those of the archive.
    """
    started = time.monotonic()
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _checked(archive, progress)
            return _restore(database, archive, manifest, progress, started)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise DamagedArchive(f"{path.name} is no archive of the register, or damaged: {error}.") from error


def _checked(archive: zipfile.ZipFile, progress: Callable[[str, int, int], None]) -> Mapping[str, Any]:
    manifest = _manifest(archive)
    known = {each.name for each in archive_tables()}
    members = set(archive.namelist())
    faults = []
    for number, told in enumerate(manifest["tables"], 1):
        name = told["name"]
        if name not in known:
            faults.append(Fault(f"{MANIFEST}#{name}", "This register has no such table."))
        elif _member(name) not in members:
            faults.append(Fault(_member(name), "The archive lacks it."))
        elif _digest(archive, _member(name)) != told["sha256"]:
            faults.append(Fault(_member(name), "It is not what was written: its SHA-256 differs from the manifest's."))
        progress("check", number, len(manifest["tables"]))
    if faults:
        raise DamagedArchive(faults=faults)
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Mapping[str, Any]:
    if MANIFEST not in archive.namelist() or archive.getinfo(MANIFEST).file_size > _MOST_MANIFEST_BYTES:
        raise DamagedArchive(f"The file has no {MANIFEST}: it is no archive of the register.")
    try:
        manifest = orjson.loads(archive.read(MANIFEST))
    except orjson.JSONDecodeError as error:
        raise DamagedArchive(f"The {MANIFEST} is not JSON: {error}.") from error
    if not _is_sound(manifest):
        raise DamagedArchive(f"The {MANIFEST} is none of an archive of the register.")
    if (manifest["version"], manifest["schema_version"]) != (VERSION, newest_migration()):
        told = f"The archive is of version {manifest['schema_version']}, this register of {newest_migration()}"
        raise DataConflict(f"{told}: restore it into a register of its version, then migrate that one.")
    return dict(manifest)


def _is_sound(manifest: Any) -> bool:
    """Return whether a manifest has the members that an archive's has, of their types."""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return False
    tables = manifest.get("tables")
    code = manifest.get("municipality_code")
    is_code = isinstance(code, str) and len(code) == 3 and code.isascii() and code.isdigit()
    listed = isinstance(tables, list) and all(
        isinstance(each, dict) and each.keys() >= _TABLE_MEMBERS for each in tables
    )
    typed = listed and all(isinstance(each["name"], str) and isinstance(each["rows"], int) for each in tables or ())
    return is_code and typed and {"version", "schema_version"} <= manifest.keys()


def _digest(archive: zipfile.ZipFile, member: str) -> str:
    digest = hashlib.sha256()
    for block in _blocks(archive, member):
        digest.update(block)
    return digest.hexdigest()


def _blocks(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    with archive.open(member) as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _restore(
    database: Database,
    archive: zipfile.ZipFile,
    manifest: Mapping[str, Any],
    progress: Callable[[str, int, int], None],
    started: float,
) -> Restored:
    code = manifest["municipality_code"]
    told = {each["name"]: each["rows"] for each in manifest["tables"]}
    tables = [each for each in archive_tables() if each.name in told]
    others: dict[str, int] = {}
    with database.writing() as session:
        raw = raw_connection(session.connection())
        lift_time_limit(raw)
        lock_municipality(raw, code)
        used = tables_in_use(raw, code)
        if used:
            raise DataConflict(f"The register has rows of municipality {code} already, in: {', '.join(used)}.")
        for number, table in enumerate(tables, 1):
            _restore_table(raw, archive, table, code, told[table.name], others)
            progress("restore", number, len(tables))
        refresh_statistics(raw, [each.table for each in tables if each.scope == "municipal"])
        raise_data_version(session.connection(), [code])
        told_rows = {"restored": dict(told), "written_at": manifest["written_at"]}
        note_load(session, "municipality", code, told_rows, municipality_code=code)
    rows = {each.name: told[each.name] for each in tables if each.scope in ("municipal", "own")}
    return Restored(code, rows, {name: n for name, n in others.items() if n}, round(time.monotonic() - started, 3))


def _restore_table(
    raw: psycopg.Connection[Any],
    archive: zipfile.ZipFile,
    table: ArchiveTable,
    code: str,
    rows: int,
    others: dict[str, int],
) -> None:
    """Write one table, and check that its rows are those that were told, of this municipality only."""
    staged = table.scope != "municipal" or table.table in ("municipality", NUMBERED_ANEW)
    try:
        written = copy_in(raw, table, _blocks(archive, _member(table.name)), staged=staged)
        if table.scope == "shared":
            others[table.name] = add_lacking(raw, table)
        elif table.scope == "national":
            others[table.name] = count_other_national(raw, table)
        else:
            _take_municipal(raw, table, code, staged=staged)
            written = written if staged else rows_of(raw, table, code)[0]
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        told = error.diag.message_primary or "it contradicts the others"
        raise DamagedArchive(faults=[Fault(_member(table.name), f"The register does not take it: {told}.")]) from error
    if written != rows:
        detail = f"{written} of the {rows} rows that the manifest tells are of municipality {code}."
        raise DamagedArchive(faults=[Fault(_member(table.name), detail)])


def _take_municipal(raw: psycopg.Connection[Any], table: ArchiveTable, code: str, *, staged: bool) -> None:
    if staged and foreign_rows(raw, table, code):
        raise DamagedArchive(faults=[Fault(_member(table.name), f"It has rows that are not of municipality {code}.")])
    if table.table == "municipality":
        replace_municipality(raw, table)
    elif table.table == NUMBERED_ANEW:
        add_numbered_anew(raw, table)
    elif table.scope == "own":
        add_own(raw, table)
    if table.sequence is not None:
        raise_sequence(raw, table.sequence[1], rows_of(raw, table, code)[1])
