"""The words by which files are understood: of classes, attributes, codes and conditions, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.registry import ASSET_CLASSES
from service.catalogues import LANGUAGES, has_text, text
from service.importers.proposals.headings import words_of
from service.queries.import_targets import TARGETS, TargetField

Words = tuple[tuple[str, ...], ...]
DISTRICT = "district"
PROPOSED_TARGETS = (*ASSET_CLASSES, DISTRICT)
SHORT_STEM = 5
UNIT_ENDING = re.compile(r"_(m2|m3|m|mm|eur|t|w|kw|m3_per_h|l_per_min|mbit_per_s|adt)$")


@cache
def _vocabulary() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("vocabulary.yaml").read_text(encoding="utf-8"))
    return found


@cache
def role_words(section: str, role: str) -> Words:
    """Return the words of a role that a column may have beside attributes, such as `places`, `x`."""
    return _as_words(_vocabulary()[section][role])


@cache
def attribute_words(target: str, name: str) -> Words:
    """Return the words of an attribute: the registry's source names, the catalogues' labels, the vocabulary's words."""
    declared = ASSET_CLASSES[target].attribute(name) if target in ASSET_CLASSES else None
    labels = [text(language, f"attribute.{name}") for language in LANGUAGES if has_text(language, f"attribute.{name}")]
    names = [name, UNIT_ENDING.sub("", name)]
    known = declared.source_names if declared is not None else ()
    return _as_words([*names, *known, *labels, *_vocabulary()["attributes"].get(name, [])])


@cache
def condition_words() -> Mapping[str, str]:
    """Return the classes of the Finnish scale (5 best) by the words of values, without accents."""
    return {
        "".join(words_of(word)): code for code, words in _vocabulary()["condition"]["words"].items() for word in words
    }


def _as_words(texts: Iterable[str]) -> Words:
    return tuple(dict.fromkeys(words for words in map(words_of, texts) if words))


@cache
def _stems() -> tuple[tuple[str, str], ...]:
    given = [(stem, code) for code, stems in _vocabulary()["classes"].items() for stem in stems]
    labels = [
        (text(language, key), code)
        for code in ASSET_CLASSES
        for language in LANGUAGES
        for key in (f"asset_class.{code}", f"asset_class_plural.{code}")
    ]
    folded = {("".join(words_of(stem)), code) for stem, code in [*given, *labels]}
    return tuple(sorted(folded))


@cache
def class_of_text(content: str) -> str | None:
    """Return the class that a text names: by the word that ends last, and of those the longest.

    >>> class_of_text("Hulevesikaivot 2024"), class_of_text("Vesijohdot"), class_of_text("Lekplatser i Åbo")
    ('manhole', 'water_main', 'playground')
    """
    words = words_of(content)
    joined, ends = "".join(words), _ends(words)
    found = [(end, len(stem), code) for stem, code in _stems() for end in _ends_of(stem, joined, ends)]
    return max(found)[2] if found else None


@cache
def class_of_section(form: str, section: str | None) -> str | None:
    """Return the class of a section of a model, such as the pipes of EPANET; None where it is of no class."""
    found: str | None = _vocabulary()["model_sections"].get(form, {}).get(section)
    return found


@cache
def counted_by_name(content: str) -> str | None:
    """Return the attribute that a count is, in a file of this name: latauspisteet are counted in charging points."""
    return next(iter(_said("counted", content)), None)


@cache
def said_of_all(content: str) -> tuple[str, ...]:
    """Return the attributes that hold of every row of a file of this name: bicycle stands are for bicycles."""
    return _said("said_of_all", content)


def _said(section: str, content: str) -> tuple[str, ...]:
    joined = "".join(words_of(content))
    named = _vocabulary()[section].items()
    return tuple(name for name, stems in named if any("".join(words_of(stem)) in joined for stem in stems))


def _ends(words: tuple[str, ...]) -> set[int]:
    ends, at = {0}, 0
    for word in words:
        at += len(word)
        ends.add(at)
    return ends


def _ends_of(stem: str, joined: str, boundaries: set[int]) -> list[int]:
    """Return where a stem ends in a text; a short one counts only at the beginning or end of a word."""
    starts = [found.start() for found in re.finditer(f"(?={re.escape(stem)})", joined)]
    if len(stem) <= SHORT_STEM:
        starts = [at for at in starts if at in boundaries or at + len(stem) in boundaries]
    return [at + len(stem) for at in starts]


def code_of_value(target: str, field: TargetField, value: str) -> str | None:
    """Return the register's code that a value of a file means, None where it is not understood."""
    key = "".join(words_of(value))
    whole, beginnings = _code_words(target, field.name)
    if key in whole:
        return whole[key]
    first = words_of(value)[:1]
    if first and first[0] in whole and len(first[0]) > 1:
        return whole[first[0]]
    return next((code for beginning, code in beginnings if key.startswith(beginning)), None)


@cache
def _code_words(target: str, name: str) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Return the codes of a field by whole values, and by beginnings of values."""
    field = TARGETS[target].fields[name]
    declared = ASSET_CLASSES[target].attribute(name) if target in ASSET_CLASSES else None
    listed = re.sub(r"(?<!^)(?=[A-Z])", "_", declared.type.__name__).lower() if declared is not None else ""
    whole: dict[str, str] = {}
    beginnings: list[tuple[str, str]] = []
    for code in field.choices or ():
        labels = [text(each, f"code.{listed}.{code}") for each in LANGUAGES if has_text(each, f"code.{listed}.{code}")]
        for word in [code, *labels, *_vocabulary()["codes"].get(code, [])]:
            if word.endswith("*"):
                beginnings.append(("".join(words_of(word)), code))
            else:
                whole.setdefault("".join(words_of(word)), code)
    return whole, tuple(beginnings)
