"""The condition by which a row that waits (s) is the same as one of the register (t)."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql


def same_key(names: Iterable[str]) -> sql.Composable:
    """Return the condition that rows t and s have the same values in these columns."""
    return sql.SQL(" AND ").join(sql.SQL("t.{0} = s.{0}").format(sql.Identifier(name)) for name in names)
