"""From a file to the register: read, map, check, then the operation that writes in one transaction."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from service.database import Database
from service.errors import Fault, InvalidData
from service.importers.column_names import unused_columns
from service.importers.crs_choice import CrsChoice
from service.importers.fault_log import FaultLog
from service.importers.geometry_repair import REPAIR
from service.importers.mapping import Mapped, map_table
from service.importers.own_import import import_own_export
from service.importers.own_profiles import OWN_PROFILES
from service.importers.profile import Profile
from service.importers.read_ahead import read_ahead
from service.importers.reading import file_sha256, read_source
from service.importers.source_table import SourceTable, UnreadableSourceError
from service.importers.stored_profiles import profile_of
from service.importers.target_mapping import Surroundings
from service.operations.import_checks import KEEP
from service.operations.import_report import ImportFault, ImportReport, Severity, TargetCounts
from service.operations.imports import Finish, ImportTerms, Progress, read_register_codes, store_import
from service.operations.municipality_areas import IN_FINLAND, Area, municipality_area
from service.queries.import_rows import ImportRows


def no_progress(_step: str, _done: int, _total: int) -> None:
    """Tell nobody how far the import is."""


def nothing_more(_session: Session, _report: ImportReport) -> None:
    """Do nothing in the transaction besides the import."""


def import_file(
    database: Database,
    path: Path,
    profile: str | Profile,
    municipality_code: str | None = None,
    *,
    dry_run: bool = False,
    accept_partial: bool = False,
    changed_by: str,
    file_name: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
    confirm_crs: bool = False,
    geometry_repair: str = REPAIR,
    on_conflict: str = KEEP,
    progress: Progress = no_progress,
    batch_id: int | None = None,
    finish: Finish = nothing_more,
) -> ImportReport:
    """Import a file and return what was found and done; a file that cannot be read is a report with faults.

    Args:
        database: The register.
        path: A local file.
        profile: Name of a profile of the municipality or of one that comes with the service, or a profile.
        municipality_code: Municipality that the rows belong to. Where the file names municipalities itself, only
            rows of this one are taken, or those of all when it is None.
        dry_run: Check and count, write nothing.
        accept_partial: Write the good rows although others are faulty.
        changed_by: Who imports, for the history.
        file_name: Name to report, where the path is a temporary one.
        layer: Layer or sheet to read instead of the profile's, or data set of an archive.
        crs: Coordinate system of the file's coordinates, whatever the file says.
        confirm_crs: Take the coordinate system that the coordinates look like, where the file says none.
        geometry_repair: `repair` invalid shapes and tell the change, or `refuse` them.
        on_conflict: `keep` what people set since the last import of the source, or `overwrite` it.
        progress: Told the step (`read`, `merge`), rows done and rows in all.
        batch_id: Number of the import where it is drawn already.
        finish: Called last, within the transaction, where the rows are written.

    Raises:
        UnknownProfile: There is no profile of this name.
        InvalidData: The profile needs a municipality and none is told, or it is not in the register.
    """
    if isinstance(profile, str) and profile in OWN_PROFILES:
        options: dict[str, Any] = {"dry_run": dry_run, "accept_partial": accept_partial, "file_name": file_name}
        options |= {"batch_id": batch_id, "finish": finish, "on_conflict": on_conflict, "changed_by": changed_by}
        return import_own_export(database, path, profile, municipality_code, progress=progress, **options)
    chosen = profile_of(database, municipality_code, profile) if isinstance(profile, str) else profile
    chosen = chosen if layer is None else replace(chosen, layer=layer)
    started, now = time.monotonic(), dt.datetime.now(dt.UTC)
    report = ImportReport(chosen.name, file_name or path.name, municipality_code, dry_run)
    around = _surroundings(database, chosen, municipality_code, now.date())
    choice = CrsChoice(_area(database, chosen, municipality_code), crs, confirm_crs, dry_run)
    around = replace(around, crs_choice=choice, geometry_repair=geometry_repair)
    try:
        terms = ImportTerms(
            chosen.source_system, file_sha256(path), changed_by, now, accept_partial, on_conflict=on_conflict
        )
        terms = replace(terms, batch_id=batch_id, finish=finish)
        with closing(_batches(path, chosen, around, report, progress)) as batches:
            store_import(database, batches, terms, report, progress)
    except UnreadableSourceError as error:
        report.faults += [replace(fault, detail=_named(fault.detail, path, report)) for fault in error.faults]
    report.assumptions |= choice.assumptions
    report.seconds = round(time.monotonic() - started, 3)
    return report


def _surroundings(database: Database, profile: Profile, municipality_code: str | None, today: dt.date) -> Surroundings:
    codes = read_register_codes(database)
    if municipality_code is None and profile.municipality is None:
        fault = Fault("municipality", f"The profile {profile.name} needs the municipality to be told.")
        raise InvalidData(fault.detail, [fault])
    if municipality_code is not None and codes.municipalities.get(municipality_code) != municipality_code:
        fault = Fault("municipality", f"{municipality_code} is not a municipality code of the register.")
        raise InvalidData(fault.detail, [fault])
    return Surroundings(municipality_code, today, codes)


def _area(database: Database, profile: Profile, municipality_code: str | None) -> Area:
    """Return where the coordinates must lie; it is only looked up where a guess may be needed."""
    needed = profile.takes_geometry and profile.geometry.crs is None
    return municipality_area(database, municipality_code) if needed else IN_FINLAND


def _named(detail: str, path: Path, report: ImportReport) -> str:
    """Return a fault's sentence with the file's own name, where it was read from a temporary one."""
    return detail.replace(path.name, report.file_name)


def _batches(
    path: Path, profile: Profile, around: Surroundings, report: ImportReport, progress: Progress
) -> Generator[list[ImportRows], None, None]:
    """Yield the checked rows per target, part by part of the file, and tell how far that is."""
    with closing(read_ahead(_mapped(path, profile, around, report))) as parts:
        for rows, read, in_file in parts:
            progress("read", read, in_file)
            yield rows


def _mapped(
    path: Path, profile: Profile, around: Surroundings, report: ImportReport
) -> Generator[tuple[list[ImportRows], int, int], None, None]:
    """Yield the checked rows of each part, the rows read so far and those of the file; faults go to the report."""
    for table in read_source(path, profile):
        report.rows_read += len(table) + sum(fault.row is not None for fault in table.faults)
        report.assumptions = dict(table.assumptions)
        report.add(fault for fault in table.faults if fault.row is not None or fault not in report.faults)
        report.unused_columns = unused_columns(table, profile)
        mapped = _map(table, profile, around, report)
        yield mapped.rows, report.rows_read, max(report.rows_read, table.rows_in_file or 0)
    report.assumptions |= around.crs_choice.assumptions
    if not report.rows_read:
        report.faults.append(ImportFault(None, None, None, "no_rows", Severity.WARNING, "The file has no rows."))


def _map(table: SourceTable, profile: Profile, around: Surroundings, report: ImportReport) -> Mapped:
    log = FaultLog()
    mapped = map_table(table, profile, around, log)
    report.uncounted += log.uncounted
    report.add(fault for fault in log.located() if fault.row is not None or fault not in report.faults)
    report.rows_skipped += mapped.skipped
    broken = sum(fault.row is not None and fault.severity is Severity.ERROR for fault in table.faults)
    for rows, faulty in zip(mapped.rows, mapped.faulty, strict=True):
        counts = report.targets.setdefault(rows.target.code, TargetCounts())
        counts.rows += len(rows) + faulty
        counts.faulty += faulty
    report.targets[mapped.rows[0].target.code].faulty += broken
    return mapped
