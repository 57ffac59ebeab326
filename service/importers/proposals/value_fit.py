"""How well a column's values fit an attribute: kind, range in the right unit, codes that are understood, patterns."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np

from service.importers.proposals.column_facts import ColumnFacts
from service.importers.proposals.vocabulary import code_of_value
from service.importers.units import unit_factor
from service.queries.import_targets import TargetField

YEARS = ("built_year", "renewed_year", "price_level_year")
OLDEST_YEAR = 1200
NUMBER_IN_TEXT = r"(\d+(?:[.,]\d+)?)"
YEAR_IN_TEXT = r"((?:1[2-9]|20)\d\d)"
MOST, LEAST_FIT = 0.8, 0.15
NO_NAMES = {"email", "phone", "person_id", "url", "uuid", "wkt", "feature_id"}
TEXTS_WITH_LETTERS = {"name", "address", "name_fi", "name_sv", "owner", "contractor", "green_area", "sport"}
BY_PATTERN = {"permanent_building_id": "building_id", "property_id": "property_id"}


def fit(target: str, field: TargetField, facts: ColumnFacts) -> float:
    """Return how well the values of a column fit a field, 0–1; 0 is not at all."""
    if facts.kind == "empty":
        return 0.0
    if field.name in BY_PATTERN:
        return 1.0 if facts.pattern == BY_PATTERN[field.name] else 0.0
    if field.choices is not None:
        return _codes_fit(target, field, facts)
    fits = {"boolean": _boolean_fit, "integer": _number_fit, "number": _number_fit, "date": _date_fit}
    return fits.get(field.kind, _text_fit)(field, facts)


def numbers_in_text(facts: ColumnFacts, pattern: str) -> float:
    """Return the share of rows with a text in which a pattern is found."""
    found = sum(rows for value, rows in facts.counts.items() if re.search(pattern, value))
    return found / facts.counts.total()


def newest_year() -> int:
    """Return the last year that something may be built or planned in."""
    return dt.datetime.now(dt.UTC).year + 10


def _codes_fit(target: str, field: TargetField, facts: ColumnFacts) -> float:
    known = sum(rows for value, rows in facts.counts.items() if code_of_value(target, field, value))
    share = known / facts.counts.total()
    # Codes that only a list explains are a person's to fill in, if they are few.
    return max(share, 0.3 if len(facts.counts) <= 40 and facts.kind in {"text", "number"} else 0.0)


def _boolean_fit(_field: TargetField, facts: ColumnFacts) -> float:
    if facts.kind == "boolean":
        return 1.0
    zero_or_one = facts.kind == "number" and set(np.unique(facts.numbers).tolist()) <= {0.0, 1.0}
    return 0.9 if zero_or_one else 0.0


def _number_fit(field: TargetField, facts: ColumnFacts) -> float:
    if field.name in YEARS:
        return _year_fit(facts)
    if facts.kind == "number" and facts.pattern in {None, "phone"} and not facts.has_codes:
        return _in_range(field, facts)
    if facts.kind == "text":
        return 0.6 if numbers_in_text(facts, rf"^\D{{0,6}}{NUMBER_IN_TEXT}") >= MOST else 0.0
    return 0.0


def _in_range(field: TargetField, facts: ColumnFacts) -> float:
    factor = unit_factor(facts.heading.unit, field.unit) if facts.heading.unit else 1.0
    if factor is None:
        return 0.2
    values = facts.numbers[facts.numbers > 0] * factor
    if not len(values):
        return 0.4
    low = 0.0 if field.ge is None or field.unit == "mm" else field.ge
    share = float(np.mean((values >= low) & (values <= (field.le or np.inf))))
    return share if share >= MOST else 0.0


def _year_fit(facts: ColumnFacts) -> float:
    if facts.kind == "date":
        return 0.9
    if facts.kind == "number" and facts.is_whole:
        known = facts.numbers[(facts.numbers > 0) & (facts.numbers < 9999)]
        return float(np.mean((known >= OLDEST_YEAR) & (known <= newest_year()))) if len(known) else 0.0
    return 0.6 if facts.kind == "text" and numbers_in_text(facts, YEAR_IN_TEXT) >= MOST else 0.0


def _date_fit(_field: TargetField, facts: ColumnFacts) -> float:
    return 1.0 if facts.kind == "date" else 0.0


def _text_fit(field: TargetField, facts: ColumnFacts) -> float:
    if facts.pattern in NO_NAMES or facts.kind == "date":
        return 0.0
    if field.pattern is not None:
        return (
            sum(rows for value, rows in facts.counts.items() if re.match(field.pattern, value)) / facts.counts.total()
        )
    if field.name in TEXTS_WITH_LETTERS:
        lettered = sum(rows for value, rows in facts.counts.items() if re.search(r"[^\W\d_]{2}", value))
        return lettered / facts.counts.total()
    return {"text": 1.0, "number": 0.7, "boolean": 0.3}.get(facts.kind, 0.0)
