"""Staged rows that carry the register's own numbers, as its exports do: settled before they are matched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql
from sqlalchemy import Double

import models
from service.queries.import_staging import Stage, tables
from service.queries.same_key import same_key

if TYPE_CHECKING:
    import psycopg

NEAR_SHARE = 1e-15
NEAR_M = 0.001
"""How far a place may lie from the register's and still be the same: what other coordinate systems cost and round."""


def settle_numbers(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """Give staged rows the register's shape where theirs is the same, and keep their numbers from being drawn again."""
    if stage.has_geometry:
        _take_same_shapes(connection, stage)
    _take_same_numbers(connection, stage)
    if stage.target.identity is not None:
        _raise_sequence(connection, stage)


def _key_of(stage: Stage) -> tuple[str, ...]:
    return ("municipality_code", *stage.target.match)


def _take_same_shapes(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """A shape within a millimetre of the register's is no change, nor is another start or direction of its rings."""
    # The district follows from the place: on a border a hair's breadth decides.
    pairs = [name for name in ("geometry", "geometry_z", "district_code") if name in stage.all_columns]
    statement = sql.SQL(
        "UPDATE {stage} s SET {sets} FROM {table} t WHERE {same} AND t.geometry IS DISTINCT FROM s.geometry"
        " AND ST_NPoints(t.geometry) = ST_NPoints(s.geometry) AND ST_HausdorffDistance(t.geometry, s.geometry) < {near}"
        "{heights}"
    ).format(
        stage=sql.Identifier(stage.table),
        sets=sql.SQL(", ").join(sql.SQL("{0} = t.{0}").format(sql.Identifier(name)) for name in pairs),
        table=sql.Identifier(stage.target.tables[0]),
        same=same_key(_key_of(stage)),
        near=sql.Literal(NEAR_M),
        heights=_SAME_HEIGHTS if "geometry_z" in pairs else sql.SQL(""),
    )
    connection.execute(statement)


def _take_same_numbers(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """A number that differs behind its 15th digit is no change: workbooks do not keep those digits."""
    names = [(alias, name) for alias, name in stage.compared if _is_double(stage, name)]
    for alias, name in names:
        statement = sql.SQL(
            "UPDATE {stage} s SET {name} = {alias}.{name} FROM {tables} WHERE {key} AND {alias}.{name} <> s.{name}"
            " AND abs({alias}.{name} - s.{name}) <= abs({alias}.{name}) * {near}"
        ).format(
            stage=sql.Identifier(stage.table),
            name=sql.Identifier(name),
            alias=sql.Identifier(alias),
            tables=tables(stage.target),
            key=same_key(_key_of(stage)),
            near=sql.Literal(NEAR_SHARE),
        )
        connection.execute(statement)


def _is_double(stage: Stage, name: str) -> bool:
    found = (models.Base.metadata.tables[table].columns.get(name) for table in stage.target.tables)
    return any(each is not None and isinstance(each.type, Double) for each in found)


_SAME_HEIGHTS = sql.SQL(
    " AND (t.geometry_z IS NULL) = (s.geometry_z IS NULL) AND (t.geometry_z IS NULL"
    " OR abs(ST_ZMin(t.geometry_z) - ST_ZMin(s.geometry_z)) < 0.001"
    " AND abs(ST_ZMax(t.geometry_z) - ST_ZMax(s.geometry_z)) < 0.001)"
)


def _raise_sequence(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """Let the sequence go on behind the greatest number that the stage brings."""
    column, sequence = stage.target.identity or ("", "")
    greatest = sql.SQL("SELECT max({}) FROM {}").format(sql.Identifier(column), sql.Identifier(stage.table))
    row = connection.execute(greatest).fetchone()
    if row is not None and row[0] is not None:
        raise_sequence(connection, sequence, int(row[0]))


def raise_sequence(connection: psycopg.Connection[Any], sequence: str, number: int) -> None:
    """Let a sequence give no number up to this one any more."""
    statement = sql.SQL("SELECT setval({name}, %s) FROM {sequence} WHERE last_value < %s")
    named = statement.format(name=sql.Literal(sequence), sequence=sql.Identifier(sequence))
    connection.execute(named, (number, number))


def load_asset_versions(
    connection: psycopg.Connection[Any], municipality_code: str
) -> tuple[dict[int, int], dict[int, int]]:
    """Return the class number of each asset of a municipality, and the version of its record."""
    query = "SELECT asset_id, asset_class, row_version FROM asset WHERE municipality_code = %s"
    rows = connection.execute(query, (municipality_code,)).fetchall()
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}
