"""Where long Finnish words may break: WeasyPrint and most browsers have no hyphenation patterns for Finnish."""

from __future__ import annotations

import re

SOFT_HYPHEN = "\u00ad"
_LONGEST_WHOLE = 10  # a word up to this length stays whole
_VOWELS = "aeiouyåäö"
# A syllable begins at a consonant before a vowel, if two letters stand before it (Kielitoimiston ohjepankki: tavutus).
_SYLLABLE = re.compile(rf"(?<=\w\w)(?=[^\W\d_{_VOWELS}][{_VOWELS}]\w)", re.IGNORECASE)


def hyphenated(words: str, language: str) -> str:
    """Return a text whose long Finnish words have soft hyphens between syllables; other languages have patterns.

    >>> hyphenated("Vältettävissä oleva", "fi").replace(SOFT_HYPHEN, "-"), hyphenated("Reparationsskuld", "sv")
    ('Väl-tet-tä-vissä oleva', 'Reparationsskuld')
    """
    if language != "fi":
        return words
    return re.sub(r"\w+", lambda word: _syllables(word.group()), words)


def _syllables(word: str) -> str:
    return word if len(word) <= _LONGEST_WHOLE else _SYLLABLE.sub(SOFT_HYPHEN, word)
