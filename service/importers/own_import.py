"""Imports of the register's own exports, recognised by their tables' names: an unchanged file changes nothing."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from service.errors import Fault, InvalidData
from service.exporters.explanations import OWN_PROFILE
from service.importers.fault_log import FaultLog
from service.importers.own_files import OwnTable, own_tables
from service.importers.own_mapping import OWN_SOURCE_SYSTEM, OwnRegister, map_own_table
from service.importers.own_profiles import OWN_PROFILES
from service.importers.reading import file_sha256
from service.importers.source_table import UnreadableSourceError, unreadable
from service.importers.target_mapping import Surroundings
from service.operations.import_checks import KEEP, OVERWRITE
from service.operations.import_report import ImportFault, ImportReport, Severity, TargetCounts
from service.operations.imports import (
    Finish,
    ImportTerms,
    Progress,
    read_register_codes,
    store_import,
)
from service.queries.import_numbers import load_asset_versions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from service.database import Database
    from service.importers.source_table import SourceTable
    from service.queries.import_rows import ImportRows


def import_own_export(
    database: Database,
    path: Path,
    profile: str,
    municipality_code: str | None,
    *,
    dry_run: bool,
    accept_partial: bool,
    changed_by: str,
    file_name: str | None,
    on_conflict: str,
    progress: Progress,
    batch_id: int | None,
    finish: Finish,
) -> ImportReport:
    """Import an export of the register, whole or in part; see `pipeline.import_file` for the arguments.

    Rows are known by the register's numbers, and new where they have none. Columns that are not in the file stay as
    they are, and so do rows that are not in it.

    Raises:
        InvalidData: The municipality is not told, or not in the register.
    """
    started, now = time.monotonic(), dt.datetime.now(dt.UTC)
    report = ImportReport(profile, file_name or path.name, municipality_code, dry_run)
    codes = read_register_codes(database)
    if municipality_code is None or codes.municipalities.get(municipality_code) != municipality_code:
        fault = Fault("municipality", f"{municipality_code} is not a municipality code of the register.")
        raise InvalidData(fault.detail, [fault])
    around = Surroundings(municipality_code, now.date(), codes)
    with database.asking() as connection:
        classes, versions = load_asset_versions(connection, municipality_code)
    register = OwnRegister(around, classes, versions, keeps_newer=on_conflict == KEEP)
    try:
        terms = ImportTerms(
            OWN_SOURCE_SYSTEM, file_sha256(path), changed_by, now, accept_partial, batch_id=batch_id, finish=finish
        )
        terms = replace(terms, on_conflict=OVERWRITE)  # newer edits were told apart by the records' versions
        with own_tables(path, report.file_name) as tables:
            _check_tables(tables, profile)
            store_import(database, _batches(tables, register, report, progress), terms, report, progress)
    except UnreadableSourceError as error:
        told = [replace(fault, detail=fault.detail.replace(path.name, report.file_name)) for fault in error.faults]
        report.faults += told
    report.seconds = round(time.monotonic() - started, 3)
    return report


def _check_tables(tables: list[OwnTable], profile: str) -> None:
    other = sorted({each.code for each in tables} - OWN_PROFILES[profile])
    if other:
        detail = f"The profile {profile} does not take {', '.join(other)}; {OWN_PROFILE} takes all."
        raise unreadable("not_taken", detail)


def _batches(
    tables: list[OwnTable], register: OwnRegister, report: ImportReport, progress: Progress
) -> Iterator[list[ImportRows]]:
    """Yield the checked rows of each part of each table, with nothing of the others."""
    empty = [_nothing_of(each, register) for each in tables]
    if not empty:
        return
    for place, table in enumerate(tables):
        for part in table.read():
            rows = _mapped(part, table.code, register, report)
            progress("read", report.rows_read, report.rows_read)
            yield [rows if number == place else nothing for number, nothing in enumerate(empty)]
    if not report.rows_read:
        report.faults.append(ImportFault(None, None, None, "no_rows", Severity.WARNING, "The file has no rows."))


def _nothing_of(table: OwnTable, register: OwnRegister) -> ImportRows:
    """Return no rows of a table, but with its columns: what is staged is known before the first row is read."""
    unchecked = OwnRegister(register.around, {})
    return map_own_table(table.nothing(), table.code, unchecked, FaultLog())[0]


def _mapped(part: SourceTable, code: str, register: OwnRegister, report: ImportReport) -> ImportRows:
    log = FaultLog()
    rows, faulty = map_own_table(part, code, register, log)
    report.rows_read += len(part) + sum(fault.row is not None for fault in part.faults)
    broken = sum(fault.row is not None and fault.severity is Severity.ERROR for fault in part.faults)
    named = [
        replace(each, column=f"{code}.{each.column}" if each.column else code) for each in (*part.faults, *log.faults)
    ]
    report.faults += [each for each in named if each.row is not None or each not in report.faults]
    counts = report.targets.setdefault(code, TargetCounts())
    counts.rows += len(rows) + faulty
    counts.faulty += faulty + broken
    return rows
