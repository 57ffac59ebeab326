"""COPY into tables of the register, which PostgreSQL refuses where row-level security holds: by a temporary table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

_STAGE = "row_copy"


@contextmanager
def copying(
    connection: psycopg.Connection[Any], table: str, columns: Sequence[str], form: LiteralString = "FORMAT text"
) -> Iterator[psycopg.Copy]:
    """Give a COPY whose rows stand in a table at its end.

    Args:
        connection: Within a transaction.
        table: Name of the table.
        columns: Which of its columns are given.
        form: Options of the COPY.
    """
    with adding(connection, table, columns) as stage:
        statement = sql.SQL("COPY {} ({}) FROM STDIN ({})").format(
            sql.Identifier(stage), _names(columns), sql.SQL(form)
        )
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            yield copy


@contextmanager
def adding(connection: psycopg.Connection[Any], table: str, columns: Sequence[str]) -> Iterator[str]:
    """Give the name of a temporary table with columns of another, in which its rows stand at the end."""
    make_stage(connection, _STAGE, table, columns)
    yield _STAGE
    names, stage = _names(columns), sql.Identifier(_STAGE)
    add = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}")
    connection.execute(add.format(sql.Identifier(table), names, names, stage))
    connection.execute(sql.SQL("DROP TABLE {}").format(stage))


def make_stage(connection: psycopg.Connection[Any], stage: str, table: str, columns: Sequence[str]) -> None:
    """Make a temporary table with columns of another, which goes at the end of the transaction."""
    create = sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WHERE false")
    connection.execute(create.format(sql.Identifier(stage), _names(columns), sql.Identifier(table)))


def _names(columns: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
