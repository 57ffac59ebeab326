"""Networks and streets with those who use them: recorded users, traffic, and the cells of the grid near each asset."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.engine import Connection

from service.database import raw_connection
from service.queries.binary_copy import read_columns

# Classes of which somebody recorded users or traffic.
_RECORDED_CLASSES = text("""
SELECT DISTINCT a.asset_class FROM service_usage u
JOIN asset a ON a.municipality_code = u.municipality_code AND a.asset_id = u.asset_id
WHERE u.municipality_code = :municipality_code AND u.observed_on <= :day
UNION
SELECT c.asset_class FROM asset_class c WHERE c.code = 'street_segment' AND EXISTS
    (SELECT FROM street_segment s WHERE s.municipality_code = :municipality_code AND s.daily_traffic_adt IS NOT NULL)
""")
_ASSETS = """
SELECT a.asset_id, ST_Length(a.geometry) AS length_m,
       COALESCE(u.users, s.daily_traffic_adt::float8, 'NaN') AS recorded_users
FROM asset a
LEFT JOIN street_segment s ON s.municipality_code = a.municipality_code AND s.asset_id = a.asset_id
LEFT JOIN (
    SELECT DISTINCT ON (asset_id) asset_id, users FROM service_usage
    WHERE municipality_code = %(municipality_code)s AND observed_on <= %(day)s
    ORDER BY asset_id, observed_on DESC, users DESC
) u ON u.asset_id = a.asset_id
WHERE a.municipality_code = %(municipality_code)s AND a.status = 'in_use' AND a.geometry IS NOT NULL
  AND a.asset_class = ANY(%(classes)s)
ORDER BY a.asset_id
"""
_ASSET_TYPES = {"asset_id": "int8", "length_m": "float8", "recorded_users": "float8"}
# Cells are numbered by their id; people without a known place are near nothing.
_NEAR = """
SELECT a.asset_id, g.number AS cell, g.population
FROM (
    SELECT row_number() OVER (ORDER BY cell_id) - 1 AS number, population, geometry FROM population_grid
    WHERE municipality_code = %(municipality_code)s AND grid_code = %(grid_code)s AND has_known_place
) g
JOIN unnest(%(classes)s::int[], %(distances)s::float8[]) AS d (asset_class, distance) ON true
JOIN asset a ON a.municipality_code = %(municipality_code)s AND a.asset_class = d.asset_class
  AND a.status = 'in_use' AND a.geometry && ST_Expand(g.geometry, d.distance)
  AND ST_DWithin(a.geometry, g.geometry, d.distance)
ORDER BY a.asset_id, g.number
"""
_NEAR_TYPES = {"asset_id": "int8", "cell": "int8", "population": "float8"}


@dataclass(frozen=True)
class NetworkRows:
    """Networks' assets by id with length and recorded users (`nan`: unknown), and the cells near each of them.

    `near` is None where there is no grid.
    """

    assets: dict[str, NDArray[Any]]
    near: dict[str, NDArray[Any]] | None


def load_networks(
    connection: Connection,
    municipality_code: str,
    day: datetime.date,
    distances: Mapping[int, float],
    grid_code: str | None,
) -> NetworkRows | None:
    """Return the assets of the classes with a service distance whose users anything tells; None where nothing does."""
    values: dict[str, Any] = {"municipality_code": municipality_code, "day": day}
    recorded = {row[0] for row in connection.execute(_RECORDED_CLASSES, values)}
    classes = [each for each in sorted(distances) if grid_code is not None or each in recorded]
    if not classes:
        return None
    raw = raw_connection(connection)
    values |= {"classes": classes, "distances": [distances[each] for each in classes], "grid_code": grid_code}
    near = None if grid_code is None else read_columns(raw, _NEAR, values, _NEAR_TYPES)
    return NetworkRows(read_columns(raw, _ASSETS, values, _ASSET_TYPES), near)
