"""Column headings as people write them: words without accents, the unit told apart; how alike two of them are."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

CAMEL = re.compile(r"(?<=[a-zåäöé0-9])(?=[A-ZÅÄÖ])")
IN_BRACKETS = re.compile(r"[(\[]\s*([^)\]]{1,12}?)\s*[)\]]\s*$")
SEPARATORS = re.compile(r"[^a-z0-9]+")
LEAST_FUZZY = 5
FUZZY = 0.86
SHAPEFILE_WIDTH = 10

# Units as headings name them, by their names in `units.UNIT_FACTORS`; those of one letter only after a separator.
UNITS = {
    "mm": "mm",
    "cm": "cm",
    "dm": "dm",
    "m": "m",
    "jm": "m",
    "metri": "m",
    "metria": "m",
    "km": "km",
    "ft": "ft",
    "feet": "ft",
    "in": "in",
    "inch": "in",
    "inches": "in",
    "tuuma": "in",
    "mi": "mi",
    "miles": "mi",
    "m2": "m2",
    "m²": "m2",
    "neliö": "m2",
    "sqm": "m2",
    "brm2": "brm2",
    "brm²": "brm2",
    "k-m2": "k-m2",
    "k-m²": "k-m2",
    "kem2": "k-m2",
    "kem²": "k-m2",
    "htm2": "htm2",
    "htm²": "htm2",
    "sq ft": "ft2",
    "sqft": "ft2",
    "ft2": "ft2",
    "ha": "ha",
    "km2": "km2",
    "km²": "km2",
    "m3": "m3",
    "m³": "m3",
    "rm3": "m3",
    "eur": "EUR",
    "euro": "EUR",
    "euroa": "EUR",
    "€": "EUR",
    "e": "EUR",
    "t€": "keur",
    "keur": "keur",
    "teur": "keur",
    "1000 €": "keur",
    "1000 eur": "keur",
    "1000 e": "keur",
    "milj. €": "meur",
    "meur": "meur",
    "m€": "meur",
    "kg": "kg",
    "t": "t",
    "tn": "t",
    "w": "W",
    "kw": "kW",
    "mw": "MW",
    "l/s": "l/s",
    "l/min": "l/min",
    "m3/h": "m3/h",
    "m³/h": "m3/h",
    "m3/d": "m3/d",
    "mbit/s": "Mbit/s",
    "gbit/s": "Gbit/s",
    "%": "percent",
}
# Endings that tell a unit without brackets, after a separator: pituus_m, hinta_eur, area_sq_ft.
ENDINGS = {
    "mm",
    "cm",
    "m",
    "jm",
    "km",
    "ft",
    "in",
    "m2",
    "brm2",
    "kem2",
    "sqm",
    "sqft",
    "ha",
    "m3",
    "eur",
    "keur",
    "w",
    "kw",
}


@dataclass(frozen=True)
class Heading:
    """A heading taken apart.

    Attributes:
        name: As it stands in the file.
        tokens: Its words without accents, in lower case, without the unit.
        unit: The unit that it names, by its name in `units.UNIT_FACTORS`.
    """

    name: str
    tokens: tuple[str, ...]
    unit: str | None = None

    @property
    def folded(self) -> str:
        """Return the words in one."""
        return "".join(self.tokens)


def folded(text: str) -> str:
    """Return a text in lower case without accents.

    >>> folded("Päällystysvuosi Ö")
    'paallystysvuosi o'
    """
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=8192)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text.

    >>> words_of("viheralueenNimi_Tunnus")
    ('viheralueen', 'nimi', 'tunnus')
    """
    return tuple(filter(None, SEPARATORS.split(folded(CAMEL.sub(" ", text)))))


def read_heading(name: str) -> Heading:
    """Return a heading taken apart.

    >>> read_heading("Halkaisija (mm)")
    Heading(name='Halkaisija (mm)', tokens=('halkaisija',), unit='mm')
    >>> read_heading("pituus_m").unit, read_heading("M").unit
    ('m', None)
    """
    found = IN_BRACKETS.search(name)
    if found and found.group(1).casefold() in UNITS:
        return Heading(name, words_of(name[: found.start()]), UNITS[found.group(1).casefold()])
    tokens = words_of(name)
    if tokens[-2:] == ("sq", "ft") and len(tokens) > 2:
        return Heading(name, tokens[:-2], "ft2")
    if len(tokens) > 1 and tokens[-1] in ENDINGS:
        return Heading(name, tokens[:-1], UNITS[tokens[-1]])
    return Heading(name, tokens)


@lru_cache(maxsize=500_000)
def likeness(heading: tuple[str, ...], word: tuple[str, ...]) -> float:
    """Return how surely a heading means a word, 0–1; both as words without accents.

    The last word of a heading weighs most, as Finnish and Swedish have their head there; a Shapefile leaves ten
    characters of a name; abbreviations leave the beginning of each word.

    >>> likeness(("putken", "halkaisija"), ("halkaisija",)), likeness(("kunnossapi",), ("kunnossapitaja",))
    (0.85, 0.9)
    """
    one, other = "".join(heading), "".join(word)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    return max(_by_words(heading, word), _by_beginning(one, other), _by_letters(one, other))


def _by_words(heading: tuple[str, ...], word: tuple[str, ...]) -> float:
    size = len(word)
    if heading[-size:] == word:
        return 0.85
    if heading[:size] == word:
        return 0.8
    if size < len(heading) and any(heading[at : at + size] == word for at in range(len(heading) - size + 1)):
        return 0.6
    short = len(heading) == size and all(
        len(part) >= 3 and full.startswith(part) for part, full in zip(heading, word, strict=True)
    )
    return 0.72 if short else 0.0


def _by_beginning(one: str, other: str) -> float:
    if len(one) >= SHAPEFILE_WIDTH - 2 and other.startswith(one):
        return 0.9
    if len(other) >= LEAST_FUZZY and len(one) > len(other) and one.endswith(other):
        return 0.75
    return 0.0


def _by_letters(one: str, other: str) -> float:
    if min(len(one), len(other)) < LEAST_FUZZY or abs(len(one) - len(other)) > 3 or one[:2] != other[:2]:
        return 0.0
    ratio = difflib.SequenceMatcher(None, one, other).ratio()
    return 0.9 * ratio if ratio >= FUZZY else 0.0
