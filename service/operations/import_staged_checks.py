"""What only the whole file and the register can tell of staged rows: repeats, other classes, unknown assets, places."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import psycopg

from service.operations.import_report import ImportFault, ImportReport, Severity
from service.queries.import_differences import places_of
from service.queries.import_matching import (
    RowAndValue,
    drop_staged,
    repeated_rows,
    resolve_assets,
    rows_of_another_class,
    rows_outside_municipality,
)
from service.queries.import_places import is_new_source, rewrite_with_districts
from service.queries.import_staging import Stage

POPULATION_GRID, MUNICIPALITY = "population_grid", "municipality"
KEY = "key"


def check_staged(connection: psycopg.Connection[Any], stage: Stage, report: ImportReport) -> int:
    """Check what only the whole file and the register can tell; return how many faulty rows left the stage.

    Args:
        connection: The import's own, within its transaction.
        stage: The rows, before they are matched; their assets and districts are found on the way.
        report: Takes the faults.
    """
    repeats = _drop_repeats(connection, stage, report)
    broken: set[int] = set()
    if stage.target.is_asset:
        found = rows_of_another_class(connection, stage)
        broken |= _tell(
            connection, stage, report, found, "class", "This id is in the register as a {value}.", Severity.ERROR
        )
    if stage.names_assets:
        severity = Severity.ERROR if stage.asset_required else Severity.WARNING
        detail = "The asset {value} is not in the register."
        unknown = _tell(connection, stage, report, resolve_assets(connection, stage), "asset_missing", detail, severity)
        broken |= unknown if stage.asset_required else set()
    if stage.has_geometry:
        _check_places(connection, stage, report)
    return repeats + (drop_staged(connection, stage, sorted(broken)) if broken else 0)


def _drop_repeats(connection: psycopg.Connection[Any], stage: Stage, report: ImportReport) -> int:
    """Take out rows whose key stands in the file before; return how many of them contradict the first."""
    found = repeated_rows(connection, stage)
    first = {row: str(of) for row, of, _, _ in found}
    same = [(row, key) for row, _, key, differs in found if not differs]
    other = [(row, key) for row, _, key, differs in found if differs]
    detail = "The row stands in the file before, as row {first} ({value}), with the same content; it counts once."
    _tell(connection, stage, report, same, "repeated_row", detail, Severity.WARNING, KEY, first)
    detail = "The key ({value}) stands in the file before, in row {first}, with other content."
    contradicting = _tell(connection, stage, report, other, "duplicate_key", detail, Severity.ERROR, KEY, first)
    if found:
        drop_staged(connection, stage, sorted(first))
    return len(contradicting)


def _check_places(connection: psycopg.Connection[Any], stage: Stage, report: ImportReport) -> None:
    if stage.target.is_asset and is_new_source(connection, stage):
        rewrite_with_districts(connection, stage)
    if stage.target.code not in {POPULATION_GRID, MUNICIPALITY}:
        outside = rows_outside_municipality(connection, stage)
        _tell(
            connection,
            stage,
            report,
            outside,
            "outside_municipality",
            "The place is outside municipality {value}.",
            Severity.WARNING,
        )


def _tell(
    connection: psycopg.Connection[Any],
    stage: Stage,
    report: ImportReport,
    rows: list[RowAndValue],
    rule: str,
    detail: str,
    severity: Severity,
    column: str | None = None,
    first: Mapping[int, str] = MappingProxyType({}),
) -> set[int]:
    """Add a fault per row, with its value and, where it repeats one, that row; return the rows."""
    shapes = dict(places_of(connection, stage, [row for row, _ in rows])) if rows else {}
    report.add(
        ImportFault(row, column, value, rule, severity, _worded(detail, value, first.get(row, "")), shapes.get(row))
        for row, value in rows
    )
    return {row for row, _ in rows}


def _worded(detail: str, value: object, first: str) -> str:
    return detail.replace("{first}", first).replace("{value}", str(value))
