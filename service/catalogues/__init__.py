"""Texts for people in Finnish, Swedish and English: one catalogue a language, all with the same keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

LANGUAGES = ("fi", "sv", "en")
_CATALOGUES = Path(__file__).parent


def text(language: str, key: str, /, **values: object) -> str:
    """Return the text of a key in a language, with the values in its places.

    >>> text("fi", "asset_class.water_main"), text("en", "report.demo_parameters", demo=3, all=90)[:7]
    ('Vesijohto', '3 of th')

    Raises:
        KeyError: the language or the key is unknown, or a value is not given; it names language and key.
    """
    if not has_text(language, key):
        raise KeyError(f"There is no text {key!r} in language {language!r}.")
    try:
        return _catalogue(language)[key].format(**values)
    except KeyError as missing:
        raise KeyError(f"The text {key!r} in language {language!r} needs a value for {missing}.") from missing


def has_text(language: str, key: str) -> bool:
    """Return whether there is a text of this key in this language."""
    return language in LANGUAGES and key in _catalogue(language)


def texts_of(language: str, *beginnings: str) -> dict[str, str]:
    """Return the texts whose keys begin so, with their places for values as they stand; raises for no language."""
    if language not in LANGUAGES:
        raise KeyError(f"There is no language {language!r}.")
    return {key: words for key, words in _catalogue(language).items() if key.startswith(beginnings)}


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    return MappingProxyType(json.loads((_CATALOGUES / f"{language}.json").read_text("utf-8")))
