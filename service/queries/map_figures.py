"""Storing of the figures that maps show, many assets to a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.map_figures import MapFigures
from service.database import raw_connection
from service.queries.binary_copy import Column, write_columns

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def store_map_figures(session: Session, municipality_code: str, run_id: int, columns: list[Column]) -> None:
    """Write the rows of a run by binary COPY within the session's transaction."""
    count = len(columns[0].values)
    code = np.frombuffer(municipality_code.encode("ascii") * count, "S3")
    keys = [Column("municipality_code", "text3", code), Column("run_id", "int8", np.full(count, run_id))]
    write_columns(raw_connection(session.connection()), MapFigures.__tablename__, [*keys, *columns])
