"""Writing of the national tables that come with the service."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import models
from models.asset_class import AssetClassRow
from models.registry import ASSET_CLASSES
from service.queries.audit_writes import note_insert


def store_asset_classes(session: Session) -> None:
    """Bring the table of asset classes to what the registry declares."""
    rows = [
        {
            "asset_class": each.number,
            "code": each.code,
            "network": str(each.network),
            "quantity": each.quantity,
            "quantity_unit": each.quantity_unit,
        }
        for each in ASSET_CLASSES.values()
    ]
    statement = insert(AssetClassRow).values(rows)
    changed = {name: statement.excluded[name] for name in ("code", "network", "quantity", "quantity_unit")}
    session.execute(statement.on_conflict_do_update(index_elements=["asset_class"], set_=changed))


def store_missing(session: Session, table: str, rows: list[dict[str, Any]]) -> None:
    """Insert the rows of a national table that are not there yet; what is there stays as it is."""
    target = models.Base.metadata.tables[table]
    if not rows:
        return
    added = session.execute(insert(target).on_conflict_do_nothing().returning(*target.primary_key.columns), rows)
    note_insert(session, target, *(dict(key) for key in added.mappings()))
