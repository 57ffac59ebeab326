"""Municipalities."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.municipality import Municipality


def municipality_exists(connection: Connection, municipality_code: str) -> bool:
    """Return whether there is a municipality of this code."""
    query = select(Municipality.municipality_code).where(Municipality.municipality_code == municipality_code)
    return connection.execute(query).first() is not None
