"""A file's rows as rows of the register: filters, municipality and place once, then target by target."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from service.importers.column_names import with_known_names
from service.importers.fault_log import FaultLog
from service.importers.geometry_mapping import place
from service.importers.municipalities import municipality_column
from service.importers.profile import GeometrySource, Profile, TargetMapping
from service.importers.row_groups import filled, kept_rows, numbered
from service.importers.source_table import Flags, SourceTable, as_text
from service.importers.target_mapping import FAULTY, MUNICIPALITY, Surroundings, map_target
from service.operations.import_report import ImportFault, Severity
from service.queries.import_rows import ImportRows
from service.queries.import_targets import TARGETS

TOLD_VALUES = 20


@dataclass(frozen=True)
class Mapped:
    """Rows for every target of a profile, in its order.

    Attributes:
        rows: Good rows per target.
        faulty: Rows kept out per target.
        skipped: Rows that the profile's filters, those of all its classes, or another municipality left out.
    """

    rows: list[ImportRows]
    faulty: list[int]
    skipped: int


def map_table(table: SourceTable, profile: Profile, around: Surroundings, log: FaultLog) -> Mapped:
    """Return the rows for every target of the profile; every fault goes to the log.

    Raises:
        UnreadableSourceError: Columns that the profile needs are not in the file, or its place on earth is unknown.
    """
    table = with_known_names(table, profile)
    table = filled(table, profile.fill) if profile.fill else table
    table = numbered(table, profile.number_within) if profile.number_within else table
    kept = kept_rows(table, profile.where)
    chosen = _with_municipality(table.take(kept), profile, around, log)
    placed = _with_geometry(chosen, profile, around, log)
    results = [map_target(placed, profile, target, around, log) for target in profile.targets]
    skipped = len(table) - len(placed) + _of_no_class(placed, profile, log)
    return Mapped([rows for rows, _ in results], [faulty for _, faulty in results], skipped)


def _of_no_class(table: SourceTable, profile: Profile, log: FaultLog) -> int:
    """Return how many rows no asset class of the profile takes; where there are some, their values are warned of."""
    classes = [mapping for mapping in profile.targets if TARGETS[mapping.target].is_asset]
    if not classes or not all(mapping.where for mapping in classes):
        return 0
    left = ~np.logical_or.reduce([kept_rows(table, mapping.where) for mapping in classes])
    if left.any():
        log.add(_left_over(table, classes, left))
    return int(left.sum())


def _left_over(table: SourceTable, classes: list[TargetMapping], left: Flags) -> ImportFault:
    column = classes[0].where[0].column
    values = sorted({text or "(none)" for text in as_text(table.columns[column])[left].tolist()})
    more = f" and {len(values) - TOLD_VALUES} more" if len(values) > TOLD_VALUES else ""
    detail = f"No class of the profile takes the rows with {column}: {', '.join(values[:TOLD_VALUES])}{more}."
    return ImportFault(None, column, None, "no_class", Severity.WARNING, detail)


def _with_municipality(table: SourceTable, profile: Profile, around: Surroundings, log: FaultLog) -> SourceTable:
    codes, unknown, other = municipality_column(
        table, profile.municipality, around.municipality_code, around.codes.municipalities, log
    )
    return table.with_columns({MUNICIPALITY: codes, FAULTY: unknown}).take(~other)


def _with_geometry(table: SourceTable, profile: Profile, around: Surroundings, log: FaultLog) -> SourceTable:
    source = _geometry_source(table, profile)
    placed = None
    if profile.takes_geometry:
        placed = place(table, source, around.crs_choice, log, around.geometry_repair, profile.unknown)
    if placed is None:
        return dataclasses.replace(table, geometry=None)
    faulty = {FAULTY: table.columns[FAULTY] | placed.broken}
    return dataclasses.replace(table, geometry=placed.shapes).with_columns(faulty)


def _geometry_source(table: SourceTable, profile: Profile) -> GeometrySource:
    """Return where geometry comes from: columns only where a profile for any format meets a file without geometry."""
    if profile.format != "any" or table.geometry is None:
        return profile.geometry
    crs = None if table.crs else profile.geometry.crs
    given = profile.geometry
    return GeometrySource(crs=crs, unknown_points=given.unknown_points, required=given.required)
