"""Districts that an import changed, and the assets that lie in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
from psycopg import sql

from service.queries.import_staging import UNCHANGED, Stage

# The smallest district that holds a point of the asset, as for a newly imported one.
_MOVED = sql.SQL("""
CREATE TEMPORARY TABLE import_moved ON COMMIT DROP AS
SELECT a.municipality_code, a.asset_id, a.row_version, a.district_code AS before_code, d.district_code AS after_code
FROM asset a LEFT JOIN LATERAL (
    SELECT district_code FROM district
    WHERE municipality_code = a.municipality_code AND ST_Intersects(geometry, ST_PointOnSurface(a.geometry))
    ORDER BY ST_Area(geometry), district_code LIMIT 1
) d ON true
WHERE a.municipality_code IN (SELECT DISTINCT municipality_code FROM {stage} WHERE outcome <> {unchanged})
  AND a.geometry IS NOT NULL AND a.district_code IS DISTINCT FROM d.district_code
""")
_VERSIONS = """
INSERT INTO asset_version (municipality_code, asset_id, row_version, changed_at, changed_by, operation, before, after)
SELECT municipality_code, asset_id, row_version + 1, %s, %s, 'update',
       jsonb_build_object('district_code', before_code), jsonb_build_object('district_code', after_code)
FROM import_moved
"""
_UPDATE = """
UPDATE asset a SET district_code = m.after_code, row_version = a.row_version + 1, changed_at = %s
FROM import_moved m WHERE m.municipality_code = a.municipality_code AND m.asset_id = a.asset_id
"""


def refresh_districts(
    connection: psycopg.Connection[Any], stages: list[Stage], changed_by: str, changed_at: dt.datetime
) -> int:
    """Set the district of the assets in municipalities whose districts changed; return how many moved."""
    moved = 0
    for stage in (each for each in stages if each.target.code == "district"):
        statement = _MOVED.format(stage=sql.Identifier(stage.table), unchanged=sql.Literal(UNCHANGED))
        connection.execute("DROP TABLE IF EXISTS import_moved")
        connection.execute(statement)
        connection.execute(_VERSIONS, (changed_at, changed_by))
        moved += connection.execute(_UPDATE, (changed_at,)).rowcount
    return moved
