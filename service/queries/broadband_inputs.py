"""Whom the telecom network reaches: cells of the population grid and buildings near nodes that offer a speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection

# A cell or a building is reached where its middle lies within the distance of a node in use. That boxes meet is said
# for the index: of the rest, none may look for rows before row-level security has let them through.
_REACH = text("""
WITH node AS (
    SELECT a.geometry, n.max_speed_mbit_per_s AS speed FROM asset a
    JOIN telecom_node n ON n.municipality_code = a.municipality_code AND n.asset_id = a.asset_id
    WHERE a.municipality_code = :municipality_code AND a.status = 'in_use' AND a.geometry IS NOT NULL
), cell AS (
    SELECT g.population AS weight, max(n.speed) AS speed FROM population_grid g
    LEFT JOIN node n ON ST_DWithin(ST_Centroid(g.geometry), n.geometry, :distance)
        AND n.geometry && ST_Expand(g.geometry, :distance)
    WHERE g.municipality_code = :municipality_code AND g.grid_code = :grid_code AND g.has_known_place
    GROUP BY g.cell_id, g.population
), house AS (
    SELECT 1 AS weight, max(n.speed) AS speed FROM asset a
    JOIN building b ON b.municipality_code = a.municipality_code AND b.asset_id = a.asset_id
    LEFT JOIN node n ON ST_DWithin(ST_Centroid(a.geometry), n.geometry, :distance)
        AND n.geometry && ST_Expand(a.geometry, :distance)
    WHERE a.municipality_code = :municipality_code AND a.status = 'in_use' AND a.geometry IS NOT NULL
    GROUP BY a.asset_id
)
SELECT s.speed AS speed_mbit_per_s,
       (SELECT COALESCE(sum(weight), 0) FROM cell) AS inhabitants,
       (SELECT COALESCE(sum(weight), 0) FROM cell WHERE cell.speed >= s.speed) AS inhabitants_reached,
       (SELECT count(*) FROM house) AS buildings,
       (SELECT count(*) FROM house WHERE house.speed >= s.speed) AS buildings_reached
FROM unnest(CAST(:speeds AS float8[])) AS s (speed) ORDER BY s.speed
""")
_HAS_SPEEDS = text("""
SELECT EXISTS (SELECT FROM telecom_node
               WHERE municipality_code = :municipality_code AND max_speed_mbit_per_s IS NOT NULL)
""")


def load_reach(
    connection: Connection,
    municipality_code: str,
    grid_code: str | None,
    distance_m: float,
    targets: Mapping[float, float],
) -> list[dict[str, Any]]:
    """Return inhabitants and buildings, and those that each speed reaches; nothing where no node tells its speed."""
    values: dict[str, Any] = {"municipality_code": municipality_code}
    if not targets or not connection.execute(_HAS_SPEEDS, values).scalar_one():
        return []
    values |= {"grid_code": grid_code, "distance": distance_m, "speeds": sorted(targets)}
    return [
        dict(row) | {"target_share": targets[row["speed_mbit_per_s"]]}
        for row in connection.execute(_REACH, values).mappings()
    ]
