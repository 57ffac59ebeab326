"""Imports as clients see them: jobs that wait, work or have ended, and batches that were applied, by one number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select, tuple_, union
from sqlalchemy.engine import Connection

from models.import_batch import ImportBatch
from models.job import Job
from service.queries.tables import table_of

JOB_KIND = "import"
COUNTS = ("added", "changed", "unchanged", "faulty")
_JOB, _BATCH = table_of(Job), table_of(ImportBatch)
_OF_JOB = (
    "state",
    "request",
    "error",
    "step",
    "step_started_at",
    "rows_done",
    "rows_total",
    "attempts",
    "queued_at",
    "started_at",
    "heard_at",
    "finished_at",
    "requested_by",
)
_OF_BATCH = ("profile", "file_name", "file_sha256", "imported_at", "imported_by", "undone_at", "undone_by")


def load_import(connection: Connection, municipality_code: str, number: int) -> dict[str, Any] | None:
    """Return an import with its check report, None where there is none of this number."""
    own = and_(_JOB.c.municipality_code == municipality_code, _JOB.c.job_id == number)
    applied = and_(_BATCH.c.municipality_code == municipality_code, _BATCH.c.batch_id == number)
    report = func.coalesce(_JOB.c.result, _BATCH.c.report).label("report")
    row = connection.execute(_imports(_keys(own, applied), report)).mappings().one_or_none()
    return None if row is None else dict(row)


def load_imports(
    connection: Connection, municipality_code: str | None, after: tuple[int, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Return imports without their reports, the newest first, of one municipality or all.

    Args:
        connection: Where to read.
        municipality_code: None for all.
        after: Number and municipality of the last import of the page before.
        limit: Most of them.
    """
    own = _conditions(_JOB.c.municipality_code, _JOB.c.job_id, municipality_code, after)
    applied = _conditions(_BATCH.c.municipality_code, _BATCH.c.batch_id, municipality_code, after)
    return [dict(row) for row in connection.execute(_imports(_keys(own, applied, limit))).mappings()]


def _conditions(
    code: ColumnElement[str], number: ColumnElement[int], municipality_code: str | None, after: tuple[int, str] | None
) -> ColumnElement[bool]:
    conditions = [number > 0]
    if municipality_code is not None:
        conditions.append(code == municipality_code)
    if after is not None:
        conditions.append(or_(number < after[0], and_(number == after[0], code > after[1])))
    return and_(*conditions)


def _keys(own: ColumnElement[bool], applied: ColumnElement[bool], limit: int | None = None) -> Subquery:
    jobs = select(_JOB.c.municipality_code, _JOB.c.job_id.label("number")).where(_JOB.c.kind == JOB_KIND, own)
    batches = select(_BATCH.c.municipality_code, _BATCH.c.batch_id).where(applied)
    both = union(jobs, batches).subquery()
    page = select(both).order_by(both.c.number.desc(), both.c.municipality_code).limit(limit)
    return page.subquery()


def _applied(name: str) -> ColumnElement[int | None]:
    """Return a count of the job's report where it is of what was written: a national import has no batch of its own."""
    return case((_JOB.c.result["applied"].as_boolean(), _JOB.c.result[name].as_integer()))


def _imports(keys: Subquery, *more: ColumnElement[Any]) -> Select[Any]:
    key = tuple_(keys.c.municipality_code, keys.c.number)
    joined = keys.outerjoin(
        _JOB, and_(_JOB.c.kind == JOB_KIND, tuple_(_JOB.c.municipality_code, _JOB.c.job_id) == key)
    ).outerjoin(_BATCH, tuple_(_BATCH.c.municipality_code, _BATCH.c.batch_id) == key)
    counts = [func.coalesce(_BATCH.c[name], _applied(name)).label(name) for name in COUNTS]
    columns = [*(_JOB.c[name] for name in _OF_JOB), *(_BATCH.c[name] for name in _OF_BATCH), *counts, *more]
    query = select(keys.c.municipality_code, keys.c.number, *columns).select_from(joined)
    return query.order_by(keys.c.number.desc(), keys.c.municipality_code)
