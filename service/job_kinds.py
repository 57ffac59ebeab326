"""The kinds of jobs, each with the function that carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from service.operations.jobs import JobKind
from service.operations.worker import JobWork

JOB_WORKS: Mapping[JobKind, JobWork] = MappingProxyType({})
