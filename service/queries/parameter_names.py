"""Parameters by name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.parameter import Parameter, ParameterKind


def load_parameter_kind(connection: Connection, name: str) -> ParameterKind | None:
    """Return what a parameter is, or None where there is none of this name."""
    return connection.execute(select(Parameter.kind).where(Parameter.name == name)).scalar_one_or_none()
