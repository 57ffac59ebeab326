"""The tables of an archive: everything that a municipality has in the register, and the national rows it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from psycopg import sql
from sqlalchemy import Sequence

import models
from models.registry import ASSET_CLASSES
from service.queries.asset_history import document_after
from service.queries.row_copy import copying, make_stage
from service.queries.same_key import same_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    from sqlalchemy import Table

MUNICIPALITY_CODE = "municipality_code"

LEFT_OUT = {
    "data_version": "counts changes of this register; a restored one begins anew",
    "run_progress": "only while a run is under way",
    "job": "work of this installation",
    "kept_answer": "to those who may repeat a request to this installation, for a day",
    "stored_file": "files of this installation's work",
    "stored_file_chunk": "files of this installation's work",
}
"""Municipal tables that no archive holds, and why."""

NUMBERED_ANEW = "audit_entry"
"""Municipal table that may have rows before an archive is restored: who was given a token, and the like."""

SHARED = ("source", "service", "condition_scale", "condition_scale_value", "parameter", "cost_index")
"""National tables that municipal rows refer to, each after those that it refers to: an archive brings what lacks."""

OWN_OR_NATIONAL = ("parameter_value", "measure_rule")
"""Tables whose rows are a municipality's own or national: an archive brings the former, and compares the latter."""


@dataclass(frozen=True)
class ArchiveTable:
    """A table of an archive.

    Attributes:
        name: Its name there: a table of the register, or `…_national`.
        table: The table of the register.
        scope: `municipal`, `own`, `shared` or `national`.
        of_runs: Whether its rows are results of runs.
    """

    name: str
    table: str
    scope: str
    of_runs: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Return its columns, in order."""
        return tuple(each.name for each in models.Base.metadata.tables[self.table].columns)

    @property
    def key(self) -> tuple[str, ...]:
        """Return the columns of its primary key."""
        return tuple(each.name for each in models.Base.metadata.tables[self.table].primary_key.columns)

    @property
    def sequence(self) -> tuple[str, str] | None:
        """Return the column whose values come from a sequence, and the sequence."""
        for each in models.Base.metadata.tables[self.table].primary_key.columns:
            if isinstance(each.default, Sequence):
                return each.name, each.default.name
        return None


@cache
def archive_tables() -> tuple[ArchiveTable, ...]:
    """Return all tables of archives, each after those that its rows refer to."""
    shared = [ArchiveTable(name, name, "shared") for name in SHARED]
    both = [ArchiveTable(name, name, "own") for name in OWN_OR_NATIONAL]
    national = [ArchiveTable(f"{name}_national", name, "national") for name in OWN_OR_NATIONAL]
    municipal = [
        ArchiveTable(each.name, each.name, "municipal", of_runs="run_id" in each.columns)
        for each in models.Base.metadata.sorted_tables
        if is_municipal(each) and each.name not in LEFT_OUT
    ]
    return (*shared, *municipal, *both, *national)


def is_municipal(table: Table) -> bool:
    """Return whether a table holds rows of municipalities: its primary key begins with their code."""
    key = list(table.primary_key.columns)
    return bool(key) and key[0].name == MUNICIPALITY_CODE


def copy_out(
    connection: psycopg.Connection[Any], table: ArchiveTable, municipality_code: str, counts: dict[str, int]
) -> Iterator[bytes]:
    """Give a table's rows as CSV by COPY, a header first, in the order of their keys; count them when all are given."""
    condition = {
        "municipal": sql.SQL("WHERE municipality_code = %s"),
        "own": sql.SQL("WHERE municipality_code = %s"),
        "national": sql.SQL("WHERE municipality_code IS NULL"),
        "shared": sql.SQL(""),
    }[table.scope]
    statement = sql.SQL(
        "COPY (SELECT {columns} FROM {table} v {condition} ORDER BY {key}) TO STDOUT (FORMAT csv, HEADER)"
    )
    query = statement.format(
        columns=sql.SQL(", ").join(_written(table, name) for name in table.columns),
        table=sql.Identifier(table.table),
        condition=condition,
        key=_names(table.key),
    )
    values = (municipality_code,) if table.scope in ("municipal", "own") else None
    with connection.cursor() as cursor:
        with cursor.copy(query, values) as copy:
            for data in copy:
                yield bytes(data)
        counts[table.name] = cursor.rowcount


def _written(table: ArchiveTable, name: str) -> sql.Composable:
    """Return what is written of a column: its value, of the history the documents too that it does not keep."""
    if (table.table, name) == ("asset_version", "after"):
        return sql.SQL("{} AS after").format(document_after(ASSET_CLASSES.values()))
    return sql.SQL("v.{}").format(sql.Identifier(name))


def tables_in_use(connection: psycopg.Connection[Any], municipality_code: str) -> list[str]:
    """Return the tables in which a municipality has rows, apart from that of municipalities."""
    found = []
    for each in archive_tables():
        if each.scope in ("municipal", "own") and each.table not in ("municipality", NUMBERED_ANEW):
            query = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE municipality_code = %s)")
            row = connection.execute(query.format(sql.Identifier(each.table)), (municipality_code,)).fetchone()
            if row is not None and row[0]:
                found.append(each.table)
    return found


def copy_in(connection: psycopg.Connection[Any], table: ArchiveTable, parts: Iterator[bytes], *, staged: bool) -> int:
    """Write CSV with a header into a table by COPY and return the number of its rows.

    Args:
        connection: Within the transaction of the restoring.
        table: The table.
        parts: The CSV.
        staged: Whether it goes to a temporary table of the same columns, `stage_…`, instead.
    """
    if not staged:
        with copying(connection, table.table, table.columns, "FORMAT csv, HEADER") as copy:
            for part in parts:
                copy.write(part)
        return copy.cursor.rowcount
    make_stage(connection, _stage(table), table.table, table.columns)
    stage = sql.Identifier(_stage(table))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER)").format(stage, _names(table.columns))
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for part in parts:
                copy.write(part)
        return cursor.rowcount


def add_lacking(connection: psycopg.Connection[Any], table: ArchiveTable) -> int:
    """Add the staged rows of a shared table that the register lacks; return how many others differ from its own."""
    stage, target = sql.Identifier(_stage(table)), sql.Identifier(table.table)
    columns = _names(table.columns)
    same = same_key(table.key)
    add = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} s WHERE NOT EXISTS (SELECT FROM {} t WHERE {})")
    connection.execute(add.format(target, columns, columns, stage, target, same))
    return _differing(connection, table.columns, stage, target)


def count_other_national(connection: psycopg.Connection[Any], table: ArchiveTable) -> int:
    """Return how many staged national rows the register has not, whatever their numbers are."""
    columns = tuple(name for name in table.columns if name not in table.key)
    return _differing(connection, columns, sql.Identifier(_stage(table)), sql.Identifier(table.table))


def add_own(connection: psycopg.Connection[Any], table: ArchiveTable) -> None:
    """Add staged rows of a municipality, with their numbers where these are free, else with new ones."""
    number = sql.Identifier(table.key[0])
    others = _names(tuple(name for name in table.columns if name not in table.key))
    statement = sql.SQL(
        "INSERT INTO {table} ({number}, {others}) OVERRIDING SYSTEM VALUE SELECT CASE WHEN EXISTS"
        " (SELECT FROM {table} t WHERE t.{number} = s.{number}) THEN nextval(pg_get_serial_sequence({name}, {column}))"
        " ELSE s.{number} END, {others} FROM {stage} s ORDER BY s.{number}"
    ).format(
        table=sql.Identifier(table.table),
        number=number,
        others=others,
        name=sql.Literal(table.table),
        column=sql.Literal(table.key[0]),
        stage=sql.Identifier(_stage(table)),
    )
    reach = sql.SQL(
        "SELECT setval(pg_get_serial_sequence({name}, {column}),"
        " GREATEST((SELECT max({number}) FROM {table}), (SELECT COALESCE(max({number}), 1) FROM {stage})))"
    ).format(
        name=sql.Literal(table.table),
        column=sql.Literal(table.key[0]),
        number=number,
        table=sql.Identifier(table.table),
        stage=sql.Identifier(_stage(table)),
    )
    connection.execute(reach)
    connection.execute(statement)


def add_numbered_anew(connection: psycopg.Connection[Any], table: ArchiveTable) -> None:
    """Add staged rows of a municipality with new numbers, in the order of those that they had."""
    if table.sequence is None:
        raise ValueError(f"the rows of {table.table} are not numbered")
    number, sequence = table.sequence
    others = tuple(name for name in table.columns if name != number)
    statement = sql.SQL(
        "INSERT INTO {table} ({number}, {others}) SELECT nextval({sequence}), {others}"
        " FROM (SELECT {others} FROM {stage} ORDER BY {number}) s"
    ).format(
        table=sql.Identifier(table.table),
        number=sql.Identifier(number),
        sequence=sql.Literal(sequence),
        others=_names(others),
        stage=sql.Identifier(_stage(table)),
    )
    connection.execute(statement)


def foreign_rows(connection: psycopg.Connection[Any], table: ArchiveTable, municipality_code: str) -> int:
    """Return how many staged rows are not of a municipality."""
    query = sql.SQL("SELECT count(*) FROM {} WHERE municipality_code IS DISTINCT FROM %s")
    row = connection.execute(query.format(sql.Identifier(_stage(table))), (municipality_code,)).fetchone()
    return 0 if row is None else int(row[0])


def rows_of(connection: psycopg.Connection[Any], table: ArchiveTable, municipality_code: str) -> tuple[int, int]:
    """Return how many rows a municipality has in a table, and the greatest number of those that are numbered."""
    greatest = sql.SQL("0") if table.sequence is None else sql.SQL("max({})").format(sql.Identifier(table.sequence[0]))
    query = sql.SQL("SELECT count(*), {} FROM {} WHERE municipality_code = %s")
    query_of = query.format(greatest, sql.Identifier(table.table))
    row = connection.execute(query_of, (municipality_code,)).fetchone() or (0, 0)
    return int(row[0]), int(row[1] or 0)


def replace_municipality(connection: psycopg.Connection[Any], table: ArchiveTable) -> None:
    """Put the staged municipality in the place of the register's, whose boundary it may know better."""
    sets = sql.SQL(", ").join(
        sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in table.columns if name not in table.key
    )
    columns = _names(table.columns)
    statement = sql.SQL("INSERT INTO municipality ({0}) SELECT {0} FROM {1} ON CONFLICT ({2}) DO UPDATE SET {3}")
    connection.execute(statement.format(columns, sql.Identifier(_stage(table)), _names(table.key), sets))


def _differing(
    connection: psycopg.Connection[Any], columns: tuple[str, ...], stage: sql.Composable, target: sql.Composable
) -> int:
    query = sql.SQL("SELECT count(*) FROM (SELECT {0} FROM {1} EXCEPT SELECT {0} FROM {2}) d")
    row = connection.execute(query.format(_names(columns), stage, target)).fetchone()
    return 0 if row is None else int(row[0])


def _stage(table: ArchiveTable) -> str:
    return f"stage_{table.name}"


def _names(columns: tuple[str, ...]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
