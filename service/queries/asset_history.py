"""The history of assets where it keeps no document: new assets of imports, while the register itself tells it.

An import writes the version of each asset that it adds without the document `after`. That document is what the next
version has as `before`, and until there is one, the asset as it stands. Everything that changes an asset writes a
version with both documents; a district that is found anew is no version of an asset, but has an entry in the audit,
from which the first of them is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import Connection

from models.registry import ASSET_CLASS_BY_NUMBER, ASSET_CLASSES, AssetClass
from service.database import raw_connection

CREATED = "create"
# As version_document in queries/assets.py writes it: EPSG:3067, to the millimetre, heights where there are any.
GEOMETRY = sql.SQL("ST_AsGeoJSON(COALESCE(t.geometry_z, t.geometry), 3, 0)::jsonb AS geometry")
# Of a version v.
NOT_KEPT = sql.SQL("v.operation = 'create' AND v.after IS NULL")
_SAME_ASSET = sql.SQL("t.municipality_code = v.municipality_code AND t.asset_id = v.asset_id")
# Where the asset lay before its district was first found anew, if it was while this was its version.
_FIRST_DISTRICT = sql.SQL(
    "COALESCE((SELECT d.before - 'row_version' FROM audit_entry d WHERE d.municipality_code = v.municipality_code"
    " AND d.asset_id = v.asset_id AND d.table_name = 'asset' AND (d.before ->> 'row_version')::bigint = v.row_version"
    " ORDER BY d.at, d.entry_id LIMIT 1), '{}'::jsonb)"
)
_CLASS_ROW = sql.SQL("{} c ON c.municipality_code = t.municipality_code AND c.asset_id = t.asset_id")


def asset_document(code: str) -> sql.Composable:
    """Return an expression for all attributes of an asset of a class (t, c) and its geometry, as JSON.

    A row made to JSON takes three quarters of what `jsonb_build_object` takes.
    """
    alias = {"asset": "t", code: "c"}
    values: list[sql.Composable] = [
        sql.SQL("{}.{} AS {}").format(
            sql.Identifier(alias[each.table]), sql.Identifier(each.column), sql.Identifier(each.name)
        )
        for each in ASSET_CLASSES[code].attributes
    ]
    values.append(GEOMETRY)
    return sql.SQL("(SELECT to_jsonb(r) FROM (SELECT {}) r)").format(sql.SQL(", ").join(values))


def document_after(classes: Iterable[AssetClass]) -> sql.Composable:
    """Return an expression for the document after a version v of an asset of one of the classes, kept or not."""
    standing = [
        sql.SQL("WHEN {number} THEN (SELECT {document} FROM asset t JOIN {own} WHERE {same})").format(
            number=sql.Literal(each.number),
            document=asset_document(each.code),
            own=_CLASS_ROW.format(sql.Identifier(each.code)),
            same=_SAME_ASSET,
        )
        for each in classes
    ]
    return sql.SQL(
        "CASE WHEN {not_kept} THEN COALESCE((SELECT n.before FROM asset_version n WHERE n.municipality_code ="
        " v.municipality_code AND n.asset_id = v.asset_id AND n.row_version = v.row_version + 1),"
        " CASE (SELECT t.asset_class FROM asset t WHERE {same}) {standing} END) || {district} ELSE v.after END"
    ).format(
        not_kept=NOT_KEPT,
        district=_FIRST_DISTRICT,
        same=_SAME_ASSET,
        standing=sql.SQL(" ").join(standing) if standing else sql.SQL("WHEN 0 THEN NULL::jsonb"),
    )


def complete_versions(connection: Connection, municipality_code: str, versions: Sequence[dict[str, Any]]) -> None:
    """Give versions of a municipality's assets the document `after` that the history does not keep.

    Args:
        connection: Where they were read.
        municipality_code: The municipality.
        versions: Of each `asset_id`, `operation` and `after`; the last is set where it lacks.
    """
    lacking = [each for each in versions if each["operation"] == CREATED and each["after"] is None]
    if not lacking:
        return
    raw = raw_connection(connection)
    values = {"municipality": municipality_code, "assets": [each["asset_id"] for each in lacking]}
    statement = sql.SQL(
        "SELECT v.asset_id, {} FROM asset_version v WHERE v.municipality_code = %(municipality)s"
        " AND v.asset_id = ANY(%(assets)s) AND {}"
    )
    classes = _classes_of(raw, values)
    found = dict(raw.execute(statement.format(document_after(classes), NOT_KEPT), values).fetchall())
    for each in lacking:
        each["after"] = found[each["asset_id"]]


def _classes_of(connection: psycopg.Connection[Any], values: dict[str, Any]) -> list[AssetClass]:
    query = (
        "SELECT DISTINCT asset_class FROM asset WHERE municipality_code = %(municipality)s"
        " AND asset_id = ANY(%(assets)s) ORDER BY 1"
    )
    return [ASSET_CLASS_BY_NUMBER[number] for (number,) in connection.execute(query, values)]
