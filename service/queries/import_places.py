"""The district of staged assets, from their place by the rule of `queries/districts.py`."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from service.queries.import_staging import UNCHANGED, Stage, rewrite_stage

DISTRICT = "district_code"
# The smallest that holds a point of it. The point is found once, not for each district.
_DISTRICT = sql.SQL(
    "(SELECT d.district_code FROM (SELECT ST_PointOnSurface(s.geometry) AS point OFFSET 0) p JOIN district d"
    " ON d.municipality_code = s.municipality_code AND ST_Covers(d.geometry, p.point)"
    " ORDER BY ST_Area(d.geometry), d.district_code LIMIT 1)"
)


def rewrite_with_districts(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """Write the rows of a new source anew with their districts and numbers.

    It is done along a Hilbert curve, on which a district's outline is looked at many times in a row.
    """
    values: dict[str, sql.Composable] = {DISTRICT: _DISTRICT}
    if stage.target.identity is not None:
        values[stage.target.identity[0]] = next_number(stage.target.identity[1])
    rewrite_stage(connection, stage, values, sql.SQL("geometry, row_number"))


def set_districts(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """Set the district of matched rows that are new or change; what does not change stays where it is."""
    if not (stage.target.is_asset and stage.has_geometry):
        return
    statement = sql.SQL("UPDATE {} s SET district_code = {} WHERE outcome <> {}")
    connection.execute(statement.format(sql.Identifier(stage.table), _DISTRICT, sql.Literal(UNCHANGED)))


def is_new_source(connection: psycopg.Connection[Any], stage: Stage) -> bool:
    """Return whether the register has no asset of the source in any municipality of the stage: none can be matched."""
    if not stage.target.is_asset or stage.target.is_numbered:
        return False
    statement = sql.SQL(
        "SELECT EXISTS (SELECT FROM (SELECT DISTINCT municipality_code FROM {}) m, LATERAL (SELECT FROM asset t"
        " WHERE t.municipality_code = m.municipality_code AND t.source_system = %s LIMIT 1) t)"
    )
    row = connection.execute(statement.format(sql.Identifier(stage.table)), (stage.source_system,)).fetchone()
    return not (row and row[0])


def next_number(sequence: str) -> sql.Composable:
    """Return the next number of a sequence."""
    return sql.SQL("nextval({})").format(sql.Literal(sequence))
