"""Exports in the background: a worker writes the file, which is kept in the database for a week."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.operations.export_requests import ExportRequest, check_request
from service.operations.exports import write_export
from service.operations.jobs import EXPORT, Job, JobProgress, enqueue, finish_job
from service.operations.stored_files import NewFile, store_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.database import Database
    from service.operations.kept_answers import Finish


def queue_export(database: Database, request: ExportRequest, requested_by: str, finish: Finish | None = None) -> int:
    """Put an export into the queue and return its number.

    Args:
        database: The register.
        request: What is asked for.
        requested_by: Who asks.
        finish: Called last within the transaction, with the job.

    Raises:
        InvalidData: The request is faulty, with every fault.
    """
    with database.reading() as connection:
        check_request(connection, request)
    return enqueue(database, EXPORT, request.municipality_code, asdict(request), requested_by, finish=finish)


def request_of(job: Mapping[str, Any]) -> ExportRequest:
    """Return the request that a job keeps as JSON."""
    known = {each.name for each in fields(ExportRequest)}
    asked = {name: value for name, value in job.items() if name in known}
    return ExportRequest(**{**asked, "classes": tuple(asked["classes"])})


def carry_out_export(database: Database, job: Job, progress: JobProgress) -> None:
    """Write the file of a job and keep it; both are done in one transaction, so that it is done once.

    Raises:
        InvalidData: What the request names is no longer in the register.
        JobCancelled: The export was cancelled: no file is kept.
    """
    with tempfile.TemporaryDirectory(prefix="kuntokanta-") as folder:
        path = Path(folder) / "export"
        summary = write_export(database, request_of(job.request), path, progress)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            result = {**summary.as_dict(), "size_bytes": path.stat().st_size, "sha256": digest}
            file.seek(0)
            with database.writing() as session:
                new = NewFile(summary.file_name, summary.media_type, file)
                kept = store_file(session, job.key.municipality_code, new)
                finish_job(session, job, result, kept)
