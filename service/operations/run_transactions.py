"""A run from its row to its end: work in one transaction, of which a failed or cancelled run leaves nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from sqlalchemy.orm import Session

from models.run import RunState
from service.database import Database
from service.engine.errors import EngineError
from service.errors import ChangesCollided, DatabaseUnavailable, InvalidData, RecordBusy, RunCancelled
from service.operations.jobs import JobCancelled
from service.operations.kept_answers import Finish
from service.operations.run_errors import told
from service.queries.results import change_run, finish_run, hold_run, next_run_id, store_run
from service.queries.run_progress import forget_progress

Work = Callable[[Session], Mapping[str, Any]]
"""What a run computes and stores; it returns what is known of the run at its end: `settings`, `asset_count` …"""


def record_run(
    session: Session,
    municipality_code: str,
    kind: str,
    values: Mapping[str, Any],
    finish: Finish | None,
) -> int:
    """Record a run that is to be carried out and return its id.

    Args:
        session: Within its transaction.
        municipality_code: Whose run it is.
        kind: What is computed.
        values: `valuation_year`, `settings` and `created_by`.
        finish: Called last, with the run's key.
    """
    run_id = next_run_id(session)
    key = {"municipality_code": municipality_code, "run_id": run_id}
    own = {"kind": kind, "state": RunState.QUEUED, "code_version": version("kuntokanta")}
    store_run(session, {**key, **own, "started_at": datetime.datetime.now(datetime.UTC), **values})
    if finish is not None:
        finish(session, key)
    return run_id


def work_on_run(database: Database, municipality_code: str, run_id: int, work: Work) -> None:
    """Carry a run out that has begun; the lock that it holds shows others that it is alive.

    Raises:
        KuntokantaError, InvalidData: It cannot be computed; it is kept as failed, with the error, and no results.
        RunCancelled: Somebody cancelled it meanwhile.
    """
    try:
        _begin(database, municipality_code, run_id)
        with database.writing(repeatable=True) as session:
            hold_run(session, run_id)
            outcome = {"state": RunState.FINISHED, **work(session)}
            outcome["finished_at"] = datetime.datetime.now(datetime.UTC)
            finish_run(session, municipality_code, run_id, outcome)
    except (ChangesCollided, DatabaseUnavailable, RecordBusy, JobCancelled):
        raise  # A worker tries it again; where it has none, it is found dead.
    except Exception as error:
        _fail(database, municipality_code, run_id, error)
        if isinstance(error, EngineError):
            raise InvalidData(str(error)) from error
        raise
    finally:
        _forget_progress(database, municipality_code, run_id)


def _begin(database: Database, municipality_code: str, run_id: int) -> None:
    with database.writing() as session:
        begun = {"state": RunState.RUNNING, "started_at": datetime.datetime.now(datetime.UTC)}
        if not change_run(session, municipality_code, run_id, begun):
            raise RunCancelled


def _forget_progress(database: Database, municipality_code: str, run_id: int) -> None:
    with database.writing() as session:
        forget_progress(session, municipality_code, run_id)


def _fail(database: Database, municipality_code: str, run_id: int, error: Exception) -> None:
    outcome = {
        "state": RunState.FAILED,
        "error": told(error),
        "finished_at": datetime.datetime.now(datetime.UTC),
    }
    with database.writing() as session:
        change_run(session, municipality_code, run_id, outcome)
