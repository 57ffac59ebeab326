"""What an import did, row by row: assets from their history, other records from what was kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from service.queries.asset_history import complete_versions

ASSETS, RECORDS = 0, 1
# Versions of an asset and changes of records, each in the order of its own index; the parts never mix in an order.
_PAGE = text("""
(SELECT 0 AS part, v.asset_id AS number, k.code AS target, v.operation, NULL::jsonb AS key, v.before, v.after
 FROM asset_version v LEFT JOIN asset a ON a.municipality_code = v.municipality_code AND a.asset_id = v.asset_id
 LEFT JOIN asset_class k ON k.asset_class = a.asset_class
 WHERE v.municipality_code = :code AND v.batch_id = :batch AND v.operation <> 'undo' AND :part = 0
   AND v.asset_id > :number ORDER BY v.asset_id LIMIT :limit)
UNION ALL
(SELECT 1, c.change_id, c.target, c.operation, c.key, c.before, c.after FROM import_change c
 WHERE c.municipality_code = :code AND c.batch_id = :batch AND c.change_id > CASE :part WHEN 1 THEN :number ELSE 0 END
 ORDER BY c.change_id LIMIT :limit)
ORDER BY part, number LIMIT :limit
""")


def has_batch(connection: Connection, municipality_code: str, batch_id: int) -> bool:
    """Return whether an import was applied in a municipality."""
    query = text("SELECT EXISTS (SELECT FROM import_batch WHERE municipality_code = :code AND batch_id = :batch)")
    return bool(connection.execute(query, {"code": municipality_code, "batch": batch_id}).scalar_one())


def load_changes(
    connection: Connection, municipality_code: str, batch_id: int, after: tuple[int, int], limit: int
) -> list[Mapping[str, Any]]:
    """Return rows after one that is known by its part (assets, then records) and number.

    Of each: part, number, target (nothing where the asset is no more), operation (`create`, `update`), the key of a
    record, and the documents before and after.
    """
    values = {"code": municipality_code, "batch": batch_id, "part": after[0], "number": after[1], "limit": limit}
    rows = [dict(row) for row in connection.execute(_PAGE, values).mappings()]
    versions = [{**row, "asset_id": row["number"]} for row in rows if row["part"] == ASSETS]
    complete_versions(connection, municipality_code, versions)
    return [*versions, *(row for row in rows if row["part"] == RECORDS)]
