"""Texts that no spreadsheet runs as a formula, and back again without a change."""

from __future__ import annotations

import re

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_STARTS_AS_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def harmless(text: str) -> str:
    """Return a text with an apostrophe in front where it would start a formula.

    A text that has apostrophes before such a start already gets one more, so that each text comes back as it was.

    >>> harmless("=1+1"), harmless("'=1"), harmless("Katu 5"), harmless("'s-Hertogenbosch")
    ("'=1+1", "''=1", 'Katu 5', "'s-Hertogenbosch")
    """
    return f"'{text}" if _STARTS_AS_FORMULA.match(text) else text


def as_it_was(text: str) -> str:
    """Return the text that `harmless` was given.

    >>> [as_it_was(harmless(each)) for each in ("=1+1", "'=1", "'s", "-3")]
    ['=1+1', "'=1", "'s", '-3']
    """
    return text[1:] if text.startswith("'") and _STARTS_AS_FORMULA.match(text[1:]) else text
