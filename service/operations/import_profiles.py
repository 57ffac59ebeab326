"""Mapping profiles of municipalities: kept as the YAML that people wrote, changed by those who know the version."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from service.database import Database
from service.errors import DataConflict, Fault, InvalidData, NotFound, StaleVersion
from service.operations.kept_answers import Finish
from service.queries.import_profiles import IMPORT_PROFILES, delete_profile, update_profile
from service.queries.municipalities import municipality_exists
from service.queries.record_writes import insert_record
from service.queries.records import RecordQuery, load_record, load_records


@dataclass(frozen=True)
class ProfileText:
    """A profile that was found to be valid.

    Attributes:
        name: Its name.
        title: One line for people.
        document: The YAML.
    """

    name: str
    title: str
    document: str


def list_profiles(
    database: Database, municipality_code: str | None, after: tuple[str, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Return profiles of a municipality, or (None) of all, by municipality and name, those after a key."""
    equal = {} if municipality_code is None else {"municipality_code": municipality_code}
    with database.reading() as connection:
        return load_records(connection, IMPORT_PROFILES, RecordQuery(equal=equal, after=after, limit=limit)).records


def find_profile(database: Database, municipality_code: str, name: str) -> dict[str, Any] | None:
    """Return a municipality's profile, None where it has none of this name."""
    with database.reading() as connection:
        return load_record(connection, IMPORT_PROFILES, _key(municipality_code, name))


def read_profile(database: Database, municipality_code: str, name: str) -> dict[str, Any]:
    """Return a municipality's profile; raises `NotFound` where it has none of this name."""
    return _present(find_profile(database, municipality_code, name), municipality_code, name)


def add_profile(
    database: Database, municipality_code: str, profile: ProfileText, *, changed_by: str, finish: Finish | None = None
) -> None:
    """Keep a new profile.

    Raises:
        InvalidData: The municipality is not in the register.
        DataConflict: It has a profile of this name.
    """
    key = _key(municipality_code, profile.name)
    with database.writing() as session:
        connection = session.connection()
        if not municipality_exists(connection, municipality_code):
            detail = f"'{municipality_code}' is not a municipality of the register."
            raise InvalidData(detail, [Fault("/municipality_code", detail)])
        if load_record(connection, IMPORT_PROFILES, key) is not None:
            raise DataConflict(f"Municipality {municipality_code} has a profile {profile.name} already: replace it.")
        written = {"title": profile.title, "document": profile.document}
        author = {"row_version": 1, "changed_at": _now(), "changed_by": changed_by}
        insert_record(session, IMPORT_PROFILES, {**key, **written, **author})
        if finish is not None:
            finish(session, _present(load_record(connection, IMPORT_PROFILES, key), municipality_code, profile.name))


def replace_profile(
    database: Database,
    municipality_code: str,
    profile: ProfileText,
    *,
    expected: frozenset[int] | None,
    changed_by: str,
    finish: Finish | None = None,
) -> dict[str, Any]:
    """Write the next version of a profile; return it.

    Args:
        database: The register.
        municipality_code: Whose it is.
        profile: What it becomes; its name stays.
        expected: Versions that may be replaced, None: whichever there is.
        changed_by: Who replaces it.
        finish: Called last within the transaction, with the profile.

    Raises:
        NotFound: There is none of this name.
        StaleVersion: It has been changed since.
    """
    with database.writing() as session:
        _locked(session, municipality_code, profile.name, expected)
        update_profile(
            session,
            municipality_code,
            profile.name,
            title=profile.title,
            document=profile.document,
            changed_by=changed_by,
            changed_at=_now(),
        )
        found = load_record(session.connection(), IMPORT_PROFILES, _key(municipality_code, profile.name))
        record = _present(found, municipality_code, profile.name)
        if finish is not None:
            finish(session, record)
        return record


def remove_profile(
    database: Database,
    municipality_code: str,
    name: str,
    *,
    expected: frozenset[int] | None,
    finish: Finish | None = None,
) -> None:
    """Remove a profile; imports by it keep its name.

    `finish` is called last within the transaction, with the profile's key.

    Raises:
        NotFound: There is none of this name.
        StaleVersion: It has been changed since.
    """
    with database.writing() as session:
        _locked(session, municipality_code, name, expected)
        delete_profile(session, municipality_code, name)
        if finish is not None:
            finish(session, _key(municipality_code, name))


def _locked(session: Session, municipality_code: str, name: str, expected: frozenset[int] | None) -> None:
    key = _key(municipality_code, name)
    record = load_record(session.connection(), IMPORT_PROFILES, key, locked=True)
    version = _present(record, municipality_code, name)["row_version"]
    if expected is not None and version not in expected:
        raise StaleVersion(current=version)


def _key(municipality_code: str, name: str) -> dict[str, str]:
    return {"municipality_code": municipality_code, "name": name}


def _present(record: Mapping[str, Any] | None, municipality_code: str, name: str) -> dict[str, Any]:
    if record is None:
        raise NotFound(f"Municipality {municipality_code} has no mapping profile {name}.")
    return dict(record)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
