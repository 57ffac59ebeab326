"""The use case of an import: checked rows are staged, matched and merged in one transaction, or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from service.database import Database, raw_connection
from service.errors import DataConflict, InvalidData
from service.operations.import_report import ImportFault, ImportReport, Severity, TargetCounts
from service.queries.districts import assign_districts
from service.queries.import_matching import (
    RowAndValue,
    drop_staged,
    lock_municipalities,
    match_stage,
    municipalities_of_changes,
    resolve_assets,
    rows_of_another_class,
    rows_outside_municipality,
    stage_districts,
)
from service.queries.import_merge import Author, merge_stage
from service.queries.import_rows import ImportRows
from service.queries.import_staging import ADDED, CHANGED, UNCHANGED, Stage, copy_to_stage, create_stage
from service.queries.imports import (
    Batch,
    ScalePoints,
    count_outcomes,
    load_municipality_codes,
    load_scale_points,
    load_service_codes,
    store_batch,
)

Progress = Callable[[str, int, int], None]
REPORTED_FAULTS = 1000
DISTRICT, POPULATION_GRID = "district", "population_grid"


@dataclass(frozen=True)
class ImportTerms:
    """How an import is to be applied.

    Attributes:
        source_system: Source system of all its rows.
        file_sha256: Digest of the file.
        changed_by: Who imports.
        changed_at: One time for all rows.
        accept_partial: Write the good rows although others are faulty.
    """

    source_system: str
    file_sha256: str
    changed_by: str
    changed_at: dt.datetime
    accept_partial: bool = False


@dataclass(frozen=True)
class RegisterCodes:
    """Code lists of the register that a file is checked against."""

    municipalities: dict[str, str]
    scales: ScalePoints
    services: frozenset[str]


def read_register_codes(database: Database) -> RegisterCodes:
    """Return municipalities by name and code, condition scales and services, as of now."""
    with database.reading() as connection:
        municipalities = dict(load_municipality_codes(connection))
        return RegisterCodes(municipalities, load_scale_points(connection), load_service_codes(connection))


def store_import(
    database: Database, targets: Sequence[ImportRows], terms: ImportTerms, report: ImportReport, progress: Progress
) -> None:
    """Write checked rows to the register in one transaction, and complete the report.

    Nothing is written on a dry run, nor when a row is faulty, unless the caller accepts the rest. Counts are of
    what was written, or of what would have been.

    Args:
        database: Where to write.
        targets: The rows, in the order of writing: assets before what belongs to them.
        terms: How to apply them.
        report: The report so far; takes counts, faults and the number of the batch.
        progress: Told the step, rows done and rows in all.
    """
    try:
        with database.writing() as session:
            connection = raw_connection(session.connection())
            connection.execute("SET LOCAL statement_timeout = 0")
            stages = _stage(connection, targets, terms, progress)
            lock_municipalities(connection, stages)
            _merge(connection, list(zip(stages, targets, strict=True)), terms, report, progress)
            _finish(session, connection, stages, terms, report)
    except (InvalidData, DataConflict, psycopg.DataError) as error:
        report.applied, report.batch_id = False, None
        report.faults.append(ImportFault(None, None, None, "register", Severity.ERROR, str(error)))


def _stage(
    connection: psycopg.Connection[Any], targets: Sequence[ImportRows], terms: ImportTerms, progress: Progress
) -> list[Stage]:
    total, done = sum(map(len, targets)), 0
    stages = []
    for number, rows in enumerate(targets):
        stage = create_stage(connection, number, rows, terms.source_system)
        copy_to_stage(connection, stage, rows)
        done += len(rows)
        progress("stage", done, total)
        stages.append(stage)
    return stages


def _merge(
    connection: psycopg.Connection[Any],
    staged: list[tuple[Stage, ImportRows]],
    terms: ImportTerms,
    report: ImportReport,
    progress: Progress,
) -> None:
    total, done = sum(len(rows) for _, rows in staged), 0
    for stage, rows in staged:
        counts = report.targets.setdefault(stage.target.code, TargetCounts())
        counts.faulty += _check(connection, stage, rows, report)
        match_stage(connection, stage)
        merge_stage(connection, stage, Author(terms.changed_by, terms.changed_at))
        _count(connection, stage, counts)
        done += len(rows)
        progress("merge", done, total)


def _check(connection: psycopg.Connection[Any], stage: Stage, rows: ImportRows, report: ImportReport) -> int:
    """Check what only the register can tell; faulty rows leave the stage, and their number is returned."""
    broken: set[int] = set()
    if stage.target.is_asset:
        found = rows_of_another_class(connection, stage)
        broken |= _tell(report, found, "class", "This id is in the register as a {value}.", Severity.ERROR)
    if stage.target.is_asset and rows.geometry is not None:
        stage_districts(connection, stage)
    if rows.asset_source_ids is not None:
        severity = Severity.ERROR if rows.asset_required else Severity.WARNING
        detail = "The asset {value} is not in the register."
        unknown = _tell(report, resolve_assets(connection, stage), "asset_missing", detail, severity)
        broken |= unknown if rows.asset_required else set()
    if rows.geometry is not None and stage.target.code != POPULATION_GRID:
        outside = rows_outside_municipality(connection, stage)
        _tell(report, outside, "outside_municipality", "The place is outside municipality {value}.", Severity.WARNING)
    return drop_staged(connection, stage, sorted(broken)) if broken else 0


def _tell(report: ImportReport, rows: list[RowAndValue], rule: str, detail: str, severity: Severity) -> set[int]:
    report.faults += [
        ImportFault(row, None, value, rule, severity, detail.replace("{value}", str(value))) for row, value in rows
    ]
    return {row for row, _ in rows}


def _count(connection: psycopg.Connection[Any], stage: Stage, counts: TargetCounts) -> None:
    outcomes = count_outcomes(connection, stage)
    counts.added += outcomes[ADDED]
    counts.changed += outcomes[CHANGED]
    counts.unchanged += outcomes[UNCHANGED]


def _finish(
    session: Session, connection: psycopg.Connection[Any], stages: list[Stage], terms: ImportTerms, report: ImportReport
) -> None:
    """Keep what was written, with the batch's record, or take it all back."""
    if report.dry_run or (report.errors and not terms.accept_partial):
        session.rollback()
        return
    for stage in (each for each in stages if each.target.code == DISTRICT):
        for code in municipalities_of_changes(connection, stage):
            assign_districts(session, code)
    report.applied = True
    report.batch_id = store_batch(connection, stages, _batch(terms, report))


def _batch(terms: ImportTerms, report: ImportReport) -> Batch:
    document = report.as_dict()
    document["faults"] = document["faults"][:REPORTED_FAULTS]
    return Batch(
        profile=report.profile,
        file_name=report.file_name,
        file_sha256=terms.file_sha256,
        imported_by=terms.changed_by,
        imported_at=terms.changed_at,
        municipality_code=report.municipality_code,
        faulty=report.total("faulty"),
        report=document,
    )
