"""Writing of an asset: core, class table and history, always by municipality and version."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import LargeBinary, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from models.asset import ASSET_ID_SEQUENCE, SRID, AssetVersion
from models.registry import AssetClass
from service.acting import current
from service.queries.asset_key import AssetKey
from service.queries.assets import CORE, key_conditions
from service.queries.tables import table_of

_VERSION = table_of(AssetVersion)


def next_asset_id(session: Session) -> int:
    """Draw the number of a new asset."""
    return int(session.execute(select(ASSET_ID_SEQUENCE.next_value())).scalar_one())


def insert_asset(
    session: Session, asset_class: AssetClass, key: AssetKey, values: Mapping[str, Any], changed_at: datetime.datetime
) -> None:
    """Write the first version of an asset; `values` are attributes by public name, and `geometry`."""
    core, own = _columns(asset_class, values)
    identity = {"municipality_code": key.municipality_code, "asset_id": key.asset_id}
    first = {"asset_class": asset_class.number, "row_version": 1, "changed_at": changed_at}
    session.execute(insert(CORE).values(**identity, **first, **core))
    session.execute(insert(table_of(asset_class.model)).values(**identity, **own))


def update_asset(
    session: Session,
    asset_class: AssetClass,
    key: AssetKey,
    values: Mapping[str, Any],
    *,
    row_version: int,
    changed_at: datetime.datetime,
) -> bool:
    """Write the next version over the given one; False where another version is there by now."""
    core, own = _columns(asset_class, values)
    is_that_version = (*key_conditions(key), CORE.c.row_version == row_version)
    change = update(CORE).where(*is_that_version).values(**core, row_version=row_version + 1, changed_at=changed_at)
    if session.connection().execute(change).rowcount == 0:
        return False
    table = table_of(asset_class.model)
    if own:
        is_it = table.c.municipality_code == key.municipality_code, table.c.asset_id == key.asset_id
        session.execute(update(table).where(*is_it).values(**own))
    return True


def insert_version(
    session: Session,
    asset_class: AssetClass,
    key: AssetKey,
    *,
    row_version: int,
    operation: str,
    changed_at: datetime.datetime,
    changed_by: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Write what a change did into the asset's history, and how who acts now came to do it."""
    acting = current()
    session.execute(
        insert(_VERSION).values(
            municipality_code=key.municipality_code,
            asset_id=key.asset_id,
            row_version=row_version,
            changed_at=changed_at,
            changed_by=changed_by,
            operation=operation,
            before=before,
            after=after,
            via=acting.via,
            from_address=acting.from_address,
            request_id=acting.request_id,
            asset_class=asset_class.number,
        )
    )


def _columns(asset_class: AssetClass, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split attributes by the table that holds them; heights beside the flat geometry, which is never without it."""
    core: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for each in asset_class.attributes:
        if each.name in values:
            (core if each.table == CORE.name else own)[each.column] = values[each.name]
    if "geometry" in values:
        core |= _geometry_columns(values["geometry"])
    return core, own


def _geometry_columns(geometry: BaseGeometry | None) -> dict[str, Any]:
    if geometry is None:
        return {"geometry": None, "geometry_z": None}
    high = _ewkb("geometry_z", geometry) if geometry.has_z else None
    return {"geometry": _ewkb("geometry", shapely.force_2d(geometry)), "geometry_z": high}


def _ewkb(name: str, geometry: BaseGeometry) -> Any:
    content = shapely.to_wkb(shapely.set_srid(geometry, SRID), include_srid=True)
    return func.ST_GeomFromEWKB(bindparam(f"{name}_ewkb", content, LargeBinary()))
