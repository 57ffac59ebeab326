"""Assets: register, replace and retire, each change with its version in the history."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from gis.crs import CRS84, TM35FIN, Crs
from models.asset import AssetStatus
from models.registry import AssetClass
from service.database import Database
from service.errors import Fault, InvalidData, NotFound, StaleVersion
from service.operations.kept_answers import Finish
from service.queries.asset_key import AssetKey
from service.queries.asset_writes import insert_asset, insert_version, next_asset_id, update_asset
from service.queries.assets import AssetRecord, find_asset_class, load_asset, version_document
from service.queries.data_version import raise_data_version
from service.queries.districts import assign_districts
from service.queries.municipalities import municipality_exists
from service.queries.register_at import RegisterDay

ExpectedVersions = frozenset[int] | None
"""Versions that the client takes for the present one; None: whichever it is."""


def read_asset(
    database: Database,
    key: AssetKey,
    asset_class: AssetClass | None = None,
    crs: Crs = CRS84,
    *,
    as_of: datetime.date | None = None,
) -> AssetRecord:
    """Return an asset, with `as_of` as it was at the end of that day.

    Raises:
        NotFound: There is, or was then, none of this key, or none in this class.
    """
    day = None if as_of is None else RegisterDay(key.municipality_code, as_of)
    with database.reading() as connection:
        its_class = asset_class or find_asset_class(connection, key, day)
        record = load_asset(connection, its_class, key, crs, day=day) if its_class else None
    if record is None:
        raise _not_found(key, asset_class)
    return record


def register_asset(
    database: Database,
    asset_class: AssetClass,
    municipality_code: str,
    values: Mapping[str, Any],
    *,
    changed_by: str,
    finish: Finish | None = None,
) -> AssetKey:
    """Add an asset to the register.

    Args:
        database: The register.
        asset_class: Class of the asset.
        municipality_code: Municipality that it belongs to, for ever.
        values: Attributes by public name, and `geometry` as shapely geometry in EPSG:3067 or None.
        changed_by: Who does it, for the history.
        finish: Called last within the transaction, with the asset's key.

    Raises:
        InvalidData: The municipality is unknown, or the register refuses a value.
        DuplicateSourceId: An asset with this source system and source id is there.
    """
    now = datetime.datetime.now(datetime.UTC)
    with database.writing() as session:
        if not municipality_exists(session.connection(), municipality_code):
            detail = f"'{municipality_code}' is not a municipality of the register"
            raise InvalidData("The asset is not valid.", [Fault("/municipality_code", detail)])
        key = AssetKey(municipality_code, next_asset_id(session))
        insert_asset(session, asset_class, key, values, now)
        _conclude(session, asset_class, key, "create", now, changed_by, before=None)
        _end(session, key, finish)
    return key


def replace_asset(
    database: Database,
    asset_class: AssetClass,
    key: AssetKey,
    values: Mapping[str, Any],
    *,
    expected: ExpectedVersions,
    changed_by: str,
    operation: str = "update",
    finish: Finish | None = None,
) -> None:
    """Write new values over an asset; attributes that `values` lacks stay as they are.

    Args:
        database: The register.
        asset_class: Class of the asset.
        key: Which one.
        values: As for `register_asset`.
        expected: Which version the client has seen.
        changed_by: Who does it, for the history.
        operation: What it is called there.
        finish: Called last within the transaction, with the asset's key.

    Raises:
        NotFound: There is no such asset.
        StaleVersion: It has been changed since the client read it.
        InvalidData: The register refuses a value.
    """
    now = datetime.datetime.now(datetime.UTC)
    with database.writing() as session:
        before = load_asset(session.connection(), asset_class, key, TM35FIN, locked=True)
        if before is None:
            raise _not_found(key, asset_class)
        if expected is not None and before.row_version not in expected:
            raise StaleVersion(current=before.row_version)
        if not update_asset(session, asset_class, key, values, row_version=before.row_version, changed_at=now):
            raise StaleVersion
        _conclude(session, asset_class, key, operation, now, changed_by, before=before)
        _end(session, key, finish)


def retire_asset(
    database: Database,
    asset_class: AssetClass,
    key: AssetKey,
    *,
    expected: ExpectedVersions,
    changed_by: str,
    finish: Finish | None = None,
) -> None:
    """Mark an asset as decommissioned; its records and its history stay. Raises as `replace_asset` does."""
    values = {"status": AssetStatus.DECOMMISSIONED}
    terms: dict[str, Any] = {"expected": expected, "changed_by": changed_by, "operation": "retire", "finish": finish}
    replace_asset(database, asset_class, key, values, **terms)


def _conclude(
    session: Session,
    asset_class: AssetClass,
    key: AssetKey,
    operation: str,
    now: datetime.datetime,
    changed_by: str,
    *,
    before: AssetRecord | None,
) -> None:
    """Set the district from the geometry and write the version, as the register now has it."""
    assign_districts(session, key.municipality_code, [key.asset_id], in_version=True)
    after = load_asset(session.connection(), asset_class, key, TM35FIN)
    if after is None:
        raise _not_found(key, asset_class)
    insert_version(
        session,
        asset_class,
        key,
        row_version=after.row_version,
        operation=operation,
        changed_at=now,
        changed_by=changed_by,
        before=version_document(before) if before else None,
        after=version_document(after),
    )


def _end(session: Session, key: AssetKey, finish: Finish | None) -> None:
    """Do what the caller does last; then what keeps all others of the municipality from ending, for least time."""
    if finish is not None:
        finish(session, {"key": key, "municipality_code": key.municipality_code})
    raise_data_version(session.connection(), [key.municipality_code])


def _not_found(key: AssetKey, asset_class: AssetClass | None) -> NotFound:
    return NotFound(f"There is no {asset_class.code if asset_class else 'asset'} {key}.")
