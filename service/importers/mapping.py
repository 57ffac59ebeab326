"""A file's rows as rows of the register: filters, municipality and place once, then target by target."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from service.importers.fault_log import FaultLog
from service.importers.geometry_mapping import place
from service.importers.municipalities import municipality_column
from service.importers.profile import Profile
from service.importers.row_groups import filled, kept_rows
from service.importers.source_table import SourceTable, UnreadableSourceError
from service.importers.target_mapping import FAULTY, MUNICIPALITY, Surroundings, map_target
from service.operations.import_report import ImportFault, Severity
from service.queries.import_rows import ImportRows


@dataclass(frozen=True)
class Mapped:
    """Rows for every target of a profile, in its order.

    Attributes:
        rows: Good rows per target.
        faulty: Rows kept out per target.
        skipped: Rows that the profile's filters or another municipality left out.
    """

    rows: list[ImportRows]
    faulty: list[int]
    skipped: int


def map_table(table: SourceTable, profile: Profile, around: Surroundings, log: FaultLog) -> Mapped:
    """Return the rows for every target of the profile; every fault goes to the log.

    Raises:
        UnreadableSourceError: Columns that the profile needs are not in the file, or its place on earth is unknown.
    """
    _check_columns(table, profile)
    table = filled(table, profile.fill) if profile.fill else table
    kept = kept_rows(table, profile.where)
    chosen = _with_municipality(table.take(kept), profile, around, log)
    placed = _with_geometry(chosen, profile, log)
    results = [map_target(placed, profile, target, around, log) for target in profile.targets]
    return Mapped([rows for rows, _ in results], [faulty for _, faulty in results], len(table) - len(placed))


def _with_municipality(table: SourceTable, profile: Profile, around: Surroundings, log: FaultLog) -> SourceTable:
    codes, unknown, other = municipality_column(
        table, profile.municipality, around.municipality_code, around.codes.municipalities, log
    )
    return table.with_columns({MUNICIPALITY: codes, FAULTY: unknown}).take(~other)


def _with_geometry(table: SourceTable, profile: Profile, log: FaultLog) -> SourceTable:
    placed = place(table, profile.geometry, log) if profile.takes_geometry else None
    if placed is None:
        return dataclasses.replace(table, geometry=None)
    faulty = {FAULTY: table.columns[FAULTY] | placed.broken}
    return dataclasses.replace(table, geometry=placed.shapes).with_columns(faulty)


def _check_columns(table: SourceTable, profile: Profile) -> None:
    absent = sorted(profile.source_columns - set(table.columns))
    if absent:
        told = ", ".join(list(table.columns)[:60])
        raise UnreadableSourceError(*(_column_missing(name, told) for name in absent))


def _column_missing(name: str, told: str) -> ImportFault:
    detail = f"The file has no column {name}; it has: {told}."
    return ImportFault(None, name, None, "column_missing", Severity.ERROR, detail)
