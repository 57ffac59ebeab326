"""The kinds of jobs, each with the function that carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from service.importers.import_jobs import carry_out_import
from service.operations.export_jobs import carry_out_export
from service.operations.jobs import EXPORT, IMPORT, RUN, JobKind
from service.operations.runs import carry_out_queued_run, fail_queued_run
from service.operations.worker import JobWork

JOB_WORKS: Mapping[JobKind, JobWork] = MappingProxyType(
    {
        IMPORT: JobWork(carry_out_import),
        EXPORT: JobWork(carry_out_export),
        RUN: JobWork(carry_out_queued_run, fail_queued_run),
    }
)
