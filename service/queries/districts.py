"""The district in which each asset lies, set from its geometry."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.queries.audit_writes import note_districts

# One point of each asset that surely lies on it decides, so that an asset on a border has one district. The smallest
# district goes first where districts overlap. A row is written only where its district changes.
_MOVED = """
WITH placed AS (
    SELECT a.asset_id, a.row_version, a.district_code AS present,
           (SELECT d.district_code FROM district d
            WHERE d.municipality_code = :municipality_code AND ST_Covers(d.geometry, ST_PointOnSurface(a.geometry))
            ORDER BY ST_Area(d.geometry), d.district_code LIMIT 1) AS district_code
    FROM asset a
    WHERE a.municipality_code = :municipality_code AND {which}
)
SELECT asset_id, row_version, present, district_code FROM placed WHERE present IS DISTINCT FROM district_code
"""
_ALL = text(_MOVED.format(which="true"))
_SOME = text(_MOVED.format(which="a.asset_id = ANY(:asset_ids)"))
_ASSIGN = text("""
UPDATE asset SET district_code = placed.district_code
FROM unnest(CAST(:asset_ids AS bigint[]), CAST(:district_codes AS text[])) placed (asset_id, district_code)
WHERE asset.municipality_code = :municipality_code AND asset.asset_id = placed.asset_id
""")


def assign_districts(
    session: Session, municipality_code: str, asset_ids: Collection[int] | None = None, *, in_version: bool = False
) -> int:
    """Set the district of a municipality's assets from their geometry; an asset without geometry has none.

    Args:
        session: Session of the caller's transaction.
        municipality_code: The municipality.
        asset_ids: The assets that were written, or None for all, after districts have changed.
        in_version: Whether a version of these assets follows, which tells the change; else the audit does.

    Returns:
        The number of assets whose district changed.
    """
    values: dict[str, object] = {"municipality_code": municipality_code}
    if asset_ids is not None:
        values["asset_ids"] = list(asset_ids)
    connection = session.connection()
    moved = connection.execute(_ALL if asset_ids is None else _SOME, values).all()
    if not moved:
        return 0
    ids, codes = [row.asset_id for row in moved], [row.district_code for row in moved]
    if not in_version:
        note_districts(session, municipality_code, [tuple(row) for row in moved])
    values = {"municipality_code": municipality_code, "asset_ids": ids, "district_codes": codes}
    return int(connection.execute(_ASSIGN, values).rowcount)
