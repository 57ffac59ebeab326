"""What an import changes, field by field: all counted, the first ones before and after; and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import sql

from service.queries.import_changes import record_key
from service.queries.import_staging import ADDED, CHANGED, GEOMETRY_COLUMNS, Stage, tables
from service.queries.same_key import same_key

GEOMETRY, DISTRICT = "geometry", "district_code"
AliasedColumn = tuple[str, str]
# jsonb_build_object takes 100 arguments at most.
PAIRS_PER_OBJECT = 45
# Records that a file is taken to tell all of, by these columns: a year that lacks in a forecast is missing, another
# forecast is not.
SCOPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "district": (),
        "service_area": ("service_code",),
        "condition_assessment": ("source_system",),
        "outage": ("source_system",),
        "grade_enrolment": ("service_code",),
        "population_forecast": ("scenario", "area_code"),
        "population_grid": ("grid_code",),
        "population_grid_age": ("grid_code",),
    }
)


def column_names(stage: Stage) -> dict[AliasedColumn, str]:
    """Return the filled columns, with the alias of their table, and the public names of their attributes."""
    public = {(field.table, field.column): name for name, field in stage.target.fields.items()}
    aliases = dict(zip(("t", "c"), stage.target.tables, strict=False))
    names = {each: public.get((aliases[each[0]], each[1]), each[1]) for each in stage.compared}
    return {each: name for each, name in names.items() if each[1] not in GEOMETRY_COLUMNS}


def same_record(stage: Stage) -> sql.Composable:
    """Return the condition that a staged row (s) is about a record of the register (t)."""
    return same_key(("municipality_code", *record_key(stage.target)))


def staged_records(stage: Stage) -> sql.Composable:
    """Return the staged rows (s) joined with their records of the register (t, c) as a FROM clause."""
    return sql.SQL("{} JOIN {} s ON {}").format(tables(stage.target), sql.Identifier(stage.table), same_record(stage))


def differs(columns: Iterable[AliasedColumn]) -> sql.Composable:
    """Return the condition that one of the columns differs between stage and register."""
    pairs = [
        sql.SQL("{0}.{1} IS DISTINCT FROM s.{1}").format(sql.Identifier(alias), sql.Identifier(name))
        for alias, name in columns
    ]
    return sql.SQL(" OR ").join(pairs) if pairs else sql.SQL("false")


def _attributes(stage: Stage) -> dict[str, list[AliasedColumn]]:
    """Return the columns of each attribute that the file fills; the place is one attribute."""
    found = {name: [column] for column, name in column_names(stage).items()}
    places = [each for each in stage.compared if each[1] in GEOMETRY_COLUMNS]
    return found | ({GEOMETRY: places} if places else {})


def count_differences(connection: psycopg.Connection[Any], stage: Stage) -> dict[str, int]:
    """Return how many of the changed rows differ in each attribute; attributes without differences are left out."""
    attributes = _attributes(stage)
    counts = [sql.SQL("count(*) FILTER (WHERE {})").format(differs(columns)) for columns in attributes.values()]
    statement = sql.SQL("SELECT {} FROM {} WHERE s.outcome = {}").format(
        sql.SQL(", ").join(counts), staged_records(stage), sql.Literal(CHANGED)
    )
    found = connection.execute(statement).fetchone() if counts else None
    return {name: count for name, count in zip(attributes, found or (), strict=True) if count}


def list_differences(
    connection: psycopg.Connection[Any], stage: Stage, limit: int
) -> list[tuple[int, str, dict[str, list[Any]]]]:
    """Return the first changed rows: row, key, and by attribute what it is and what it becomes.

    A shape is told by its text, cut after 200 characters.
    """
    objects = _difference_objects(stage)
    statement = sql.SQL("SELECT s.row_number, {}, {} FROM {} WHERE s.outcome = {} ORDER BY 1 LIMIT {}")
    found = connection.execute(
        statement.format(
            shown_key(stage, "s"),
            sql.SQL("jsonb_strip_nulls({})").format(sql.SQL(" || ").join(objects)),
            staged_records(stage),
            sql.Literal(CHANGED),
            sql.Literal(limit),
        )
    )
    return found.fetchall()


def _difference_objects(stage: Stage) -> list[sql.Composable]:
    pairs = [
        sql.SQL("{}, CASE WHEN {} THEN jsonb_build_array({}, {}) END").format(
            sql.Literal(name),
            differs(columns),
            _shown(columns[0][0], columns[0][1], name),
            _shown("s", columns[0][1], name),
        )
        for name, columns in _attributes(stage).items()
    ]
    chunks = [pairs[start : start + PAIRS_PER_OBJECT] for start in range(0, len(pairs), PAIRS_PER_OBJECT)]
    return [sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(chunk)) for chunk in chunks]


def _shown(alias: str, column: str, name: str) -> sql.Composable:
    value = sql.SQL("{}.{}").format(sql.Identifier(alias), sql.Identifier(column))
    return sql.SQL("left(ST_AsText({}, 3), 200)").format(value) if name == GEOMETRY else value


def shown_key(stage: Stage, alias: str) -> sql.Composable:
    """Return an expression for the key by which people know a row: the source id, or the parts of the key."""
    names = [name for name in stage.target.match if name != "source_system"]
    parts = [sql.SQL("{}.{}").format(sql.Identifier(alias), sql.Identifier(name)) for name in names]
    return sql.SQL("concat_ws('/', {})").format(sql.SQL(", ").join(parts))


def told_key(stage: Stage, alias: str) -> sql.Composable:
    """Return an expression for the key as faults name it: of a digest, what it is made of."""
    return sql.Identifier(alias, "key_text") if stage.has_key_texts else shown_key(stage, alias)


def list_added(connection: psycopg.Connection[Any], stage: Stage, limit: int) -> list[tuple[int, str]]:
    """Return row and key of the first rows that are new to the register."""
    statement = sql.SQL("SELECT row_number, {} FROM {} s WHERE outcome = {} ORDER BY 1 LIMIT {}").format(
        shown_key(stage, "s"), sql.Identifier(stage.table), sql.Literal(ADDED), sql.Literal(limit)
    )
    return connection.execute(statement).fetchall()


def count_missing(connection: psycopg.Connection[Any], stages: list[Stage], matched: int) -> int:
    """Return how many rows of the register the file could have told and does not.

    Args:
        connection: Connection of the import's transaction.
        stages: All that the file tells of one target.
        matched: Their rows, which are all in the register by now.
    """
    target = stages[0].target
    if target.is_numbered or not (target.is_asset or target.code in SCOPES):
        return 0
    statement = sql.SQL("SELECT count(*) FROM {} t WHERE {}")
    found = connection.execute(statement.format(sql.Identifier(target.tables[0]), _in_scope(stages))).fetchone()
    return max(0, (found[0] if found else 0) - matched)


def list_missing(connection: psycopg.Connection[Any], stages: list[Stage], limit: int) -> list[tuple[str, str | None]]:
    """Return key and name of the first of them."""
    named = sql.SQL("t.name") if stages[0].target.is_asset else sql.SQL("NULL::text")
    untold = [
        sql.SQL("NOT EXISTS (SELECT FROM {} s WHERE {})").format(sql.Identifier(stage.table), same_record(stage))
        for stage in stages
    ]
    statement = sql.SQL("SELECT {}, {} FROM {} t WHERE {} AND {} ORDER BY 1 LIMIT {}").format(
        shown_key(stages[0], "t"),
        named,
        sql.Identifier(stages[0].target.tables[0]),
        _in_scope(stages),
        sql.SQL(" AND ").join(untold),
        sql.Literal(limit),
    )
    return connection.execute(statement).fetchall()


def _in_scope(stages: list[Stage]) -> sql.Composable:
    """Return the condition that the file could have told a record of the register (t)."""
    target = stages[0].target
    names = ("municipality_code",) if target.is_asset else ("municipality_code", *SCOPES[target.code])
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    told = [sql.SQL("SELECT {} FROM {}").format(listed, sql.Identifier(stage.table)) for stage in stages]
    own = sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(name)) for name in names)
    scope = sql.SQL("({}) IN ({})").format(own, sql.SQL(" UNION ").join(told))
    if not target.is_asset:
        return scope
    of_source = sql.SQL(
        "{} AND t.asset_class = {}::int2 AND t.source_system = {} AND t.source_id IS NOT NULL"
        " AND t.status <> 'decommissioned'"
    )
    return of_source.format(scope, sql.Literal(target.asset_class), sql.Literal(stages[0].source_system))


def places_of(connection: psycopg.Connection[Any], stage: Stage, rows: list[int]) -> list[tuple[int, bytes]]:
    """Return the shapes of staged rows as WKB, by row of the file."""
    if "geometry" not in stage.all_columns:
        return []
    statement = sql.SQL(
        "SELECT row_number, ST_AsBinary(geometry) FROM {} WHERE row_number = ANY(%s) AND geometry IS NOT NULL"
    )
    return connection.execute(statement.format(sql.Identifier(stage.table)), (rows,)).fetchall()
