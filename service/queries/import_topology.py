"""Topology of imported networks: line ends that stop just short of another part, and lines that meet nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import sql

from models.registry import ASSET_CLASSES
from service.queries.import_staging import ADDED, Stage

TOLERANCE_M = 0.5
# Coordinates are often rounded to the centimetre.
MEETS_M = 0.011
# Beyond this many lines the search would take longer than the import.
LINES_LIMIT = 200_000
_SEWERS = ("sewer", "stormwater_sewer", "manhole", "pump_station")
_WATER = ("water_main", "valve", "hydrant", "pump_station")
_STREETS = ("street_segment", "foot_and_cycle_way")
# What the lines of a class may end at.
CONNECTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "water_main": _WATER,
        "sewer": _SEWERS,
        "stormwater_sewer": _SEWERS,
        "district_heating_pipe": ("district_heating_pipe", "heat_exchanger"),
        "telecom_cable": ("telecom_cable", "telecom_duct", "telecom_node"),
        "telecom_duct": ("telecom_cable", "telecom_duct", "telecom_node"),
        "lighting_cable": ("lighting_cable", "lighting_column"),
        "street_segment": _STREETS,
        "foot_and_cycle_way": _STREETS,
    }
)


def count_new_lines(connection: psycopg.Connection[Any], stage: Stage) -> int:
    """Return how many new rows of a network's lines a stage has; 0 for what is no line of a network."""
    if stage.target.code not in CONNECTED or "geometry" not in stage.all_columns:
        return 0
    statement = sql.SQL("SELECT count(*) FROM {} WHERE outcome = {} AND geometry IS NOT NULL")
    found = connection.execute(statement.format(sql.Identifier(stage.table), sql.Literal(ADDED))).fetchone()
    return int(found[0]) if found else 0


def stage_free_ends(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """List the ends of new lines that no other new line shares, each with its distance to the nearest other part.

    Asked when the new rows are in the register. A line of several parts counts by its first and last point.
    """
    numbers = [ASSET_CLASSES[code].number for code in CONNECTED[stage.target.code]]
    connection.execute("DROP TABLE IF EXISTS import_end")
    # Only the index of places will do, whatever the statistics say: by any other, each end would be held to each line
    # of the class. So no whole table is read, and the municipality is compared in a way that no index knows.
    connection.execute("SET LOCAL enable_seqscan = off")
    statement = sql.SQL(
        "CREATE TEMPORARY TABLE import_end ON COMMIT DROP AS WITH ends AS (SELECT s.row_number, s.municipality_code,"
        " s.asset_id, e.point, count(*) OVER (PARTITION BY s.municipality_code, e.point) AS lines FROM {stage} s"
        " CROSS JOIN LATERAL (VALUES (ST_StartPoint(ST_GeometryN(s.geometry, 1))),"
        " (ST_EndPoint(ST_GeometryN(s.geometry, ST_NumGeometries(s.geometry))))) e (point)"
        " WHERE s.outcome = {added} AND s.geometry IS NOT NULL)"
        " SELECT e.row_number, e.municipality_code, e.asset_id, e.point, (SELECT min(ST_Distance(a.geometry, e.point))"
        " FROM unnest({numbers}::int2[]) k (number) JOIN asset a ON a.asset_class = k.number"
        " AND a.geometry && ST_Expand(e.point, {tolerance})"
        " AND ST_DWithin(a.geometry, e.point, {tolerance}) AND a.municipality_code || '' = e.municipality_code"
        " AND a.asset_id <> e.asset_id) AS distance_m FROM ends e WHERE e.lines = 1"
    )
    connection.execute(
        statement.format(
            stage=sql.Identifier(stage.table),
            added=sql.Literal(ADDED),
            numbers=sql.Literal(numbers),
            tolerance=sql.Literal(TOLERANCE_M),
        )
    )
    connection.execute("SET LOCAL enable_seqscan = on")


def gaps(connection: psycopg.Connection[Any]) -> list[tuple[int, float, bytes]]:
    """Return the ends that stop short of another part: row, distance in metres, the end as WKB."""
    return connection.execute(
        "SELECT row_number, round(distance_m::numeric, 3)::float8, ST_AsBinary(point) FROM import_end"
        " WHERE distance_m > %s ORDER BY 1",
        (MEETS_M,),
    ).fetchall()


def isolated_lines(connection: psycopg.Connection[Any], stage: Stage) -> list[tuple[int, bytes]]:
    """Return the new lines that meet no part of their network, at neither end nor between: row, a point as WKB."""
    numbers = [ASSET_CLASSES[code].number for code in CONNECTED[stage.target.code]]
    connection.execute("SET LOCAL enable_seqscan = off")
    statement = sql.SQL(
        "WITH loose AS MATERIALIZED (SELECT row_number, municipality_code, asset_id FROM import_end"
        " WHERE distance_m IS NULL GROUP BY 1, 2, 3 HAVING count(*) = 2)"
        " SELECT l.row_number, ST_AsBinary(ST_StartPoint(ST_GeometryN(own.geometry, 1))) FROM loose l JOIN asset own"
        " ON own.municipality_code = l.municipality_code AND own.asset_id = l.asset_id WHERE NOT EXISTS"
        " (SELECT FROM unnest({numbers}::int2[]) k (number) JOIN asset a ON a.asset_class = k.number"
        " AND a.geometry && ST_Expand(own.geometry, {tolerance})"
        " AND ST_DWithin(a.geometry, own.geometry, {tolerance}) AND a.municipality_code || '' = l.municipality_code"
        " AND a.asset_id <> l.asset_id) ORDER BY 1"
    )
    found = connection.execute(
        statement.format(numbers=sql.Literal(numbers), tolerance=sql.Literal(TOLERANCE_M))
    ).fetchall()
    connection.execute("SET LOCAL enable_seqscan = on")
    return found
