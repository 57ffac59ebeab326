"""The use case of an import: checked rows are staged, matched and merged in one transaction, or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from service.database import Database, raw_connection
from service.errors import DataConflict, InvalidData
from service.operations.import_checks import (
    KEEP,
    check_matched,
    check_topology,
    settle_conflicts,
    tell_differences,
    tell_missing,
)
from service.operations.import_report import ImportFault, ImportReport, Severity, TargetCounts
from service.operations.import_staged_checks import check_staged
from service.queries.data_version import raise_data_version
from service.queries.districts import assign_districts
from service.queries.import_matching import lock_municipalities, match_stage, municipalities_of_changes
from service.queries.import_merge import Author, merge_stage
from service.queries.import_rows import ImportRows
from service.queries.import_staging import (
    ADDED,
    CHANGED,
    UNCHANGED,
    Stage,
    analyse_stage,
    copy_to_stage,
    create_stage,
    lift_time_limit,
)
from service.queries.imports import (
    Batch,
    ScalePoints,
    count_outcomes,
    draw_batch_id,
    load_caretaker_places,
    load_municipality_codes,
    load_scale_points,
    load_service_units,
    store_batch,
)
from service.queries.statistics import refresh_statistics

Progress = Callable[[str, int, int], None]
Finish = Callable[[Session, ImportReport], None]
REPORTED_FAULTS = 1000
MANY_ROWS = 1000
DISTRICT = "district"


@dataclass(frozen=True)
class ImportTerms:
    """How an import is to be applied.

    Attributes:
        source_system: Source system of all its rows.
        file_sha256: Digest of the file.
        changed_by: Who imports.
        changed_at: One time for all rows.
        accept_partial: Write the good rows although others are faulty.
        batch_id: Number of the import where it is drawn already.
        finish: Called last, within the transaction, where the rows are written.
        on_conflict: `keep` what people set since the source's last import, or `overwrite` it.
    """

    source_system: str
    file_sha256: str
    changed_by: str
    changed_at: dt.datetime
    accept_partial: bool = False
    batch_id: int | None = None
    finish: Finish = lambda _session, _report: None
    on_conflict: str = KEEP


@dataclass(frozen=True)
class RegisterCodes:
    """Code lists of the register that a file is checked against; of services, the units of their capacities."""

    municipalities: dict[str, str]
    scales: ScalePoints
    services: dict[str, str]
    caretaker_places: Sequence[RowMapping] = ()


def read_register_codes(database: Database) -> RegisterCodes:
    """Return municipalities by name and code, condition scales and services, as of now."""
    with database.reading() as connection:
        municipalities = dict(load_municipality_codes(connection))
        services = load_service_units(connection)
        return RegisterCodes(municipalities, load_scale_points(connection), services, load_caretaker_places(connection))


def store_import(
    database: Database,
    batches: Iterable[Sequence[ImportRows]],
    terms: ImportTerms,
    report: ImportReport,
    progress: Progress,
) -> None:
    """Write checked rows to the register in one transaction, and complete the report.

    Nothing is written on a dry run, nor when a row is faulty, unless the caller accepts the rest. Counts are of
    what was written, or of what would have been.

    Args:
        database: Where to write.
        batches: Parts of the file; of each, the rows per target in the order of writing: assets before what belongs
            to them. Read once, within the transaction; an error that it raises takes everything back.
        terms: How to apply them.
        report: The report, which the batches fill too; takes counts, faults and the number of the batch.
        progress: Told the step, rows done and rows in all.
    """
    try:
        with database.writing() as session:
            connection = raw_connection(session.connection())
            lift_time_limit(connection)
            stages = _stage(connection, batches, terms)
            author = Author(terms.changed_by, terms.changed_at, terms.batch_id or draw_batch_id(connection))
            lock_municipalities(connection, stages)
            for number, stage in enumerate(stages):
                progress("merge", number, len(stages))
                _merge(connection, stage, author, terms, report)
            tell_missing(connection, stages, report)
            _finish(session, connection, stages, author.batch_id, terms, report)
    except (InvalidData, DataConflict, psycopg.DataError) as error:
        report.applied, report.batch_id = False, None
        report.faults.append(ImportFault(None, None, None, "register", Severity.ERROR, str(error)))


def _stage(
    connection: psycopg.Connection[Any], batches: Iterable[Sequence[ImportRows]], terms: ImportTerms
) -> list[Stage]:
    """Copy all parts of the file to one stage per target."""
    stages: list[Stage] = []
    for targets in batches:
        if not stages:
            stages = [create_stage(connection, n, rows, terms.source_system) for n, rows in enumerate(targets)]
        for stage, rows in zip(stages, targets, strict=True):
            if len(rows):
                copy_to_stage(connection, stage, rows)
    for stage in stages:
        analyse_stage(connection, stage)
    return stages


def _merge(
    connection: psycopg.Connection[Any], stage: Stage, author: Author, terms: ImportTerms, report: ImportReport
) -> None:
    counts = report.targets.setdefault(stage.target.code, TargetCounts())
    counts.faulty += check_staged(connection, stage, report)
    match_stage(connection, stage)
    outcomes = _settled(connection, stage, terms, report)
    counts.take(outcomes)
    new = outcomes.added + outcomes.changed
    if not new:
        return
    merge_stage(connection, stage, author)
    if new > MANY_ROWS:
        refresh_statistics(connection, stage.target.tables)  # what looks at the new rows next is planned by them
    check_topology(connection, stage, report)


def _settled(
    connection: psycopg.Connection[Any], stage: Stage, terms: ImportTerms, report: ImportReport
) -> TargetCounts:
    """Return what is to become of the rows of a matched stage, once it is checked against the register."""
    outcomes = _count(connection, stage)
    if outcomes.changed and settle_conflicts(connection, stage, terms.on_conflict, report):
        outcomes = _count(connection, stage)
    tell_differences(connection, stage, outcomes, report)
    check_matched(connection, stage, outcomes, report)
    return outcomes


def _count(connection: psycopg.Connection[Any], stage: Stage) -> TargetCounts:
    found = count_outcomes(connection, stage)
    return TargetCounts(added=found[ADDED], changed=found[CHANGED], unchanged=found[UNCHANGED])


def _finish(
    session: Session,
    connection: psycopg.Connection[Any],
    stages: list[Stage],
    batch_id: int,
    terms: ImportTerms,
    report: ImportReport,
) -> None:
    """Keep what was written, with the batch's record, or take it all back."""
    if report.dry_run or (report.count(Severity.ERROR) and not terms.accept_partial):
        session.rollback()
        return
    for stage in (each for each in stages if each.target.code == DISTRICT):
        for code in municipalities_of_changes(connection, stage):
            assign_districts(session, code)
    report.applied, report.batch_id = True, batch_id
    store_batch(connection, stages, batch_id, _batch(terms, report))
    changed = {code for stage in stages for code in municipalities_of_changes(connection, stage)}
    raise_data_version(session.connection(), changed)
    terms.finish(session, report)


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
