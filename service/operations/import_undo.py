"""Undoing an import: one transaction puts the register back as it was, except what was edited since."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from service.database import Database, raw_connection
from service.errors import DataConflict, NotFound
from service.operations.kept_answers import Finish
from service.queries.asset_key import AssetKey
from service.queries.data_version import raise_data_version
from service.queries.districts import assign_districts
from service.queries.import_matching import lock_municipality
from service.queries.import_staging import lift_time_limit
from service.queries.import_undo import (
    Undo,
    asset_conflicts,
    asset_outcomes,
    keep_what_is_used,
    moved_assets,
    stage_asset_undo,
    undo_assets,
)
from service.queries.import_undo_records import changed_targets, undo_records
from service.queries.imports import KeptBatch, lock_batch, store_undo

DISTRICT = "district"
TOLD_CONFLICTS = 1000
DETAILS = {
    "changed_since": "It was changed after the import, and stays as it is.",
    "removed_since": "It was removed after the import.",
    "in_use": "Records that came after the import belong to it; it stays.",
}


@dataclass(frozen=True)
class UndoConflict:
    """Something that the import wrote and that was not taken back.

    Attributes:
        target: `asset`, or the table of a record.
        key: Public id of the asset, or the key of the record, its parts joined with `/`.
        reason: `changed_since`, `removed_since` or `in_use`.
        detail: A sentence for people.
    """

    target: str
    key: str
    reason: str
    detail: str


@dataclass
class UndoReport:
    """What undoing an import did.

    Attributes:
        municipality_code: The municipality.
        batch_id: The import.
        dry_run: True when nothing was written.
        removed: Added rows that are gone.
        restored: Changed rows that are as they were.
        retired: Added assets that a stored valuation holds: marked as decommissioned, not removed.
        conflict_count: Rows that were left as they are.
        conflicts: The first of them, with reasons.
    """

    municipality_code: str
    batch_id: int
    dry_run: bool = False
    removed: int = 0
    restored: int = 0
    retired: int = 0
    conflict_count: int = 0
    conflicts: list[UndoConflict] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return dataclasses.asdict(self)


def undo_import(
    database: Database,
    municipality_code: str,
    batch_id: int,
    *,
    undone_by: str,
    dry_run: bool = False,
    finish: Finish | None = None,
) -> UndoReport:
    """Take an import back in one municipality and return what was done; undoing is itself part of the history.

    Rows that were edited since, and added rows that later records belong to, stay and are told as conflicts.
    `finish` is called last within the transaction, with the report, but not for a dry run.

    Raises:
        NotFound: There is no such import.
        DataConflict: It has been undone before, or is older than the keeping of changes.
    """
    undo = Undo(municipality_code, batch_id, undone_by, dt.datetime.now(dt.UTC))
    report = UndoReport(municipality_code, batch_id, dry_run)
    with database.writing() as session:
        connection = raw_connection(session.connection())
        lift_time_limit(connection)
        lock_municipality(connection, municipality_code)
        batch = _batch(connection, undo)
        targets = changed_targets(connection, undo)
        kept = stage_asset_undo(connection, undo) + sum(count for _, count in targets)
        if kept != batch.written:
            raise DataConflict(f"What import {municipality_code}-{batch_id} changed was not kept: it is too old.")
        _undo(session, connection, undo, report)
        if dry_run:
            session.rollback()
            return report
        store_undo(connection, municipality_code, batch_id, undo.at, undone_by, report.as_dict())
        raise_data_version(session.connection(), [municipality_code])
        if finish is not None:
            finish(session, report.as_dict())
    return report


def _batch(connection: psycopg.Connection[Any], undo: Undo) -> KeptBatch:
    batch = lock_batch(connection, undo.municipality_code, undo.batch_id)
    name = f"{undo.municipality_code}-{undo.batch_id}"
    if batch is None:
        raise NotFound(f"There is no import {name}.")
    if batch.undone_at is not None:
        raise DataConflict(f"Import {name} was undone on {batch.undone_at:%Y-%m-%d %H:%M} UTC by {batch.undone_by}.")
    return batch


def _undo(session: Session, connection: psycopg.Connection[Any], undo: Undo, report: UndoReport) -> None:
    """Undo records before the assets that they belong to."""
    targets = [target for target, _ in changed_targets(connection, undo)]
    for target in targets:
        counts, left, conflicts = undo_records(connection, target, undo, TOLD_CONFLICTS)
        report.removed += counts["removed"]
        report.restored += counts["restored"]
        report.conflict_count += left
        told = [("/".join(str(key[name]) for name in target.match), reason) for key, reason in conflicts]
        report.conflicts += [UndoConflict(target.code, key, reason, DETAILS[reason]) for key, reason in told]
    keep_what_is_used(connection, undo)
    undo_assets(connection, undo)
    _count_assets(connection, undo, report)
    moved = None if any(target.code == DISTRICT for target in targets) else moved_assets(connection)
    if moved is None or moved:
        assign_districts(session, undo.municipality_code, moved)


def _count_assets(connection: psycopg.Connection[Any], undo: Undo, report: UndoReport) -> None:
    counts = asset_outcomes(connection)
    report.removed += counts.get("removed", 0)
    report.restored += counts.get("restored", 0)
    report.retired += counts.get("retired", 0)
    left, conflicts = asset_conflicts(connection, TOLD_CONFLICTS)
    report.conflict_count += left
    told = [(str(AssetKey(undo.municipality_code, number)), reason) for number, reason in conflicts]
    report.conflicts += [UndoConflict("asset", key, reason, DETAILS[reason]) for key, reason in told]
    del report.conflicts[TOLD_CONFLICTS:]
