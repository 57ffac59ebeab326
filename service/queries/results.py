"""Storing of a run and its results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.run import (
    RUN_ID_SEQUENCE,
    RetentionRank,
    Run,
    RunParameter,
    RunParameterSet,
    RunState,
    ServiceBalance,
    ServiceBalanceYear,
)
from service.database import raw_connection
from service.errors import RunCancelled
from service.queries.audit_writes import note_insert, noted
from service.queries.binary_copy import Column, write_columns
from service.queries.row_copy import copying
from service.queries.tables import table_of

RUN_LOCK = 7_305_062  # any constant of ours, another than the migrations'
NOT_ENDED = (RunState.QUEUED, RunState.RUNNING)
_INT4 = 1 << 31


def next_run_id(session: Session) -> int:
    """Return a new run id, drawn from the sequence beforehand."""
    return int(session.scalar(RUN_ID_SEQUENCE))


def store_run(session: Session, values: Mapping[str, Any]) -> None:
    """Insert a run's own row."""
    session.execute(insert(Run).values(**values))
    note_insert(session, table_of(Run), {name: values[name] for name in ("municipality_code", "run_id")})


def hold_run(session: Session, run_id: int) -> None:
    """Take the run's lock until the transaction ends, however it ends."""
    session.execute(select(func.pg_advisory_xact_lock(RUN_LOCK, run_id % _INT4)))


def is_held(session: Session, run_id: int) -> bool:
    """Return whether some process still works on a run."""
    return not session.scalar(select(func.pg_try_advisory_xact_lock(RUN_LOCK, run_id % _INT4)))


def finish_run(session: Session, municipality_code: str, run_id: int, values: Mapping[str, Any]) -> None:
    """Set the outcome of a run at the end of its transaction; raises `RunCancelled` where it was ended."""
    try:
        change_run(session, municipality_code, run_id, values)
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.SerializationFailure):
            raise RunCancelled from error
        raise


def change_run(session: Session, municipality_code: str, run_id: int, values: Mapping[str, Any]) -> bool:
    """Change a run that has not ended, or set its outcome; return whether it had not."""
    of_run = (Run.municipality_code == municipality_code) & (Run.run_id == run_id)
    statement = update(Run).where(of_run, Run.state.in_(NOT_ENDED)).values(**values)
    return session.execute(statement.returning(Run.run_id)).first() is not None


def end_run_for_a_client(session: Session, municipality_code: str, run_id: int, values: Mapping[str, Any]) -> bool:
    """Do what `change_run` does, with an entry in the audit, which what computes a run has not."""
    with noted(session, table_of(Run), {"municipality_code": municipality_code, "run_id": run_id}):
        return change_run(session, municipality_code, run_id, values)


def store_asset_valuations(session: Session, municipality_code: str, run_id: int, columns: list[Column]) -> None:
    """Write the assets' figures by binary COPY."""
    raw = raw_connection(session.connection())
    count = len(columns[0].values)
    code = np.frombuffer(municipality_code.encode("ascii") * count, "S3")
    keys = [Column("municipality_code", "text3", code), Column("run_id", "int8", np.full(count, run_id))]
    write_columns(raw, "asset_valuation", [*keys, *columns])


def store_valuation_groups(
    session: Session, municipality_code: str, run_id: int, names: list[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Write the sums by grouping keys by COPY."""
    columns = ["municipality_code", "run_id", "group_number", *names]
    with copying(raw_connection(session.connection()), "valuation_group", columns) as copy:
        for number, row in enumerate(rows):
            copy.write_row((municipality_code, run_id, number, *row))


def store_run_parameters(session: Session, rows: list[dict[str, Any]], sets: list[dict[str, Any]]) -> None:
    """Insert the parameter values that a run read, and the sets that it resolved them to."""
    if rows:
        session.execute(insert(RunParameter), rows)
    if sets:
        session.execute(insert(RunParameterSet), sets)


def store_ranks(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert the retention ranks of the assets that have a capacity."""
    if rows:
        session.execute(insert(RetentionRank), rows)


def store_balances(session: Session, balances: list[dict[str, Any]], years: list[dict[str, Any]]) -> None:
    """Insert the balance of every service area, and of each of its years."""
    if balances:
        session.execute(insert(ServiceBalance), balances)
        session.execute(insert(ServiceBalanceYear), years)


def cents_as_euros(cents: NDArray[np.int64]) -> list[str]:
    """Return cents as decimal texts, exactly.

    >>> cents_as_euros(np.array([12345, -5]))
    ['123.45', '-0.05']
    """
    return [f"{'-' if each < 0 else ''}{abs(each) // 100}.{abs(each) % 100:02d}" for each in cents.tolist()]
