"""Checks of one converted column against its field: required, range, whole numbers, code list, pattern, future."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.asset import AssetStatus
from models.identifiers import building_id_fault
from service.importers.conversions import Converted
from service.importers.fault_log import FaultLog
from service.importers.profile import ValueMapping
from service.importers.source_table import Flags, Values, as_text, missing
from service.queries.import_targets import TargetField

IDENTIFIER_FAULTS: Mapping[str, Callable[[str], str | None]] = {"permanent_building_id": building_id_fault}
YEARS_OF_THE_PAST = ("built_year", "renewed_year")
DAYS_AHEAD = {"valid_from", "valid_to"}


@dataclass(frozen=True)
class ColumnCheck:
    """What the checks of one column need.

    Attributes:
        field: The register's field.
        source_column: Name to show.
        rows: Row numbers in the file.
        today: The day that future dates are measured from.
        mapping: How the profile fills it.
    """

    field: TargetField
    source_column: str
    rows: NDArray[np.int64]
    today: dt.date
    mapping: ValueMapping


def check_column(converted: Converted, check: ColumnCheck, log: FaultLog) -> Flags:
    """Return the rows that are faulty in this column; every fault goes to the log."""
    values, field = converted.values, check.field
    bad = converted.broken.copy()
    detail = f"Not a {field.kind}: {{value}}." if converted.rule == "type" else "Not in the code list: {value}."
    _log(log, converted, check, converted.broken, converted.rule, detail)
    if check.mapping.required or not field.nullable:
        bad |= _log(log, converted, check, missing(values) & ~bad, "required", f"{field.name} has no value.")
    for rule, flags, text in _breaches(values, field, check):
        bad |= _log(log, converted, check, flags & ~bad, rule, text)
    return bad


def _log(log: FaultLog, converted: Converted, check: ColumnCheck, flags: Flags, rule: str, detail: str) -> Flags:
    if not flags.any():
        return flags
    return log.error_rows(flags, check.rows, rule, detail, column=check.source_column, values=converted.source)


def _breaches(values: Values, field: TargetField, check: ColumnCheck) -> list[tuple[str, Flags, str]]:
    if values.dtype.kind == "f":
        return _number_breaches(values, field)
    if values.dtype.kind == "M" and field.name not in DAYS_AHEAD:
        return [("future", ~missing(values) & (values > np.datetime64(check.today)), "A day in the future: {value}.")]
    return _text_breaches(values, field) if field.kind == "text" else []


def _number_breaches(values: Values, field: TargetField) -> list[tuple[str, Flags, str]]:
    known = ~missing(values)
    breaches: list[tuple[str, Flags, str]] = []
    if field.kind == "integer":
        breaches.append(("type", known & (values != np.floor(values)), "Not a whole number: {value}."))
    if field.ge is not None:
        breaches.append(("range", known & (values < field.ge), f"{field.name} {{value}} is less than {field.ge:g}."))
    if field.le is not None:
        breaches.append(("range", known & (values > field.le), f"{field.name} {{value}} is more than {field.le:g}."))
    return breaches


def _text_breaches(values: Values, field: TargetField) -> list[tuple[str, Flags, str]]:
    breaches: list[tuple[str, Flags, str]] = []
    if field.choices is not None:
        allowed = set(field.choices)
        breaches.append(
            ("code_list", _where(values, lambda value: value not in allowed), "Not in the code list: {value}.")
        )
    if field.pattern is not None:
        pattern = re.compile(field.pattern)
        detail = f"{{value}} is not of the form of {field.name}."
        breaches.append(("pattern", _where(values, lambda value: not pattern.fullmatch(value)), detail))
    fault_of = IDENTIFIER_FAULTS.get(field.name)
    if fault_of is not None:
        detail = f"{{value}} is not a valid {field.name}: its check character does not agree."
        breaches.append(("identifier", _where(values, lambda value: fault_of(value) is not None), detail))
    return breaches


def _where(values: Values, broken: Callable[[str], bool]) -> Flags:
    """Return where a text breaks a rule, asking once per distinct text."""
    texts = values.tolist()
    found = {value for value in set(texts) if value is not None and broken(value)}
    return np.fromiter((value in found for value in texts), dtype=bool, count=len(texts))


def future_years(
    columns: Mapping[str, Values], rows: NDArray[np.int64], today: dt.date, known_bad: Flags, log: FaultLog
) -> Flags:
    """Return the rows, beside those known to be bad, with a year of building or renewal ahead, unless planned."""
    bad = np.zeros(len(rows), dtype=bool)
    planned = columns["status"] == AssetStatus.PLANNED if "status" in columns else bad
    for name in YEARS_OF_THE_PAST:
        if name in columns:
            future = (columns[name] > today.year) & ~planned & ~known_bad
            detail = "A year in the future: {value}."
            if future.any():
                bad |= log.error_rows(future, rows, "future", detail, column=name, values=as_text(columns[name]))
    return bad
