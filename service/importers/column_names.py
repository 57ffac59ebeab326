"""The columns that a profile reads, under the names that this file gives them; what is missing, with what is alike."""

from __future__ import annotations

import difflib

from service.importers.profile import Profile
from service.importers.source_table import SourceTable, UnreadableSourceError
from service.operations.import_report import ImportFault, Severity

TOLD_COLUMNS = 60


def with_known_names(table: SourceTable, profile: Profile) -> SourceTable:
    """Return the table with the profile's column names where the file has one of the others that the profile lists.

    Raises:
        UnreadableSourceError: A column that the profile reads is not in the file under any of its names.
    """
    needed = profile.source_columns | _of_geometry(table, profile)
    found = {name: _found(name, table, profile) for name in needed - set(table.columns)}
    absent = sorted(name for name, other in found.items() if other is None)
    if absent:
        raise UnreadableSourceError(*(_column_missing(name, table) for name in absent))
    return table.with_columns({name: table.columns[other] for name, other in found.items() if other is not None})


def _of_geometry(table: SourceTable, profile: Profile) -> set[str]:
    has_own = profile.format == "any" and table.geometry is not None
    return set() if has_own else set(profile.geometry.columns)


def _found(name: str, table: SourceTable, profile: Profile) -> str | None:
    return next((other for other in profile.column_names.get(name, ()) if other in table.columns), None)


def _column_missing(name: str, table: SourceTable) -> ImportFault:
    told = list(table.columns)
    alike = difflib.get_close_matches(name, told, 1)
    hint = f" Is it {alike[0]}?" if alike else ""
    detail = f"The file has no column {name}; it has: {', '.join(told[:TOLD_COLUMNS])}.{hint}"
    return ImportFault(None, name, None, "column_missing", Severity.ERROR, detail)


def unused_columns(table: SourceTable, profile: Profile) -> list[str]:
    """Return the file's columns from which the profile reads nothing, under none of the names that it lists."""
    needed = profile.source_columns | set(profile.geometry.columns)
    known = needed.union(*(profile.column_names.get(name, ()) for name in needed))
    return [name for name in table.columns if name not in known]
