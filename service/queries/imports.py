"""What an import asks of the register before it starts, and the record it leaves behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text
from sqlalchemy.engine import RowMapping

from models.import_batch import ImportBatch
from service.queries.audit_writes import note_insert, noted
from service.queries.import_staging import ADDED, CHANGED, UNCHANGED, Stage
from service.queries.tables import table_of

_BATCH = table_of(ImportBatch)
ScalePoints = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Batch:
    """What is kept of an import.

    Attributes:
        profile: Name of the mapping profile.
        file_name: Name of the file.
        file_sha256: Its digest, so that the same file is known again.
        imported_by: Who imported it.
        imported_at: When.
        municipality_code: The municipality that the caller named, if any: it gets a row although nothing was written.
        faulty: Rows kept out.
        report: The check report.
    """

    profile: str
    file_name: str
    file_sha256: str
    imported_by: str
    imported_at: dt.datetime
    municipality_code: str | None
    faulty: int
    report: dict[str, Any]


@dataclass(frozen=True)
class KeptBatch:
    """What is asked of an import before it is undone: rows added and changed, and whether it was undone before."""

    written: int
    undone_at: dt.datetime | None
    undone_by: str | None


def load_municipality_codes(connection: Connection) -> Mapping[str, str]:
    """Return municipality codes by code and by name in Finnish and Swedish, casefolded.

    Where a name was that of an abolished municipality too, today's keeps it.
    """
    rows = connection.execute(
        text("SELECT municipality_code, name_fi, name_sv FROM municipality ORDER BY abolished_year NULLS LAST")
    ).all()
    names = {name.casefold(): row.municipality_code for row in rows for name in (row.name_fi, row.name_sv)}
    return names | {row.municipality_code: row.municipality_code for row in rows}


def load_scale_points(connection: Connection) -> ScalePoints:
    """Return the condition index of every point of every condition scale."""
    points: ScalePoints = {}
    rows = connection.execute(text("SELECT scale_code, value_given, condition_index FROM condition_scale_value")).all()
    for row in rows:
        points.setdefault(row.scale_code, {})[row.value_given] = row.condition_index
    return points


def load_service_units(connection: Connection) -> dict[str, str]:
    """Return the services that capacities and use can belong to, each with the unit of its capacity."""
    return {row[0]: row[1] for row in connection.execute(text("SELECT service_code, capacity_unit FROM service"))}


def load_caretaker_places(connection: Connection) -> list[RowMapping]:
    """Return all values of the places that a caretaker can fill, with their validity."""
    query = text(
        "SELECT name, municipality_code, key, value, valid_from, valid_to FROM parameter_value"
        " WHERE name = 'places_per_caretaker' ORDER BY parameter_value_id"
    )
    return list(connection.execute(query).mappings())


def count_outcomes(connection: psycopg.Connection[Any], stage: Stage) -> dict[int, int]:
    """Return the number of staged rows by outcome (unchanged, added, changed)."""
    statement = sql.SQL("SELECT outcome, count(*) FROM {} GROUP BY outcome").format(sql.Identifier(stage.table))
    found = dict(connection.execute(statement).fetchall())
    return {outcome: found.get(outcome, 0) for outcome in (UNCHANGED, ADDED, CHANGED)}


def draw_batch_id(connection: psycopg.Connection[Any]) -> int:
    """Draw the number of an import, which the changes that it makes are kept under."""
    drawn = connection.execute("SELECT nextval('import_batch_id_seq')").fetchone()
    return int(drawn[0]) if drawn else 0


def store_batch(connection: psycopg.Connection[Any], stages: list[Stage], batch_id: int, batch: Batch) -> None:
    """Write one row per municipality of the import, all with its number."""
    counted = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT municipality_code, outcome FROM {}").format(sql.Identifier(stage.table)) for stage in stages
    )
    statement = sql.SQL(
        "INSERT INTO import_batch (municipality_code, batch_id, profile, file_name, file_sha256, imported_at,"
        " imported_by, added, changed, unchanged, faulty, report)"
        " SELECT municipality_code, %s, %s, %s, %s, %s, %s, count(*) FILTER (WHERE outcome = {added}),"
        " count(*) FILTER (WHERE outcome = {changed}), count(*) FILTER (WHERE outcome = {unchanged}), %s, %s"
        " FROM ({counted} UNION ALL SELECT %s, NULL) c WHERE municipality_code IS NOT NULL GROUP BY municipality_code"
        " RETURNING municipality_code"
    ).format(added=sql.Literal(ADDED), changed=sql.Literal(CHANGED), unchanged=sql.Literal(UNCHANGED), counted=counted)
    of_batch = (batch.profile, batch.file_name, batch.file_sha256, batch.imported_at, batch.imported_by)
    values = (batch_id, *of_batch, batch.faulty, Jsonb(batch.report), batch.municipality_code)
    written = connection.execute(statement, values).fetchall()
    keys = [{"municipality_code": code, "batch_id": batch_id} for (code,) in written]
    note_insert(connection, _BATCH, *keys, batch_id=batch_id)


def lock_batch(connection: psycopg.Connection[Any], municipality_code: str, batch_id: int) -> KeptBatch | None:
    """Return an import of a municipality, or None; nobody else can undo it until the transaction ends."""
    query = (
        "SELECT added + changed, undone_at, undone_by FROM import_batch"
        " WHERE municipality_code = %s AND batch_id = %s FOR UPDATE"
    )
    found = connection.execute(query, (municipality_code, batch_id)).fetchone()
    return None if found is None else KeptBatch(*found)


def store_undo(
    connection: psycopg.Connection[Any],
    municipality_code: str,
    batch_id: int,
    undone_at: dt.datetime,
    undone_by: str,
    report: Mapping[str, Any],
) -> None:
    """Note that an import was undone, by whom, and what was left."""
    key = {"municipality_code": municipality_code, "batch_id": batch_id}
    with noted(connection, _BATCH, key, batch_id=batch_id):
        connection.execute(
            "UPDATE import_batch SET undone_at = %s, undone_by = %s, undo_report = %s"
            " WHERE municipality_code = %s AND batch_id = %s",
            (undone_at, undone_by, Jsonb(report), municipality_code, batch_id),
        )
