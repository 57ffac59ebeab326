"""How a CSV file separates and quotes its fields, told by its first rows."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

SEPARATORS = ";,\t|"
QUOTES = "\"'"
SAMPLE_ROWS = 50
SAMPLE_CHARACTERS = 64 * 1024
# A first line by which Excel tells itself the separator.
SEPARATOR_LINE = re.compile(r"^sep=([;,\t|])\r?\n", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How fields are separated, and what encloses those that hold a separator."""

    separator: str
    quote: str


def without_separator_line(text: str, title_lines: int) -> tuple[str, int, str | None]:
    """Return the text, the number of lines before its header and the separator that a first line `sep=;` names."""
    found = SEPARATOR_LINE.match(text)
    return (text, title_lines, None) if found is None else (text, title_lines + 1, found[1])


def detected_dialect(text: str, separator: str | None = None) -> Dialect:
    """Return the separator and quote by which most of the first rows have as many fields as the header, and the most.

    Args:
        text: The table, its header first.
        separator: The separator, where it is known.
    """
    sample = text[:SAMPLE_CHARACTERS]
    cut = len(sample) < len(text)
    quote = _quote(sample, separator or SEPARATORS)
    candidates = [Dialect(each, quote) for each in separator or SEPARATORS]
    return max(candidates, key=lambda each: _fit(sample, each, cut=cut))


def _quote(sample: str, separators: str) -> str:
    """Return the apostrophe where it stands at both ends of fields and the quotation mark does not."""
    counts = {quote: len(_enclosed(quote, separators).findall(sample)) for quote in QUOTES}
    return "'" if counts["'"] and not counts['"'] else '"'


def _enclosed(quote: str, separators: str) -> re.Pattern[str]:
    between = f"[{re.escape(separators)}]"
    return re.compile(rf"(?:^|{between}){quote}[^{quote}\r\n]*{quote}(?={between}|\r?$)", re.MULTILINE)


def _fit(sample: str, dialect: Dialect, *, cut: bool) -> tuple[bool, float, int]:
    """Return how well a dialect fits: whether it separates at all, the share of rows like the header, its fields."""
    form: dict[str, Any] = {"delimiter": dialect.separator, "quotechar": dialect.quote}
    try:
        rows = [row for row in islice(csv.reader(sample.splitlines(keepends=True), **form), SAMPLE_ROWS) if row]
    except csv.Error:
        return False, 0.0, 0
    if cut and len(rows) < SAMPLE_ROWS:
        rows = rows[:-1] or rows
    width = len(rows[0]) if rows else 0
    alike = sum(len(row) == width for row in rows) / max(len(rows), 1)
    return width > 1, alike, width
