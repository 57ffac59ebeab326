"""Taking an import back, assets: what it added is removed, what it changed is put back, unless edited since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import ForeignKeyConstraint, Table

import models
from models.registry import ASSET_CLASS_BY_NUMBER, ASSET_CLASSES, AssetClass
from service.queries.asset_history import asset_document
from service.queries.audit_writes import author

CHANGED_SINCE, REMOVED_SINCE, IN_USE = "changed_since", "removed_since", "in_use"
REMOVED, RESTORED, RETIRED = "removed", "restored", "retired"
# Attributes that follow from others.
_FOLLOWING = {"district_code"}


@dataclass(frozen=True)
class Undo:
    """Which import is undone, by whom and when."""

    municipality_code: str
    batch_id: int
    by: str
    at: dt.datetime

    @property
    def values(self) -> dict[str, Any]:
        """Return the bind values of every statement."""
        own = {"municipality": self.municipality_code, "batch": self.batch_id, "by": self.by, "at": self.at}
        return {**author(), **own}


def stage_asset_undo(connection: psycopg.Connection[Any], undo: Undo) -> int:
    """List the assets that the import wrote with what is to become of each, and return how many there are."""
    statement = (
        "CREATE TEMPORARY TABLE undo_asset ON COMMIT DROP AS SELECT v.asset_id, a.asset_class, v.operation, v.before,"
        " v.after, v.before_geometry, v.before -> 'geometry' IS DISTINCT FROM v.after -> 'geometry' AS moved,"
        " CASE WHEN a.asset_id IS NULL THEN {removed} WHEN a.row_version <> v.row_version THEN {changed} END AS reason,"
        " CASE v.operation WHEN 'create' THEN 'removed' ELSE 'restored' END AS outcome"
        " FROM asset_version v LEFT JOIN asset a"
        " ON a.municipality_code = v.municipality_code AND a.asset_id = v.asset_id"
        " WHERE v.municipality_code = %(municipality)s AND v.batch_id = %(batch)s AND v.operation <> 'undo'"
    )
    told = {"removed": sql.Literal(REMOVED_SINCE), "changed": sql.Literal(CHANGED_SINCE)}
    found = connection.execute(sql.SQL(statement).format(**told), undo.values).rowcount
    connection.execute("ANALYZE undo_asset")
    return found


def keep_what_is_used(connection: psycopg.Connection[Any], undo: Undo) -> None:
    """Leave added assets that other records belong to, and only retire those that a stored valuation holds."""
    for child in _children("asset"):
        statement = (
            "UPDATE undo_asset u SET reason = {reason} WHERE reason IS NULL AND operation = 'create' AND EXISTS"
            " (SELECT FROM {child} c WHERE c.municipality_code = %(municipality)s AND c.asset_id = u.asset_id)"
        )
        parts = {"reason": sql.Literal(IN_USE), "child": sql.Identifier(child)}
        connection.execute(sql.SQL(statement).format(**parts), undo.values)
    connection.execute(
        "UPDATE undo_asset u SET outcome = 'retired' WHERE operation = 'create' AND EXISTS (SELECT FROM"
        " asset_valuation v WHERE v.municipality_code = %(municipality)s AND v.asset_id = u.asset_id)",
        undo.values,
    )


def undo_assets(connection: psycopg.Connection[Any], undo: Undo) -> None:
    """Put changed assets back, remove added ones, and write the history of both."""
    numbers = connection.execute("SELECT DISTINCT asset_class FROM undo_asset WHERE reason IS NULL").fetchall()
    for (number,) in numbers:
        asset_class = ASSET_CLASS_BY_NUMBER[number]
        _read_added(connection, asset_class, undo)
        _restore(connection, asset_class, "asset", undo)
        _restore(connection, asset_class, asset_class.code, undo)
        _store_versions(connection, asset_class, undo)
        _remove(connection, asset_class.code, number, undo)
    if numbers:
        _remove(connection, "asset", None, undo)


def _read_added(connection: psycopg.Connection[Any], asset_class: AssetClass, undo: Undo) -> None:
    """Read what added assets are, of which the history keeps no document while they stand as they were added."""
    statement = sql.SQL(
        "UPDATE undo_asset u SET after = {document} FROM asset t JOIN {own} c"
        " ON c.municipality_code = t.municipality_code AND c.asset_id = t.asset_id"
        " WHERE t.municipality_code = %(municipality)s AND t.asset_id = u.asset_id AND u.asset_class = {number}"
        " AND u.reason IS NULL AND u.operation = 'create' AND u.after IS NULL"
    )
    connection.execute(_of_class(statement, asset_class), undo.values)


def _of_class(statement: sql.SQL, asset_class: AssetClass) -> sql.Composed:
    return statement.format(
        document=asset_document(asset_class.code),
        own=sql.Identifier(asset_class.code),
        number=sql.Literal(asset_class.number),
    )


def moved_assets(connection: psycopg.Connection[Any]) -> list[int]:
    """Return the assets that were put back to another place, whose district is to be found anew."""
    found = connection.execute(
        "SELECT asset_id FROM undo_asset WHERE reason IS NULL AND outcome = 'restored' AND moved"
    )
    return [row[0] for row in found]


def _children(table: str) -> Iterator[str]:
    """Yield the tables whose rows belong to an asset, beside those of the classes."""
    for child in models.Base.metadata.sorted_tables:
        if child.name not in ASSET_CLASSES and any(each.referred_table.name == table for each in _references(child)):
            yield child.name


def _references(table: Table) -> list[ForeignKeyConstraint]:
    return [each for each in table.constraints if isinstance(each, ForeignKeyConstraint)]


_SHAPE = (
    "CASE WHEN NOT u.moved AND u.before_geometry IS NULL THEN COALESCE(t.geometry_z, t.geometry)"
    " WHEN u.before_geometry IS NOT NULL THEN ST_GeomFromEWKB(u.before_geometry)"
    # Imports before migration 0015 kept shapes to the millimetre only.
    " WHEN jsonb_typeof(u.before -> 'geometry') = 'object'"
    " THEN ST_SetSRID(ST_GeomFromGeoJSON(u.before ->> 'geometry'), 3067) END"
)
_CORE_SETS = (
    f"geometry = ST_Force2D({_SHAPE}), geometry_z = CASE WHEN ST_NDims({_SHAPE}) = 3 THEN {_SHAPE} END,"
    " row_version = t.row_version + 1, changed_at = %(at)s"
)


def _restore(connection: psycopg.Connection[Any], asset_class: AssetClass, table: str, undo: Undo) -> None:
    """Write the attributes of one table back as they were; an asset that is only retired gets that state."""
    own = [each for each in asset_class.attributes if each.table == table and each.name not in _FOLLOWING]
    renamed = [each for each in own if each.name != each.column]
    sets: list[sql.Composable] = [sql.SQL("{0} = r.{0}").format(sql.Identifier(each.column)) for each in own]
    sets += [sql.SQL(_CORE_SETS)] if table == "asset" else []
    if not sets:
        return
    names = [sql.SQL("{}, u.before -> {}").format(sql.Literal(each.column), sql.Literal(each.name)) for each in renamed]
    statement = sql.SQL(
        "UPDATE {table} t SET {sets} FROM undo_asset u, jsonb_populate_record(NULL::{table},"
        " u.before - 'geometry' || jsonb_build_object({names})) r WHERE t.municipality_code = %(municipality)s"
        " AND t.asset_id = u.asset_id AND u.asset_class = {number} AND u.reason IS NULL AND u.outcome = 'restored'"
    ).format(
        table=sql.Identifier(table),
        sets=sql.SQL(", ").join(sets),
        names=sql.SQL(", ").join(names),
        number=sql.Literal(asset_class.number),
    )
    connection.execute(statement, undo.values)
    if table == "asset":
        connection.execute(_RETIRE, {**undo.values, "number": asset_class.number})


_RETIRE = (
    "UPDATE asset t SET status = 'decommissioned', row_version = t.row_version + 1, changed_at = %(at)s"
    " FROM undo_asset u WHERE t.municipality_code = %(municipality)s AND t.asset_id = u.asset_id"
    " AND u.asset_class = %(number)s AND u.reason IS NULL AND u.outcome = 'retired'"
)


def _store_versions(connection: psycopg.Connection[Any], asset_class: AssetClass, undo: Undo) -> None:
    """Write an `undo` version of each asset; of a removed one, after it there is nothing."""
    statement = sql.SQL(
        "INSERT INTO asset_version (municipality_code, asset_id, row_version, changed_at, changed_by, operation,"
        " before, after, via, from_address, request_id, asset_class) SELECT t.municipality_code, t.asset_id,"
        " t.row_version + CASE u.outcome WHEN 'removed' THEN 1 ELSE 0 END, %(at)s, %(by)s, 'undo',"
        # The district may have been found anew since, and is put back by nobody.
        " u.after || jsonb_build_object('district_code', t.district_code),"
        " CASE WHEN u.outcome <> 'removed' THEN {document} END, %(via)s, %(from_address)s::text,"
        " %(request_id)s::text, {number} FROM undo_asset u"
        " JOIN asset t ON t.municipality_code = %(municipality)s AND t.asset_id = u.asset_id"
        " JOIN {own} c ON c.municipality_code = t.municipality_code AND c.asset_id = t.asset_id"
        " WHERE u.asset_class = {number} AND u.reason IS NULL"
    )
    connection.execute(_of_class(statement, asset_class), undo.values)


def _remove(connection: psycopg.Connection[Any], table: str, number: int | None, undo: Undo) -> None:
    statement = sql.SQL(
        "DELETE FROM {} t USING undo_asset u WHERE t.municipality_code = %(municipality)s"
        " AND t.asset_id = u.asset_id AND u.asset_class = COALESCE(%(number)s, u.asset_class) AND u.reason IS NULL"
        " AND u.outcome = 'removed'"
    )
    connection.execute(statement.format(sql.Identifier(table)), {**undo.values, "number": number})


def asset_outcomes(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Return the number of assets removed, restored and retired."""
    found = connection.execute("SELECT outcome, count(*) FROM undo_asset WHERE reason IS NULL GROUP BY outcome")
    return dict(found.fetchall())


def asset_conflicts(connection: psycopg.Connection[Any], limit: int) -> tuple[int, list[tuple[int, str]]]:
    """Return how many assets were left as they are, and of the first of them number and reason."""
    found = connection.execute("SELECT count(*) FROM undo_asset WHERE reason IS NOT NULL").fetchone()
    query = "SELECT asset_id, reason FROM undo_asset WHERE reason IS NOT NULL ORDER BY asset_id LIMIT %s"
    return (found[0] if found else 0), connection.execute(query, (limit,)).fetchall()
