"""The table behind a model, typed as the table that it is."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

from models.base import Base


def table_of(model: type[Base]) -> Table:
    """Return the table that a model declares; for an asset class its own one, without the core."""
    return cast("Table", model.__table__)
