"""How far runs are: one small row for each that works, gone when it has ended."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.orm import Session

from models.run import Run
from models.scenario import RunProgressRow
from service.queries.tables import table_of

_PROGRESS = table_of(RunProgressRow)


def load_run_state(connection: Connection, municipality_code: str, run_id: int) -> str | None:
    """Return a run's state, None where there is no such run."""
    query = select(Run.state).where(Run.municipality_code == municipality_code, Run.run_id == run_id)
    return connection.execute(query).scalar_one_or_none()


def store_progress(session: Session, municipality_code: str, run_id: int, step: str, share: float) -> None:
    """Write the step that a run is at and the share of it that is done."""
    told = {"step": step, "share": share}
    statement = insert(_PROGRESS).values(municipality_code=municipality_code, run_id=run_id, **told)
    session.execute(statement.on_conflict_do_update(index_elements=["municipality_code", "run_id"], set_=told))


def load_progress(connection: Connection, municipality_code: str, run_id: int) -> RowMapping | None:
    """Return a run's step and the share of it that is done, None where it tells none."""
    query = select(_PROGRESS.c.step, _PROGRESS.c.share).where(
        _PROGRESS.c.municipality_code == municipality_code, _PROGRESS.c.run_id == run_id
    )
    return connection.execute(query).mappings().first()


def forget_progress(session: Session, municipality_code: str, run_id: int) -> None:
    """Remove a run's progress."""
    session.execute(
        delete(_PROGRESS).where(_PROGRESS.c.municipality_code == municipality_code, _PROGRESS.c.run_id == run_id)
    )
