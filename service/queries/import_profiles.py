"""Municipalities' mapping profiles as records, and writing them."""

from __future__ import annotations

import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from models.import_profile import ImportProfile
from service.queries.audit_writes import noted
from service.queries.record_sets import RecordSet
from service.queries.tables import table_of

_PROFILE = table_of(ImportProfile)
IMPORT_PROFILES = RecordSet(
    ImportProfile.__name__,
    _PROFILE,
    _PROFILE,
    {column.name: column for column in _PROFILE.columns},
    ("municipality_code", "name"),
    ImportProfile.__doc__ or "",
)


def update_profile(
    session: Session,
    municipality_code: str,
    name: str,
    *,
    title: str,
    document: str,
    changed_by: str,
    changed_at: datetime.datetime,
) -> None:
    """Write the next version of a profile."""
    values = {"title": title, "document": document, "changed_by": changed_by, "changed_at": changed_at}
    here = (_PROFILE.c.municipality_code == municipality_code, _PROFILE.c.name == name)
    with noted(session, _PROFILE, {"municipality_code": municipality_code, "name": name}):
        session.execute(update(_PROFILE).where(*here).values(**values, row_version=_PROFILE.c.row_version + 1))


def delete_profile(session: Session, municipality_code: str, name: str) -> None:
    """Remove a profile."""
    here = (_PROFILE.c.municipality_code == municipality_code, _PROFILE.c.name == name)
    with noted(session, _PROFILE, {"municipality_code": municipality_code, "name": name}):
        session.execute(delete(_PROFILE).where(*here))
