"""Checks of an import against the register: conflicts with edits, duplicates, plausibility, gaps; what it changes."""

from __future__ import annotations

from typing import Any

import psycopg

from service.operations.import_report import FieldChange, ImportFault, ImportReport, Severity, TargetCounts
from service.queries.import_conflicts import Conflict, find_conflicts, keep_edits, match_kept, stage_edits
from service.queries.import_differences import (
    count_differences,
    count_missing,
    list_added,
    list_differences,
    list_missing,
    places_of,
)
from service.queries.import_duplicates import (
    BUILDING_ID,
    same_building_id,
    same_place_in_file,
    same_place_in_register,
)
from service.queries.import_plausibility import jumping_values, typical_values
from service.queries.import_staging import Stage
from service.queries.import_topology import LINES_LIMIT, count_new_lines, gaps, isolated_lines, stage_free_ends

KEEP, OVERWRITE = "keep", "overwrite"
ON_CONFLICT = (KEEP, OVERWRITE)
LISTED_ROWS = 500
GEOMETRY, NAME = "geometry", "name"
_EDITED = "{attribute} was set to {kept} by hand on {on}, after the last import: the file's value "
_CONFLICT_DETAILS = {KEEP: _EDITED + "was not taken.", OVERWRITE: _EDITED + "replaced it."}


def settle_conflicts(connection: psycopg.Connection[Any], stage: Stage, on_conflict: str, report: ImportReport) -> bool:
    """Tell where the file would overwrite what people set since the last import; keep that unless told otherwise.

    The other attributes of such a row are taken. A file with the register's own numbers is the register's own export
    and knows its edits. Returns whether rows may have become unchanged.
    """
    if not stage.target.is_asset or stage.target.is_numbered:
        return False
    found: list[Conflict] = []
    for attribute in stage_edits(connection, stage):
        conflicts = find_conflicts(connection, stage, attribute)
        if conflicts and on_conflict == KEEP:
            keep_edits(connection, stage, attribute)
        found += conflicts
    if not found:
        return False
    report.add(_conflict_fault(each, on_conflict) for each in found)
    report.conflicts += len(found)
    match_kept(connection, stage)
    return True


def _conflict_fault(conflict: Conflict, on_conflict: str) -> ImportFault:
    detail = _CONFLICT_DETAILS[on_conflict].format(
        attribute=conflict.attribute,
        kept=conflict.kept if conflict.kept is not None else "nothing",
        on=f"{conflict.edited_at:%Y-%m-%d}",
    )
    return ImportFault(conflict.row, conflict.attribute, conflict.value, "edited_since", Severity.WARNING, detail)


def tell_differences(
    connection: psycopg.Connection[Any], stage: Stage, counts: TargetCounts, report: ImportReport
) -> None:
    """Complete the counts by attribute, and list the first rows that are new or changed."""
    code = stage.target.code
    if counts.changed:
        for name, count in count_differences(connection, stage).items():
            counts.changed_fields[name] = counts.changed_fields.get(name, 0) + count
        for row, key, fields in list_differences(connection, stage, LISTED_ROWS):
            report.changes += [FieldChange(code, row, key, name, *pair) for name, pair in fields.items()]
    if counts.added:
        report.added_rows += [(code, row, key) for row, key in list_added(connection, stage, LISTED_ROWS)]


def tell_missing(connection: psycopg.Connection[Any], stages: list[Stage], report: ImportReport) -> None:
    """Count and list what the register holds of the file's kind and the file does not; it stays as it is.

    Asked when the file's rows are written.
    """
    for code in dict.fromkeys(stage.target.code for stage in stages):
        own = [stage for stage in stages if stage.target.code == code]
        counts = report.targets[code]
        told = counts.added + counts.changed + counts.unchanged
        counts.missing = count_missing(connection, own, told)
        if counts.missing:
            report.missing_rows += [(code, key, name) for key, name in list_missing(connection, own, LISTED_ROWS)]


def check_matched(
    connection: psycopg.Connection[Any], stage: Stage, counts: TargetCounts, report: ImportReport
) -> None:
    """Check what is new or changed for plausibility and duplicates, before it is written."""
    if counts.changed:
        _check_jumps(connection, stage, report)
    if counts.added or counts.changed:
        _check_units(connection, stage, report)
    if stage.target.is_asset and counts.added and GEOMETRY in stage.all_columns:
        _check_places(connection, stage, report)
    if BUILDING_ID in stage.all_columns and (counts.added or counts.changed):
        _check_building_ids(connection, stage, report)


def _check_jumps(connection: psycopg.Connection[Any], stage: Stage, report: ImportReport) -> None:
    detail = "{name} jumps from {stored} to {told}."
    report.add(
        ImportFault(row, name, told, "value_jump", Severity.WARNING, detail.format(name=name, stored=stored, told=told))
        for row, name, stored, told in jumping_values(connection, stage)
    )


def _check_units(connection: psycopg.Connection[Any], stage: Stage, report: ImportReport) -> None:
    for name, told, stored in typical_values(connection, stage):
        detail = (
            f"{name} is typically {told:g} in the file and {stored:g} in the register, about a thousand times off:"
            " is it in another unit?"
        )
        report.add([ImportFault(None, name, f"{told:g}", "unit_suspected", Severity.WARNING, detail)])


def _check_places(connection: psycopg.Connection[Any], stage: Stage, report: ImportReport) -> None:
    found = [
        *((row, key, f"Row {first} ({key})") for row, first, key in same_place_in_file(connection, stage)),
        *((row, key, f"The register's {key}") for row, key in same_place_in_register(connection, stage)),
    ]
    shapes = dict(places_of(connection, stage, [row for row, _, _ in found])) if found else {}
    report.add(
        ImportFault(
            row,
            GEOMETRY,
            key,
            "same_place",
            Severity.WARNING,
            f"{other} has the same place and name under another key.",
            shapes.get(row),
        )
        for row, key, other in found
    )


def _check_building_ids(connection: psycopg.Connection[Any], stage: Stage, report: ImportReport) -> None:
    report.add(
        ImportFault(
            row, BUILDING_ID, value, "same_identifier", Severity.WARNING, f"{other} has the building id {value} too."
        )
        for row, value, other in same_building_id(connection, stage)
    )


def check_topology(connection: psycopg.Connection[Any], stage: Stage, report: ImportReport) -> None:
    """Tell the ends of new lines that stop short of their network and the lines that meet none, once all is written."""
    lines = count_new_lines(connection, stage)
    if not lines:
        return
    if lines > LINES_LIMIT:
        detail = f"Gaps were not looked for: {lines} new lines are more than {LINES_LIMIT}."
        report.add([ImportFault(None, GEOMETRY, None, "topology_unchecked", Severity.WARNING, detail)])
        return
    stage_free_ends(connection, stage)
    report.add(
        ImportFault(
            row,
            GEOMETRY,
            f"{distance:g} m",
            "gap",
            Severity.WARNING,
            f"The line ends {distance:g} m from another part of the network without meeting it.",
            end,
        )
        for row, distance, end in gaps(connection)
    )
    detail = "The line meets no other part of its network."
    report.add(
        ImportFault(row, GEOMETRY, None, "isolated", Severity.WARNING, detail, point)
        for row, point in isolated_lines(connection, stage)
    )
