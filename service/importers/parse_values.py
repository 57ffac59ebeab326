"""Text columns into typed columns; what cannot be read is flagged, never guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import numpy as np

from service.importers.source_table import Flags, Values, missing, object_column

Parser = Callable[[Values, str | None, bool], tuple[Values, Flags]]

TRUE_WORDS = {"true", "1", "1.0", "y", "yes", "t", "k", "kyllä", "on", "x", "ja"}
FALSE_WORDS = {"false", "0", "0.0", "n", "no", "f", "e", "ei", "nej"}
GROUPED_DIGITS = re.compile(r"[\s\u00a0\u202f]")
# What registers append to a date: a zone letter or offset, with or without a time.
ISO_DATE = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$")


def parse_text(text: Values, _format: str | None, _comma: bool) -> tuple[Values, Flags]:
    """Return the texts as they are; none is broken."""
    return text, np.zeros(len(text), dtype=bool)


def parse_numbers(text: Values, _format: str | None, decimal_comma: bool) -> tuple[Values, Flags]:
    """Return float64 with NaN for missing, and where a text is no finite number."""
    filled = object_column(["nan" if value is None else value for value in text.tolist()])
    try:
        numbers = filled.astype(np.float64)
    except ValueError:
        numbers = np.array([_number(value, decimal_comma) for value in filled.tolist()], dtype=np.float64)
    return np.where(np.isinf(numbers), np.nan, numbers), ~missing(text) & ~np.isfinite(numbers)


def _number(text: str, decimal_comma: bool) -> float:
    plain = GROUPED_DIGITS.sub("", text).replace("\u2212", "-")
    if decimal_comma and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        return np.nan


def parse_dates(text: Values, date_format: str | None, _comma: bool) -> tuple[Values, Flags]:
    """Return datetime64[D] with NaT for missing, and where a text is no date of the format (ISO unless given)."""
    parsed = {value: _date(value, date_format) for value in set(text.tolist()) if value is not None}
    dates = np.array([parsed.get(value) for value in text.tolist()], dtype="datetime64[D]")
    return dates, ~missing(text) & np.isnat(dates)


def _date(text: str, date_format: str | None) -> dt.date | None:
    try:
        if date_format:
            return dt.datetime.strptime(text, date_format).date()  # noqa: DTZ007 - a day has no zone
        found = ISO_DATE.match(text)
        return dt.date.fromisoformat(found.group(1)) if found else None
    except ValueError:
        return None


def parse_timestamps(text: Values, date_format: str | None, _comma: bool) -> tuple[Values, Flags]:
    """Return aware datetimes as objects (UTC where the file gives no zone), and where a text is none."""
    parsed = {value: _timestamp(value, date_format) for value in set(text.tolist()) if value is not None}
    instants = object_column([parsed.get(value) for value in text.tolist()])
    return instants, ~missing(text) & missing(instants)


def _by(date_format: str) -> Callable[[str], dt.datetime]:
    return lambda text: dt.datetime.strptime(text, date_format)  # noqa: DTZ007 - a missing zone is UTC, see below


def _timestamp(text: str, date_format: str | None) -> dt.datetime | None:
    try:
        read = dt.datetime.fromisoformat if date_format is None else _by(date_format)
        instant = read(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)


def parse_booleans(text: Values, _format: str | None, _comma: bool) -> tuple[Values, Flags]:
    """Return True, False or None as objects, and where a text says neither yes nor no."""
    words = {value: _truth(value) for value in set(text.tolist()) if value is not None}
    truths = object_column([words.get(value) for value in text.tolist()])
    return truths, ~missing(text) & missing(truths)


def _truth(text: str) -> bool | None:
    word = text.casefold()
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


PARSERS: dict[str, Parser] = {
    "text": parse_text,
    "integer": parse_numbers,
    "number": parse_numbers,
    "date": parse_dates,
    "timestamp": parse_timestamps,
    "boolean": parse_booleans,
}
