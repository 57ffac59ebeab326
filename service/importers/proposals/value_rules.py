"""How the values of a matched column are to be read: unit, codes, dates, numbers within texts, what means unknown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.importers.proposals.column_facts import ColumnFacts
from service.importers.proposals.notes import Note, listed, note
from service.importers.proposals.value_fit import NUMBER_IN_TEXT, OLDEST_YEAR, YEAR_IN_TEXT, YEARS, newest_year
from service.importers.proposals.vocabulary import code_of_value
from service.importers.units import unit_factor
from service.queries.import_targets import TargetField

MOST_CODES = 40
MOST_SENTINELS = 5
FAR_ABOVE = 5
NINES = {99.0, 999.0, 9999.0, 99999.0, 999999.0, 9999999.0, 99999999.0, 999999999.0}
NOTHING_IS_UNKNOWN = {
    *YEARS,
    "nominal_diameter_mm",
    "gross_floor_area_m2",
    "volume_m3",
    "storeys",
    "replacement_cost_eur",
    "length_m",
    "area_m2",
    "deck_area_m2",
    "width_m",
    "depth_m",
    "height_m",
    "power_w",
}
# What a new row has where the file says nothing, for fields that cannot be empty.
DEFAULTS: dict[str, Any] = {"status": "in_use", "is_protected": False}
# A median beyond these is in another unit: the field, (least median, unit), the greatest first.
TOO_LARGE = {"depth_m": ((300, "mm"), (30, "cm")), "width_m": ((600, "mm"), (100, "cm")), "height_m": ((600, "cm"),)}
LARGEST_METRES_OF_PIPE = 3
UNKNOWN_DAYS = ("1800-01-01", "1899-12-30", "1899-12-31", "0001-01-01", "9999-12-31")


@dataclass(frozen=True)
class ValueRule:
    """A value mapping as a profile writes it, and why."""

    mapping: dict[str, Any]
    notes: tuple[Note, ...] = ()


def value_rule(target: str, field: TargetField, facts: ColumnFacts, *, is_whole: bool = True) -> ValueRule:
    """Return how a column becomes an attribute.

    Args:
        target: Asset class or record table.
        field: The attribute.
        facts: The column.
        is_whole: Whether all rows of the file were looked at.
    """
    if field.choices is not None:
        rule = _code_rule(target, field, facts, is_whole=is_whole)
    elif field.name in YEARS and facts.kind == "date":
        rule = _year_of_date(facts)
    elif field.kind in {"integer", "number"}:
        rule = _number_rule(field, facts)
    else:
        rule = _text_rule(facts)
    default = {"default": DEFAULTS[field.name]} if field.name in DEFAULTS else {}
    return ValueRule({"column": facts.name, **rule.mapping, **default}, rule.notes)


def date_rule(facts: ColumnFacts) -> ValueRule:
    """Return how a column of days, or of years, becomes a day; a year becomes its last day."""
    if facts.kind == "number":
        return ValueRule({"column": facts.name, "capture": r"^(\d{4})", "suffix": "-12-31"}, (note("year_end"),))
    rule = _date_mapping(facts)
    return ValueRule({"column": facts.name, **rule.mapping}, rule.notes)


def _code_rule(target: str, field: TargetField, facts: ColumnFacts, *, is_whole: bool) -> ValueRule:
    is_uri = facts.pattern == "url"
    values = [value.rstrip("/").rsplit("/", 1)[-1] if is_uri else value for value, _ in facts.counts.most_common()]
    understood = {value: code_of_value(target, field, value) for value in values}
    codes = understood
    if len(codes) > MOST_CODES:
        codes = {value: code for value, code in understood.items() if code is not None}
    mapping: dict[str, Any] = {**({"uri_tail": True} if is_uri else {}), "codes": codes}
    if not is_whole or len(codes) < len(understood):
        mapping["other_codes"] = "unknown"
    open_codes = [value for value, code in understood.items() if code is None]
    if not open_codes:
        return ValueRule(mapping)
    choices = ", ".join(field.choices or ())
    return ValueRule(mapping, (note("codes_open", values=listed(open_codes), choices=choices),))


def _date_mapping(facts: ColumnFacts) -> ValueRule:
    mapping: dict[str, Any] = {}
    unknown = [value for value in facts.counts if _is_unknown_day(value, facts.date_format)] + list(facts.unread)
    if unknown:
        mapping["unknown"] = unknown
    if facts.date_capture:
        mapping["capture"] = facts.date_capture
    if facts.date_format:
        mapping["date_format"] = facts.date_format
    return ValueRule(mapping, _told_unknown(unknown))


def _year_of_date(facts: ColumnFacts) -> ValueRule:
    rule = _date_mapping(facts)
    return ValueRule({**rule.mapping, "part": "year"}, (note("year_of_date"), *rule.notes))


def _is_unknown_day(value: str, date_format: str | None) -> bool:
    if not date_format:
        return value.startswith(UNKNOWN_DAYS)
    try:
        day = dt.datetime.strptime(value, date_format).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return day.isoformat() in UNKNOWN_DAYS


def _text_rule(facts: ColumnFacts) -> ValueRule:
    """Return the rule of a text; a lone 0 or -1 among words means unknown."""
    if facts.kind == "number":
        unknown = ["0"] if set(facts.counts) == {"0"} else [f"{value:.12g}" for value in sorted(_nines(facts, set()))]
    else:
        unknown = [value for value in facts.counts if re.fullmatch(r"-1|0|99+", value)]
        if any(value.isdigit() for value in facts.counts if value not in unknown):
            unknown = []
    if not unknown:
        return ValueRule({})
    return ValueRule({"unknown": unknown}, _told_unknown(unknown))


def _number_rule(field: TargetField, facts: ColumnFacts) -> ValueRule:
    mapping: dict[str, Any] = {}
    notes: list[Note] = []
    unit = _unit(field, facts, notes)
    factor = unit_factor(unit, field.unit) if unit else 1.0
    unknown = _sentinels(field, facts, factor or 1.0)
    if facts.kind == "text" or facts.unread:
        pattern = YEAR_IN_TEXT if field.name in YEARS else NUMBER_IN_TEXT
        read = [value for value in facts.unread or facts.counts if re.search(pattern, value)]
        unknown += [value for value in facts.unread or facts.counts if value not in read]
        if read:
            mapping["capture"] = pattern
            notes.append(note("number_in_text", values=listed(read, 3)))
    if unknown:
        mapping["unknown"] = unknown[:MOST_CODES]
        notes += _told_unknown(unknown)
    if unit and factor != 1.0:
        mapping["unit"] = unit
    is_year = field.name in YEARS
    if field.kind == "integer" and not is_year and (factor != 1.0 or not facts.is_whole):
        mapping["round"] = True
    return ValueRule(mapping, tuple(notes))


def _unit(field: TargetField, facts: ColumnFacts, notes: list[Note]) -> str | None:
    """Return the unit that the heading names, or that the values must be in."""
    if facts.heading.unit is not None and unit_factor(facts.heading.unit, field.unit) is not None:
        return facts.heading.unit
    positive = facts.numbers[facts.numbers > 0]
    if not len(positive):
        return None
    median = float(np.median(positive))
    unit = next((unit for least, unit in TOO_LARGE.get(field.name, ()) if median > least), None)
    if field.name == "nominal_diameter_mm" and median <= LARGEST_METRES_OF_PIPE:
        unit = "m"
    if unit is not None:
        notes.append(note("unit_by_values", unit=unit, median=f"{median:g}"))
    return unit


def _sentinels(field: TargetField, facts: ColumnFacts, factor: float) -> list[str]:
    """Return the markers among the values: outside the limits, 0 where there is none, nines far above the others.

    Any other value outside the limits is a fault of the file, which its import has to tell.
    """
    distinct = np.unique(facts.numbers)
    is_year = field.name in YEARS
    low, high = (OLDEST_YEAR, newest_year()) if is_year else (field.ge, field.le)
    outside = {
        value
        for value in distinct.tolist()
        if (_is_marker(value, is_year=is_year) and _is_outside(value * factor, low, high))
        or (value == 0 and field.name in NOTHING_IS_UNKNOWN)
    }
    found = sorted(outside | _nines(facts, outside))
    return [f"{value:.12g}" for value in found] if len(found) <= MOST_SENTINELS else []


def _is_marker(value: float, *, is_year: bool) -> bool:
    """Return whether programs write this number for want of one; of years, full centuries too."""
    return abs(value) in {0, 1, 9} | NINES or (is_year and value % 100 == 0)


def _is_outside(value: float, low: float | None, high: float | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


def _nines(facts: ColumnFacts, outside: set[float]) -> set[float]:
    """Return the numbers of nines only that lie far above all others."""
    distinct = np.unique(facts.numbers).tolist()
    others = [value for value in distinct if value not in NINES | outside]
    return {value for value in NINES.intersection(distinct) if others and value > FAR_ABOVE * max(others)}


def _told_unknown(values: Iterable[str]) -> tuple[Note, ...]:
    told = list(values)
    return (note("taken_as_unknown", values=listed(told)),) if told else ()
