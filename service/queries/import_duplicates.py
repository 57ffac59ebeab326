"""The same thing twice under two keys: same place and name, or the same building id, in the file or in the register."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from service.queries.import_differences import told_key
from service.queries.import_staging import ADDED, UNCHANGED, Stage, tables

BUILDING_ID = "permanent_building_id"
RowAndKey = tuple[int, str]


def _name(stage: Stage, alias: str) -> sql.Composable:
    """Return an expression for a staged row's name, nothing where the file fills none."""
    return sql.SQL("{}.name").format(sql.Identifier(alias)) if "name" in stage.all_columns else sql.SQL("NULL::text")


def same_place_in_file(connection: psycopg.Connection[Any], stage: Stage) -> list[tuple[int, int, str]]:
    """Return new rows at the place and with the name of an earlier one: row, and row and key of the earlier one.

    Hashes of the shapes go first: they are sorted a hundred times faster than shapes.
    """
    statement = sql.SQL(
        "WITH repeated AS MATERIALIZED (SELECT geometry_hash(geometry) AS hash FROM {stage}"
        " WHERE outcome = {added} AND geometry IS NOT NULL GROUP BY 1 HAVING count(*) > 1),"
        " placed AS (SELECT s.row_number, {key} AS key, s.municipality_code, s.geometry, {name} AS name"
        " FROM {stage} s JOIN repeated r ON r.hash = geometry_hash(s.geometry) WHERE s.outcome = {added}),"
        " grouped AS (SELECT row_number, first_value(row_number) OVER same AS first_row,"
        " first_value(key) OVER same AS first_key FROM placed"
        " WINDOW same AS (PARTITION BY municipality_code, geometry, name ORDER BY row_number))"
        " SELECT row_number, first_row, first_key FROM grouped WHERE row_number > first_row ORDER BY 1"
    ).format(
        stage=sql.Identifier(stage.table),
        added=sql.Literal(ADDED),
        key=told_key(stage, "s"),
        name=_name(stage, "s"),
    )
    return connection.execute(statement).fetchall()


def same_place_in_register(connection: psycopg.Connection[Any], stage: Stage) -> list[RowAndKey]:
    """Return new rows at the place and with the name of an asset of the class: row, and the asset's own key.

    Asked before the new rows are written.
    """
    statement = sql.SQL(
        "SELECT DISTINCT ON (s.row_number) s.row_number, COALESCE(t.source_system || ' ' || t.source_id,"
        " t.municipality_code || '-' || t.asset_id) FROM {stage} s JOIN asset t"
        " ON t.municipality_code = s.municipality_code AND t.asset_class = {number}::int2"
        " AND geometry_hash(t.geometry) = geometry_hash(s.geometry) AND t.geometry = s.geometry"
        " AND t.name IS NOT DISTINCT FROM {name} WHERE s.outcome = {added} ORDER BY 1, t.asset_id"
    ).format(
        stage=sql.Identifier(stage.table),
        number=sql.Literal(stage.target.asset_class),
        name=_name(stage, "s"),
        added=sql.Literal(ADDED),
    )
    return connection.execute(statement).fetchall()


def same_building_id(connection: psycopg.Connection[Any], stage: Stage) -> list[tuple[int, str, str]]:
    """Return new and changed rows whose permanent building id another row, or another building, has.

    Of each: row, the building id, and the key of the other.
    """
    statement = sql.SQL(
        "SELECT DISTINCT ON (s.row_number) s.row_number, s.{id}, o.key FROM {stage} s JOIN ("
        "SELECT {stage_key} AS key, f.asset_id, f.municipality_code, f.{id}, f.row_number FROM {stage} f"
        " UNION ALL SELECT COALESCE(t.source_id, t.municipality_code || '-' || t.asset_id), t.asset_id,"
        " t.municipality_code, c.{id}, 0 FROM {tables} WHERE t.municipality_code IN"
        " (SELECT DISTINCT municipality_code FROM {stage}) AND NOT EXISTS (SELECT FROM {stage} f"
        " WHERE f.municipality_code = t.municipality_code AND f.asset_id = t.asset_id)"
        ") o ON o.{id} = s.{id} AND o.municipality_code = s.municipality_code AND o.row_number < s.row_number"
        " WHERE s.outcome <> {unchanged} ORDER BY 1, o.row_number"
    ).format(
        id=sql.Identifier(BUILDING_ID),
        stage=sql.Identifier(stage.table),
        stage_key=told_key(stage, "f"),
        tables=tables(stage.target),
        unchanged=sql.Literal(UNCHANGED),
    )
    return connection.execute(statement).fetchall()
