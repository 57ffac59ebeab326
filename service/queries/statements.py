"""Statements that are built by SQLAlchemy once and then run by the driver itself, as often as they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Statement:
    """A statement as the driver takes it.

    Attributes:
        text: Its text, with names where values are bound.
        constants: The values that are the same each time; the others are given when it is run.
    """

    text: str
    constants: Mapping[str, Any]


def compiled(statement: Select[*tuple[Any, ...]]) -> Statement:
    """Return a statement of SQLAlchemy as the driver takes it."""
    built = statement.compile(dialect=_DIALECT)
    return Statement(str(built), {name: value for name, value in built.params.items() if value is not None})
