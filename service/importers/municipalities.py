"""Which municipality a row belongs to: told by the caller, or by a column in one of four spellings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

from service.importers.fault_log import FaultLog
from service.importers.profile import MunicipalitySource
from service.importers.source_table import Flags, SourceTable, Values, as_text, missing, object_column

NAME_SEPARATOR = " - "
CODE = re.compile(r"^\d{3}$")


def municipality_column(
    table: SourceTable, source: MunicipalitySource | None, told: str | None, names: Mapping[str, str], log: FaultLog
) -> tuple[Values, Flags, Flags]:
    """Return each row's municipality code, the rows that name none that is known, and the rows of others than told.

    Args:
        table: The rows.
        source: Where the file names it, None when the caller tells it.
        told: The code that the caller names; rows of other municipalities are skipped.
        names: Codes by name in Finnish and Swedish, and by code.
        log: Takes the faults.
    """
    if source is None:
        none = np.zeros(len(table), dtype=bool)
        return object_column([told] * len(table)), none, none
    text = as_text(table.columns[source.column])
    codes = _codes(text, source, names)
    unknown = log.error_rows(
        missing(codes),
        table.row_numbers,
        "municipality",
        "{value} is not a municipality.",
        column=source.column,
        values=text,
    )
    other = np.zeros(len(table), dtype=bool) if told is None else (codes != told) & ~unknown
    return codes, unknown, other


def _codes(text: Values, source: MunicipalitySource, names: Mapping[str, str]) -> Values:
    spell = SPELLINGS[source.style]
    found: dict[str | None, str | None] = {None: None}
    for value in set(text.tolist()) - {None}:
        code = source.codes.get(value) or spell(value, names)
        found[value] = code if code in names else None
    return object_column([found[value] for value in text.tolist()])


def _by_number(value: str, _names: Mapping[str, str]) -> str | None:
    return value.zfill(3) if value.isdigit() else None


def _by_code(value: str, _names: Mapping[str, str]) -> str | None:
    return value if CODE.match(value) else None


def _by_ku(value: str, _names: Mapping[str, str]) -> str | None:
    return value.removeprefix("KU") if value.startswith("KU") else None


def _by_name(value: str, names: Mapping[str, str]) -> str | None:
    """Return the code by a name in one language, or in both as Statistics Finland writes some: `Parainen - Pargas`."""
    found = {names.get(part.casefold()) for part in value.split(NAME_SEPARATOR)}
    return names.get(value.casefold()) or (found.pop() if len(found) == 1 else None)


SPELLINGS: dict[str, Callable[[str, Mapping[str, str]], str | None]] = {
    "number": _by_number,
    "code": _by_code,
    "ku": _by_ku,
    "name": _by_name,
}
