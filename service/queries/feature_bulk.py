"""Whole collections: all selected features in one pass over one snapshot, batch by batch, in constant memory."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from psycopg.adapt import Buffer, Loader

from service.database import raw_connection
from service.queries.feature_bulk_statements import (
    BulkForm,
    BulkShape,
    bulk_statement,
    heights_statement,
)
from service.queries.feature_selection import selection_of, selection_values

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlalchemy.engine import Connection

    from service.queries.feature_query import FeatureQuery
    from service.queries.statements import Statement

BATCH_ROWS = 2000
"""Rows that are held at a time: about a megabyte."""

# An export may take as long as the client reads. All of its rows are wanted, not the first ones soon.
FOR_EXPORTS = "SET LOCAL statement_timeout = 0; SET LOCAL cursor_tuple_fraction = 1"
_CURSOR = "features"


class _Bytes(Loader):
    """Text as it comes from the database: it goes out as it is."""

    def load(self, data: Buffer) -> bytes:
        """Return the bytes."""
        return bytes(data)


def read_csv_lines(
    connection: Connection, query: FeatureQuery, most: int | None = None
) -> Generator[list[bytes], None, None]:
    """Give the selected features as lines of CSV in UTF-8 without their line ends.

    Args:
        connection: A connection in a snapshot of its own, whose statement timeout is lifted until the snapshot ends.
        query: Which features, in which order and system; its page is not looked at.
        most: Most features; None gives all.
    """
    for rows in _batches(connection, query, BulkForm.CSV_LINE, most):
        yield [line for (line,) in rows]


def read_rows(
    connection: Connection, query: FeatureQuery, most: int | None = None, *, with_heights: bool = False
) -> Generator[list[tuple[Any, ...]], None, None]:
    """Give the selected features as rows: id, the properties, the geometry as WKB with easting or longitude first.

    Args:
        connection: As for `read_csv_lines`.
        query: As for `read_csv_lines`.
        most: As for `read_csv_lines`.
        with_heights: Whether every geometry has heights: NaN where they are unknown.
    """
    form = BulkForm.ROW_WITH_HEIGHTS if with_heights else BulkForm.ROW
    return _batches(connection, query, form, most)


def any_heights(connection: Connection, query: FeatureQuery) -> bool:
    """Whether a selected feature has heights."""
    statement = heights_statement(selection_of(query))
    if statement is None or query.nowhere:
        return False
    with raw_connection(connection).cursor() as cursor:
        cursor.execute(FOR_EXPORTS, prepare=False)
        cursor.execute(statement.text, {**statement.constants, **selection_values(query)}, prepare=False)
        return bool(cursor.fetchall())


def _batches(
    connection: Connection, query: FeatureQuery, form: BulkForm, most: int | None
) -> Generator[list[tuple[Any, ...]], None, None]:
    if query.nowhere:
        return
    shape = BulkShape(selection_of(query), query.crs.code, form, query.sort, query.shown, limited=most is not None)
    values = {**selection_values(query), **({} if most is None else {"limit": most})}
    yield from fetch_batches(connection, bulk_statement(shape), values, as_bytes=form is BulkForm.CSV_LINE)


def fetch_batches(
    connection: Connection, statement: Statement, values: dict[str, Any], *, as_bytes: bool = False
) -> Generator[list[tuple[Any, ...]], None, None]:
    """Give the rows of a statement by a cursor of the server, a batch at a time.

    Args:
        connection: A connection in a snapshot of its own, whose statement timeout is lifted until the snapshot ends.
        statement: The statement.
        values: All that it binds beside its constants.
        as_bytes: Whether texts are given as they come, in UTF-8.
    """
    raw = raw_connection(connection)
    raw.execute(FOR_EXPORTS, prepare=False)
    with closing(raw.cursor(_CURSOR, binary=not as_bytes)) as cursor:
        if as_bytes:
            cursor.adapters.register_loader("text", _Bytes)
        cursor.execute(statement.text, {**statement.constants, **values})
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield rows
