"""Municipalities."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.municipality import District, Municipality


def municipality_exists(connection: Connection, municipality_code: str) -> bool:
    """Return whether there is a municipality of this code."""
    query = select(Municipality.municipality_code).where(Municipality.municipality_code == municipality_code)
    return connection.execute(query).first() is not None


def municipality_names(connection: Connection, municipality_code: str) -> dict[str, str] | None:
    """Return the names of a municipality by language, the Finnish one for English where it has none; None for none."""
    query = select(Municipality.name_fi, Municipality.name_sv, Municipality.name_en)
    row = connection.execute(query.where(Municipality.municipality_code == municipality_code)).first()
    return None if row is None else {"fi": row.name_fi, "sv": row.name_sv, "en": row.name_en or row.name_fi}


def district_codes(connection: Connection, municipality_code: str) -> list[str]:
    """Return the codes of a municipality's districts, in order."""
    query = select(District.district_code).where(District.municipality_code == municipality_code)
    return list(connection.execute(query.order_by(District.district_code)).scalars())
