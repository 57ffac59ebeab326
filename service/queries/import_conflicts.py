"""Values that a person set after the source's last import, and that a file would overwrite."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from service.queries.import_differences import column_names, differs, same_record, staged_records
from service.queries.import_staging import CHANGED, GEOMETRY_COLUMNS, PLACE_COLUMNS, UNCHANGED, Stage, tables

EDITS = "import_edit"
GEOMETRY = "geometry"

# Of each attribute, the last change counts. An import that was undone, and its undoing, count as if they had not been.
_EDITED = """
CREATE TEMPORARY TABLE import_edit ON COMMIT DROP AS
WITH edited AS MATERIALIZED (
    SELECT DISTINCT v.municipality_code, v.asset_id FROM {stage} s JOIN asset_version v
    ON v.municipality_code = s.municipality_code AND v.asset_id = s.asset_id
    WHERE s.outcome = {changed} AND v.batch_id IS NULL AND v.before IS NOT NULL AND v.operation <> 'undo'
), last AS (
    SELECT DISTINCT ON (v.municipality_code, v.asset_id, k.name)
           v.municipality_code, v.asset_id, k.name, v.batch_id, v.changed_by, v.changed_at
    FROM edited e JOIN asset_version v ON v.municipality_code = e.municipality_code AND v.asset_id = e.asset_id
    CROSS JOIN LATERAL jsonb_object_keys(v.after) k (name)
    WHERE v.before IS NOT NULL AND v.operation <> 'undo' AND v.before -> k.name IS DISTINCT FROM v.after -> k.name
      AND NOT EXISTS (SELECT FROM asset_version u WHERE u.municipality_code = v.municipality_code
                      AND u.asset_id = v.asset_id AND u.row_version = v.row_version + 1 AND u.operation = 'undo')
    ORDER BY v.municipality_code, v.asset_id, k.name, v.row_version DESC
)
SELECT municipality_code, asset_id, name, changed_by, changed_at FROM last WHERE batch_id IS NULL
"""


@dataclass(frozen=True)
class Conflict:
    """A value of the file that differs from what a person set since.

    Attributes:
        row: Row of the file.
        attribute: Public name, `geometry` for the place.
        value: The file's value.
        kept: The register's value.
        edited_by: Who set it.
        edited_at: When.
    """

    row: int
    attribute: str
    value: str | None
    kept: str | None
    edited_by: str
    edited_at: dt.datetime


def stage_edits(connection: psycopg.Connection[Any], stage: Stage) -> list[str]:
    """List the edits of people that are the last word on an attribute; return the attributes that have any."""
    connection.execute("DROP TABLE IF EXISTS import_edit")
    statement = sql.SQL(_EDITED).format(stage=sql.Identifier(stage.table), changed=sql.Literal(CHANGED))
    if not connection.execute(statement).rowcount:
        return []
    return [row[0] for row in connection.execute("SELECT DISTINCT name FROM import_edit ORDER BY 1")]


def find_conflicts(connection: psycopg.Connection[Any], stage: Stage, attribute: str) -> list[Conflict]:
    """Return where the file would overwrite an attribute that a person has set."""
    columns = _columns(stage, attribute)
    if not columns:
        return []
    alias, name = columns[0]
    shown = "left(ST_AsText({}, 3), 200)" if attribute == GEOMETRY else "{}::text"
    of_file = sql.SQL(shown).format(sql.SQL("s.{}").format(sql.Identifier(name)))
    of_register = sql.SQL(shown).format(sql.SQL("{}.{}").format(sql.Identifier(alias), sql.Identifier(name)))
    statement = sql.SQL(
        "SELECT s.row_number, {attribute}, {of_file}, {of_register}, e.changed_by, e.changed_at"
        " FROM {records} JOIN import_edit e ON e.municipality_code = t.municipality_code AND e.asset_id = t.asset_id"
        " WHERE s.outcome = {changed} AND e.name = {attribute} AND ({differs}) ORDER BY 1"
    ).format(
        attribute=sql.Literal(attribute),
        of_file=of_file,
        of_register=of_register,
        records=staged_records(stage),
        changed=sql.Literal(CHANGED),
        differs=differs(columns),
    )
    return [Conflict(*row) for row in connection.execute(statement)]


def keep_edits(connection: psycopg.Connection[Any], stage: Stage, attribute: str) -> None:
    """Let the register's value of an attribute stand in the stage wherever a person has set it."""
    names = PLACE_COLUMNS if attribute == GEOMETRY else ()
    columns = [each for each in stage.compared if each[1] in names] if names else _columns(stage, attribute)
    sets = [sql.SQL("{0} = {1}.{0}").format(sql.Identifier(name), sql.Identifier(alias)) for alias, name in columns]
    statement = sql.SQL(
        "UPDATE {stage} s SET {sets} FROM {tables}, import_edit e WHERE {same} AND s.outcome = {changed}"
        " AND e.municipality_code = t.municipality_code AND e.asset_id = t.asset_id AND e.name = {attribute}"
    ).format(
        stage=sql.Identifier(stage.table),
        sets=sql.SQL(", ").join(sets),
        tables=tables(stage.target),
        same=same_record(stage),
        changed=sql.Literal(CHANGED),
        attribute=sql.Literal(attribute),
    )
    connection.execute(statement)


def match_kept(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """Mark rows that no longer differ from the register as unchanged."""
    statement = sql.SQL(
        "UPDATE {stage} s SET outcome = {unchanged} FROM {tables} WHERE {same} AND s.outcome = {changed}"
        " AND EXISTS (SELECT FROM import_edit e WHERE e.municipality_code = s.municipality_code"
        " AND e.asset_id = s.asset_id) AND NOT ({differs})"
    ).format(
        stage=sql.Identifier(stage.table),
        unchanged=sql.Literal(UNCHANGED),
        tables=tables(stage.target),
        same=same_record(stage),
        changed=sql.Literal(CHANGED),
        differs=differs(stage.compared),
    )
    connection.execute(statement)


def _columns(stage: Stage, attribute: str) -> list[tuple[str, str]]:
    """Return the filled columns of an attribute, with the alias of their table."""
    if attribute == GEOMETRY:
        return [each for each in stage.compared if each[1] in GEOMETRY_COLUMNS]
    return [(alias, name) for (alias, name), public in column_names(stage).items() if public == attribute]
