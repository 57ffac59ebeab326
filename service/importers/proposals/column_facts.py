"""What is in a column: kind, range, form of dates, markers of the unknown, uniqueness, telling patterns."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.identifiers import BUILDING_ID_PATTERN, property_id_from_text
from service.importers.parse_values import ISO_DATE, parse_booleans, parse_numbers
from service.importers.proposals.headings import Heading, folded, read_heading
from service.importers.source_table import SourceTable, Values, as_text, missing, object_column

LOOKED_AT = 5000
MOST = 0.95
SHOWN, SHOWN_CHARACTERS = 3, 40
MARKERS = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        ".",
        "?",
        "??",
        "#n/a",
        "<null>",
        "n/a",
        "na",
        "nan",
        "no data",
        "none",
        "not available",
        "not known",
        "null",
        "unknown",
        "# ei tietoa",
        "#ei tietoa",
        "ei ilmoitettu",
        "ei maaritelty",
        "ei maaritetty",
        "ei tiedeta",
        "ei tiedossa",
        "ei tietoa",
        "ei_tietoa",
        "eitietoa",
        "tuntematon",
        "tuntematta",
        "information saknas",
        "okand",
        "okant",
        "saknas",
        "uppgift saknas",
    }
)
# A format of strptime, and where more stands behind the day, the expression that takes the day out.
DATE_FORMS: tuple[tuple[str, str | None], ...] = (
    ("", None),
    ("%d.%m.%Y", None),
    ("%d.%m.%Y", r"^(\d{1,2}\.\d{1,2}\.\d{4})\s"),
    ("%m/%d/%Y", None),
    ("%d/%m/%Y", None),
    ("%m/%d/%Y", r"^(\d{1,2}/\d{1,2}/\d{4})\s"),
    ("%Y/%m/%d", None),
    ("%Y/%m/%d", r"^(\d{4}/\d{1,2}/\d{1,2})\s"),
    ("", r"^(\d{4}-\d{2}-\d{2})[ T]"),
    ("%Y.%m.%d", None),
    ("%Y%m%d", None),
    ("%m/%Y", None),
    ("%m.%Y", None),
    ("%Y-%m", None),
)
TRIED_FIRST = 40
ISO = ""
NO_DATES = (None, None)
# Also with the name of a feature type before it.
UUID = r"([^\W\d][\w:]*\.)?\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?"
PATTERNS: dict[str, Callable[[str], bool]] = {
    "url": lambda text: re.match(r"(https?://|www\.)\S+$", text) is not None,
    "email": lambda text: re.fullmatch(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}", text) is not None,
    "person_id": lambda text: re.fullmatch(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", text) is not None,
    "building_id": lambda text: re.fullmatch(BUILDING_ID_PATTERN, text) is not None,
    "property_id": lambda text: (
        re.fullmatch(r"\d{14}|\d{1,3}-\d{1,3}-\d{1,4}-\d{1,4}", text) is not None
        and property_id_from_text(text) is not None
    ),
    "phone": lambda text: re.fullmatch(r"(\+358|0\d{1,2}[ -])[\d -]{5,12}", text) is not None,
    "uuid": lambda text: re.fullmatch(UUID, text) is not None,
    "wkt": lambda text: re.match(r"(MULTI)?(POINT|LINESTRING|POLYGON)( ?ZM?)? ?\(", text, re.IGNORECASE) is not None,
    "feature_id": lambda text: re.fullmatch(r"[^\W\d][\w:]*\.\d+", text) is not None,
}


@dataclass(frozen=True)
class ColumnFacts:
    """What is known of a column.

    Attributes:
        heading: Its heading taken apart.
        kind: `number`, `date`, `boolean`, `text` or `empty`; a year is a number.
        counts: Rows by value, those that mean unknown left out, of the rows that were looked at.
        markers: Values that mean unknown, as they are written.
        numbers: The finite numbers of a column of numbers.
        is_whole: Whether all of them are whole.
        date_format: strptime format of a column of dates, empty for ISO.
        date_capture: Expression that takes the day out of its text, None where the text is the day.
        unread: Values of a column of numbers or dates that are neither.
        pattern: What all values look like: `url`, `email`, `phone`, `person_id`, `building_id`, `property_id`, `uuid`,
            `wkt`, `feature_id`.
        is_unique: Whether every row has a value and no two the same.
        repeated: Rows whose value another row has too.
        absent: Rows without a value.
    """

    heading: Heading
    kind: str
    counts: Counter[str]
    markers: tuple[str, ...]
    numbers: NDArray[np.float64]
    is_whole: bool
    date_format: str | None
    date_capture: str | None
    unread: tuple[str, ...]
    pattern: str | None
    is_unique: bool
    repeated: int
    absent: int

    @property
    def name(self) -> str:
        """Return the heading as it stands in the file."""
        return self.heading.name

    @property
    def has_codes(self) -> bool:
        """Return whether numbers are written with leading zeros, as codes are."""
        return any(len(value) > 1 and value.startswith("0") and value.isdigit() for value in self.counts)

    def samples(self) -> list[str]:
        """Return some values, the most frequent first."""
        return [value[:SHOWN_CHARACTERS] for value, _ in self.counts.most_common(SHOWN)]


def facts_of_table(table: SourceTable) -> dict[str, ColumnFacts]:
    """Return the facts of every column by its name."""
    return {name: _facts(name, values, table.decimal_comma) for name, values in table.columns.items()}


def _facts(name: str, values: Values, decimal_comma: bool) -> ColumnFacts:
    texts = as_text(values)
    looked_at = [text for text in texts[:LOOKED_AT].tolist() if text is not None]
    markers = tuple(sorted({text for text in looked_at if folded(text) in MARKERS}))
    counts = Counter(text for text in looked_at if text not in markers)
    kind, numbers, date_form, unread = _kind(counts, values, decimal_comma)
    present = [text for text in texts.tolist() if text is not None]
    distinct = Counter(present)
    return ColumnFacts(
        heading=read_heading(name),
        kind=kind,
        counts=counts,
        markers=markers,
        numbers=numbers,
        is_whole=bool(len(numbers)) and bool(np.all(numbers == np.floor(numbers))),
        date_format=date_form[0],
        date_capture=date_form[1],
        unread=unread,
        pattern=_pattern(counts) if kind in {"text", "number"} else None,
        is_unique=len(texts) == len(distinct) > 0,
        repeated=len(present) - len(distinct),
        absent=len(texts) - len(present),
    )


def _kind(
    counts: Counter[str], values: Values, decimal_comma: bool
) -> tuple[str, NDArray[np.float64], tuple[str | None, str | None], tuple[str, ...]]:
    """Return kind, numbers, form of dates and the values that are not of the kind."""
    none = np.empty(0, dtype=np.float64)
    if not counts:
        return "empty", none, NO_DATES, ()
    if values.dtype.kind in "mM":
        return "date", none, (ISO, None), ()
    distinct = object_column(list(counts))
    truths, broken = parse_booleans(distinct, None, False)
    if not broken.any() and not all(value.isdigit() for value in counts) and not missing(truths).any():
        return "boolean", none, NO_DATES, ()
    numbers, unread = parse_numbers(distinct, None, decimal_comma)
    date_form, undated = _date_form(distinct)
    if date_form is not None and undated.mean() <= min(unread.mean(), 1 - MOST):
        return "date", none, date_form, tuple(distinct[undated].tolist())
    if _rows(counts, distinct[~unread]) >= MOST * counts.total():
        repeats = [counts[value] for value in distinct[~unread].tolist()]
        return "number", np.repeat(numbers[~unread], repeats), NO_DATES, tuple(distinct[unread].tolist())
    return "text", none, NO_DATES, ()


def _rows(counts: Counter[str], values: Iterable[str]) -> int:
    return sum(counts[value] for value in values)


def _date_form(distinct: Values) -> tuple[tuple[str, str | None] | None, NDArray[np.bool_]]:
    """Return the form that most values are dates in, and where a value is none."""
    texts = distinct.tolist()
    best: tuple[str, str | None] | None = None
    undated = np.ones(len(texts), dtype=bool)
    for form in DATE_FORMS:
        first = [_is_date(text, *form) for text in texts[:TRIED_FIRST]]
        if sum(first) < MOST * len(first) * MOST:
            continue
        unread = np.array([not _is_date(text, *form) for text in texts], dtype=bool)
        if unread.mean() < undated.mean() and unread.mean() <= 1 - MOST:
            best, undated = form, unread
    return best, undated


def _is_date(text: str, form: str, capture: str | None) -> bool:
    if capture is not None:
        found = re.search(capture, text)
        text = found.group(1) if found else ""
    if form == ISO:
        return ISO_DATE.match(text) is not None
    try:
        day = dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return 1500 <= day.year <= 2200


def _pattern(counts: Counter[str]) -> str | None:
    known = list(counts)[:500]
    return next((name for name, holds in PATTERNS.items() if sum(map(holds, known)) >= MOST * len(known)), None)
