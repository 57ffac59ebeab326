"""Statements that are built by SQLAlchemy once and then run by the driver itself, as often as they are needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_NAME = re.compile(r"%\((\w+)\)s|%(%)")


@dataclass(frozen=True)
class Statement:
    """A statement as the driver takes it.

    Attributes:
        text: Its text, with names where values are bound.
        constants: The values that are the same each time; the others are given when it is run.
    """

    text: str
    constants: Mapping[str, Any]

    def ask(
        self,
        connection: psycopg.Connection[Any],
        values: Mapping[str, Any],
        *,
        prepare: bool | None = None,
        binary: bool = False,
    ) -> psycopg.RawCursor[Any]:
        """Run it with values by name; return the cursor that has its rows.

        Args:
            connection: Where.
            values: All that is bound beside the constants.
            prepare: Whether it is parsed once for the connection; None does so once it has come again and again.
            binary: Whether answers come in PostgreSQL's binary form: bytes then take half of what they take as text.
        """
        text, names = self._numbered
        bound = {**self.constants, **values}
        cursor = psycopg.RawCursor(connection)
        return cursor.execute(text, [bound[name] for name in names], prepare=prepare, binary=binary)

    @cached_property
    def _numbered(self) -> tuple[bytes, tuple[str, ...]]:
        """Its text with numbers where values are bound, and their names: the driver would read long texts each time."""
        numbers: dict[str, int] = {}

        def number(found: re.Match[str]) -> str:
            return "%" if found[2] else f"${numbers.setdefault(found[1], len(numbers) + 1)}"

        return _NAME.sub(number, self.text).encode(), tuple(numbers)


def compiled(statement: Select[*tuple[Any, ...]]) -> Statement:
    """Return a statement of SQLAlchemy as the driver takes it."""
    built = statement.compile(dialect=_DIALECT)
    return Statement(str(built), {name: value for name, value in built.params.items() if value is not None})
