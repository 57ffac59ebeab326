"""Where a municipality lies: its boundary, or what is known of it by its districts and assets."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from models.asset import Asset
from models.municipality import District, Municipality


def load_boundary(connection: Connection, municipality_code: str) -> bytes | None:
    """Return a municipality's boundary as WKB in EPSG:3067, None where it is not known."""
    query = select(func.ST_AsBinary(Municipality.boundary))
    row = connection.execute(query.where(Municipality.municipality_code == municipality_code)).first()
    return None if row is None or row[0] is None else bytes(row[0])


def load_districts_box(connection: Connection, municipality_code: str) -> bytes | None:
    """Return the box around a municipality's districts as WKB in EPSG:3067, None where it has none."""
    return _box(connection, District, municipality_code)


def load_assets_box(connection: Connection, municipality_code: str) -> bytes | None:
    """Return the box around a municipality's assets as WKB in EPSG:3067, None where none has a place."""
    return _box(connection, Asset, municipality_code)


def _box(connection: Connection, table: type[Asset | District], municipality_code: str) -> bytes | None:
    query = select(func.ST_AsBinary(func.ST_Extent(table.geometry)))
    row = connection.execute(query.where(table.municipality_code == municipality_code)).first()
    return None if row is None or row[0] is None else bytes(row[0])
