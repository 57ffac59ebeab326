"""Imports in the background: a stored file is checked, or taken in, by a worker."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy.orm import Session

from service.database import Database
from service.errors import KuntokantaError
from service.importers.pipeline import import_file
from service.operations.import_report import ImportReport, Severity
from service.operations.jobs import Job, JobProgress, finish_job, renew_result
from service.operations.stored_files import find_file, on_disk

REPORTED_FAULTS = 10_000
_NO_OPTIONS = ("profile", "municipality", "file_name")


class FaultyFile(KuntokantaError):
    """The file has faults; nothing was written."""

    status = 422

    def __init__(self, report: ImportReport) -> None:
        self.result = report_document(report)
        count = self.result["error_count"]
        super().__init__(f"{count} {'fault' if count == 1 else 'faults'}; nothing was written.")


def carry_out_import(database: Database, job: Job, progress: JobProgress) -> Mapping[str, Any] | None:
    """Import the file of a job; members of its request, other than the profile and the like, are `import_file`'s own.

    An import that is applied ends its job within its own transaction, so that it is never applied twice.

    Raises:
        FaultyFile: Nothing was written; the check report is its `result`.
        InvalidData, UnknownProfile, NotFound: As for `import_file`; or the file is no longer kept.
    """
    begun = time.monotonic()

    def finish(session: Session, report: ImportReport) -> None:
        report.seconds = round(time.monotonic() - begun, 3)
        finish_job(session, job, report_document(report))

    asked, file = job.request, find_file(database, job.key.municipality_code, job.file_id)
    with on_disk(database, file) as path:
        report = import_file(
            database,
            path,
            asked["profile"],
            asked["municipality"],
            changed_by=job.requested_by,
            file_name=asked["file_name"],
            progress=progress,
            batch_id=job.key.job_id,
            finish=finish,
            **{name: value for name, value in asked.items() if name not in _NO_OPTIONS},
        )
    if report.applied:
        renew_result(database, job, report_document(report))
        return None
    if report.count(Severity.ERROR) and not report.dry_run:
        raise FaultyFile(report)
    return report_document(report)


def report_document(report: ImportReport) -> dict[str, Any]:
    """Return a check report for JSON, with as many faults as anyone reads; its counts are of all of them."""
    document = report.as_dict()
    plain: dict[str, Any] = orjson.loads(orjson.dumps({**document, "faults": document["faults"][:REPORTED_FAULTS]}))
    return plain
