"""Sources of values: known ones, and new ones that come with a value."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.source import Source
from service.errors import Fault
from service.queries.record_writes import insert_source
from service.queries.records import record_exists


def source_faults(session: Session, source_id: str, source_title: str | None) -> list[Fault]:
    """Return the fault of a source that is neither in the register nor named by a title, or nothing."""
    if source_title is not None or _is_known(session, source_id):
        return []
    return [Fault("/source_id", f"'{source_id}' is not a source of the register; give its source_title to add it.")]


def add_new_source(session: Session, source_id: str, source_title: str | None, *, under: str | None) -> None:
    """Write a source that is new to the register; one that is there stays as it is.

    `under` is the municipality whose value brings it, None where the value is national.
    """
    if source_title is not None and not _is_known(session, source_id):
        insert_source(session, source_id, source_title, None, under=under)


def _is_known(session: Session, source_id: str) -> bool:
    return record_exists(session.connection(), Source, source_id=source_id)
