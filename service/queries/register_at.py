"""The register as it was at the end of a day: tables of that day, under the names of the register's own.

A statement that reads `asset`, class tables and `run` reads those of the day where common table expressions of these
names stand before it: they go before the tables. What has not been written since the day stands in the register; of
the rest, the first version after the day tells what was there before it. Districts that were found anew since are
told by the audit. Figures are those of the newest valuation that had ended by then.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from psycopg import sql
from sqlalchemy import Select, Table, bindparam, text
from sqlalchemy.dialects.postgresql import TEXT

from models.asset import SRID, Asset
from models.registry import ASSET_CLASSES, AssetClass
from models.run import Run
from service.queries.audit_reading import beginning_of
from service.queries.statements import Statement
from service.queries.tables import table_of

_CORE = table_of(Asset)
_CORE_NAMES = [each.name for each in _CORE.columns]
_END = sql.SQL(beginning_of("CAST(:as_of AS date) + 1"))
# The first version after the day of each asset that was there before it; what an import wrote is found by its batch.
_KEPT = sql.SQL("""
SELECT n.municipality_code, n.asset_id, COALESCE(t.asset_class, n.asset_class) AS asset_class,
    n.row_version - 1 AS row_version, COALESCE(p.changed_at, {end}) AS changed_at, n.before,
    CASE WHEN n.before_geometry IS NOT NULL THEN ST_GeomFromEWKB(n.before_geometry)
         WHEN jsonb_typeof(n.before -> 'geometry') = 'object'
         THEN ST_SetSRID(ST_GeomFromGeoJSON(n.before ->> 'geometry'), {srid}) END AS shape
FROM (
    SELECT v.* FROM asset_version v
    WHERE v.municipality_code = :register_of AND v.batch_id IS NULL AND v.changed_at >= {end}
      AND jsonb_typeof(v.before) = 'object'
    UNION ALL
    SELECT v.* FROM import_batch i JOIN asset_version v
        ON v.municipality_code = i.municipality_code AND v.batch_id = i.batch_id
    WHERE i.municipality_code = :register_of AND i.imported_at >= {end} AND jsonb_typeof(v.before) = 'object'
) n
LEFT JOIN asset_version p ON p.municipality_code = n.municipality_code AND p.asset_id = n.asset_id
    AND p.row_version = n.row_version - 1
LEFT JOIN asset t ON t.municipality_code = n.municipality_code AND t.asset_id = n.asset_id
WHERE p.asset_id IS NULL OR p.changed_at < {end}
""").format(end=_END, srid=sql.Literal(SRID))
_FROM_DOCUMENT = {
    "municipality_code": "k.municipality_code",
    "asset_id": "k.asset_id",
    "asset_class": "k.asset_class",
    "row_version": "k.row_version",
    "changed_at": "k.changed_at",
    "geometry": "ST_Force2D(k.shape)",
    "geometry_z": "CASE WHEN ST_NDims(k.shape) = 3 THEN k.shape END",
}
_NO_SHAPE = sql.SQL("k.before - 'geometry'")


@dataclass(frozen=True)
class RegisterDay:
    """The register of a municipality at the end of a day, as Finland counts days."""

    municipality_code: str
    day: datetime.date

    @property
    def values(self) -> dict[str, Any]:
        """Return what the day's tables bind."""
        return {"register_of": self.municipality_code, "as_of": self.day}


def at_day(statement: Select[Any], day: RegisterDay | None, classes: Iterable[AssetClass]) -> Select[Any]:
    """Return a statement of SQLAlchemy that reads the tables of a day; None leaves it as it is.

    Args:
        statement: It reads `asset`, the tables of the classes, and `run` where it shows figures.
        day: The day.
        classes: Whose own tables it reads.
    """
    if day is None:
        return statement
    bound = [bindparam("register_of", day.municipality_code, TEXT), bindparam("as_of", day.day)]
    for name, query in _tables(tuple(classes)):
        used = [each for each in bound if f":{each.key}" in query]
        statement = statement.add_cte(text(query).bindparams(*used).columns().cte(name))
    return statement


def statement_at_day(statement: Statement, asset_class: AssetClass) -> Statement:
    """Return a statement as the driver takes it that reads the tables of a day; it binds `RegisterDay.values` too."""
    tables = ", ".join(f"{name} AS ({query})" for name, query in _tables((asset_class,)))
    named = tables.replace("%", "%%").replace(":register_of", "%(register_of)s").replace(":as_of", "%(as_of)s")
    return Statement(f"WITH {named} {statement.text}", statement.constants)


@cache
def _tables(classes: tuple[AssetClass, ...]) -> tuple[tuple[str, str], ...]:
    """Return the tables of the day by name, in an order in which none reads another's instead of the register's."""
    own = ((each.code, _class_table(each)) for each in classes)
    runs = sql.SQL("SELECT {} FROM run WHERE finished_at < {}").format(_columns(table_of(Run)), _END)
    tables = (("kept_at_day", _KEPT), *own, ("asset", _core_table()), ("run", runs))
    return tuple((name, query.as_string(None)) for name, query in tables)


def _core_table() -> sql.Composed:
    """Return the core of the day: rows not written since, then those that the history tells."""
    standing = [
        sql.SQL("{} AS {}").format(
            _standing_district() if name == "district_code" else sql.Identifier("t", name), sql.Identifier(name)
        )
        for name in _CORE_NAMES
    ]
    kept = [
        _kept_district() if name == "district_code" else sql.SQL(_FROM_DOCUMENT.get(name, f"r.{name}"))
        for name in _CORE_NAMES
    ]
    return sql.SQL(
        "SELECT {standing} FROM asset t WHERE t.municipality_code = :register_of AND t.changed_at < {end}"
        " UNION ALL SELECT {kept} FROM kept_at_day k, jsonb_populate_record(NULL::asset, {document}) r"
    ).format(standing=sql.SQL(", ").join(standing), end=_END, kept=sql.SQL(", ").join(kept), document=_core_document())


def _standing_district() -> sql.Composable:
    """Return where an asset that stands (t) lay: where it lies, unless that was found anew since the day."""
    known, told = _districts("t", "SELECT 1"), _districts("t", "SELECT d.before ->> 'district_code'")
    return sql.SQL("CASE WHEN EXISTS ({}) THEN ({} ORDER BY d.at, d.entry_id LIMIT 1) ELSE t.district_code END").format(
        known, told
    )


def _kept_district() -> sql.Composable:
    told = _districts("k", "SELECT d.before")
    return sql.SQL("COALESCE(({} ORDER BY d.at, d.entry_id LIMIT 1), k.before) ->> 'district_code'").format(told)


def _districts(alias: str, select: str) -> sql.Composable:
    return sql.SQL(
        "{select} FROM audit_entry d WHERE d.municipality_code = {alias}.municipality_code"
        " AND d.asset_id = {alias}.asset_id AND d.table_name = 'asset' AND d.at >= {end}"
    ).format(select=sql.SQL(select), alias=sql.Identifier(alias), end=_END)


def _core_document() -> sql.Composable:
    """Return a document (k.before) by the columns of the core, some of which classes give names of their own."""
    renamed = [
        (one, each)
        for one in ASSET_CLASSES.values()
        for each in one.attributes
        if each.table == _CORE.name and each.column != each.name
    ]
    parts = []
    for column in sorted({each.column for _, each in renamed}):
        cases = [
            sql.SQL("WHEN {} THEN k.before -> {}").format(sql.Literal(one.number), sql.Literal(each.name))
            for one, each in renamed
            if each.column == column
        ]
        told = sql.SQL("{0}, CASE k.asset_class {1} ELSE k.before -> {0} END")
        parts.append(told.format(sql.Literal(column), sql.SQL(" ").join(cases)))
    return sql.SQL("{} || jsonb_build_object({})").format(_NO_SHAPE, sql.SQL(", ").join(parts))


def _class_table(asset_class: AssetClass) -> sql.Composed:
    """Return a class's own table of the day; what was not there yet has no row in the core's."""
    table = table_of(asset_class.model)
    own = [each for each in asset_class.attributes if each.table == table.name and each.column != each.name]
    pairs = [sql.SQL("{}, k.before -> {}").format(sql.Literal(each.column), sql.Literal(each.name)) for each in own]
    document = sql.SQL("{} || jsonb_build_object({})").format(_NO_SHAPE, sql.SQL(", ").join(pairs))
    kept = [
        sql.Identifier("k" if each.name in ("municipality_code", "asset_id") else "r", each.name)
        for each in table.columns
    ]
    return sql.SQL(
        "SELECT {columns} FROM {table} c"
        " WHERE c.municipality_code = :register_of AND NOT EXISTS (SELECT FROM kept_at_day k"
        " WHERE k.municipality_code = c.municipality_code AND k.asset_id = c.asset_id)"
        " UNION ALL SELECT {kept} FROM kept_at_day k, jsonb_populate_record(NULL::{table}, {document}) r"
        " WHERE k.asset_class = {number}"
    ).format(
        columns=_columns(table),
        table=sql.Identifier(table.name),
        kept=sql.SQL(", ").join(kept),
        document=document,
        number=sql.Literal(asset_class.number),
    )


def _columns(table: Table) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(each.name) for each in table.columns)
