"""`propose_profile`: from an unseen file to a profile that a person edits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from service.importers.proposals.class_guess import ClassGuess, guess_class, shape_types
from service.importers.proposals.column_facts import ColumnFacts, facts_of_table
from service.importers.proposals.column_uses import column_uses
from service.importers.proposals.condition_rules import Condition, find_condition
from service.importers.proposals.headings import words_of
from service.importers.proposals.keys import Key, choose_key
from service.importers.proposals.matching import LEAST_SCORE, Match, Matches, heading_score, match_attributes
from service.importers.proposals.notes import SURE, Note, note
from service.importers.proposals.personal import is_personal
from service.importers.proposals.places import MunicipalityColumn, Place, find_municipality, find_place
from service.importers.proposals.proposal import NO_CLASS, Proposal
from service.importers.proposals.proposed_targets import proposed_targets
from service.importers.proposals.sample import Sample, read_sample
from service.importers.proposals.vocabulary import (
    PROPOSED_TARGETS,
    attribute_words,
    class_of_section,
    counted_by_name,
    said_of_all,
)

LONGEST_NAME = 60
WORD, MOSTLY = re.compile(r"^[^._/]*[^\W\d_]{4}[^._/]*$"), 0.8
COMMON = "park"
"""A class whose attributes of the core stand for those of any class, while none is decided."""


@dataclass(frozen=True)
class ProposalTerms:
    """What is known beside the file.

    Attributes:
        file_name: Name of the file, where the path is a temporary one.
        layer: Layer or sheet.
        asset_class: The class, where a person knows it.
        municipality_code: The municipality that the rows belong to.
        municipalities: Codes by name, casefolded, and by code, by which a column of names is known.
        area: Where the rows lie, in EPSG:3067.
    """

    file_name: str | None = None
    layer: str | None = None
    asset_class: str | None = None
    municipality_code: str | None = None
    municipalities: Mapping[str, str] = field(default_factory=dict)
    area: BaseGeometry | None = None


@dataclass(frozen=True)
class Understood:
    """All that was found out about a file, before it is put into words.

    Attributes:
        sample: The rows.
        columns: Facts by column.
        place: Geometry.
        municipality: Column of the municipality.
        guess: The class or classes.
        classes: Classes with the values of the rule column that name them (None: all rows).
        matches: Columns of attributes by class.
        condition: Column of conditions.
        key: The source id.
        said: Attributes that hold of every row, by the name of the file or layer that says so.
    """

    sample: Sample
    columns: Mapping[str, ColumnFacts]
    place: Place
    municipality: MunicipalityColumn | None
    guess: ClassGuess
    classes: Mapping[str, list[str] | None]
    matches: Mapping[str, Matches]
    condition: Condition | None
    key: Key
    said: Mapping[str, str]


def propose_profile(path: Path, terms: ProposalTerms | None = None) -> Proposal:
    """Return a profile for a file, with how sure each part is and why.

    Args:
        path: A local file in one of the formats that are read.
        terms: What is known beside it.

    Raises:
        UnreadableSourceError: The file cannot be read, or has no such layer.
    """
    terms = terms or ProposalTerms()
    sample = read_sample(path, terms.layer)
    known = _understood(sample, Path(terms.file_name or path.name).stem, terms)
    head, head_notes = _head(known, Path(terms.file_name or path.name))
    return Proposal(
        head=head,
        targets=proposed_targets(known),
        columns=column_uses(known),
        notes=_notes(known, terms),
        head_notes=head_notes,
        other_layers=sample.other_layers,
        class_candidates=known.guess.ranked[:5],
    )


def _understood(sample: Sample, stem: str, terms: ProposalTerms) -> Understood:
    table, columns = sample.table, facts_of_table(sample.table)
    place = find_place(columns, table, terms.area)
    municipality = find_municipality(columns, terms.municipalities)
    taken = {*place.columns, *([municipality.column] if municipality else [])}
    taken |= {name for name, facts in columns.items() if is_personal(facts)}
    names = {"file": stem} | ({"layer": sample.layer} if sample.layer else {})
    shapes = {"POINT"} if "x" in place.document else shape_types(table)
    free = {name: facts for name, facts in columns.items() if name not in taken}
    guess = guess_class(names, free, shapes, class_of_section(sample.format, sample.layer))
    classes = _classes(guess, terms.asset_class)
    first = next(iter(classes))
    years = match_attributes(_known_class(first), columns, taken).chosen.get("built_year")
    condition = find_condition(columns, table, years.column if years else None, taken)
    if condition is not None:
        taken |= {name for name in (condition.column, condition.day_column) if name is not None}
    counted = next(filter(None, map(counted_by_name, names.values())), None)
    matches = {code: _matches(code, columns, taken, counted) for code in classes}
    name = matches[first].chosen.get("name") or matches[first].chosen.get("name_fi")
    code = matches[first].chosen.get("district_code")
    known_by = (name.column if name else None, code.column if code else None)
    key = choose_key(columns, table, known_by, taken, place.columns)
    named_by = None if name is not None else _name_column(columns, key, taken)
    if named_by is not None:
        matches = {code: _with_name(found, named_by) for code, found in matches.items()}
    said = {attribute: text for text in names.values() for attribute in said_of_all(text)}
    return Understood(sample, columns, place, municipality, guess, classes, matches, condition, key, said)


def _classes(guess: ClassGuess, told: str | None) -> dict[str, list[str] | None]:
    """Return the classes of the rows, each with the values that name it."""
    if told is not None:
        return {told: None}
    if guess.rule_column is not None and guess.by_value:
        classes: dict[str, list[str] | None] = {}
        for value, code in guess.by_value.items():
            classes[code] = [*(classes.get(code) or []), value]
        return classes
    return {guess.ranked[0][0] if guess.ranked else NO_CLASS: None}


def _known_class(code: str) -> str:
    return code if code in PROPOSED_TARGETS else COMMON


def _matches(code: str, columns: Mapping[str, ColumnFacts], taken: set[str], counted: str | None) -> Matches:
    matches = match_attributes(_known_class(code), columns, taken, counted)
    if code != NO_CLASS:
        return matches
    own = {"area_m2", "maintenance_class", "maintenance_classification", "material"}
    return Matches({name: match for name, match in matches.chosen.items() if name not in own}, ())


def _name_column(columns: Mapping[str, ColumnFacts], key: Key, taken: set[str]) -> str | None:
    """Return the column that can stand for names where there are none: an id in words, or an address."""
    if not key.hashed and _reads_as_name(columns[key.columns[-1]]):
        return key.columns[-1]
    words = attribute_words("building", "address")
    found = (name for name, facts in columns.items() if name not in taken and facts.kind == "text")
    return next((name for name in found if heading_score(columns[name], words) >= SURE), None)


def _reads_as_name(facts: ColumnFacts) -> bool:
    """Return whether an id is made of words, as where a register numbers nothing."""
    worded = sum(rows for value, rows in facts.counts.items() if WORD.search(value))
    return facts.pattern is None and worded >= MOSTLY * facts.counts.total()


def _with_name(matches: Matches, column: str) -> Matches:
    named = {"name": Match("name", column, LEAST_SCORE)}
    used = any(match.column == column for match in matches.chosen.values())
    return matches if used else Matches({**named, **matches.chosen}, matches.others)


def _head(known: Understood, path: Path) -> tuple[dict[str, Any], dict[str, tuple[Note, ...]]]:
    sample = known.sample
    name = _slug(path.stem if sample.layer is None else f"{path.stem} {sample.layer}")
    head: dict[str, Any] = {"name": name, "title": path.stem, "source_system": name, "format": sample.format}
    notes: dict[str, tuple[Note, ...]] = {}
    if sample.layer is not None:
        head["layer"] = sample.layer
        others = ", ".join(sample.other_layers) or "-"
        notes["layer"] = (note("other_layers", layers=others),)
    if sample.csv:
        head["csv"] = sample.csv
    if known.municipality is not None:
        head["municipality"] = {"column": known.municipality.column, "style": known.municipality.style}
    if known.place.document:
        head["geometry"] = dict(known.place.document)
        notes["geometry"] = known.place.notes
    unknown = sorted({marker for facts in known.columns.values() for marker in facts.markers})
    if unknown:
        head["unknown"] = unknown
        notes["unknown"] = (note("markers"),)
    return head, notes


def _slug(text: str) -> str:
    return re.sub("_+", "_", "_".join(words_of(text)))[:LONGEST_NAME].strip("_") or "register"


def _notes(known: Understood, terms: ProposalTerms) -> tuple[Note, ...]:
    notes = [note("rows", rows=len(known.sample.table))]
    if not known.place.document:
        notes += known.place.notes
    if known.municipality is None:
        code = terms.municipality_code
        notes.append(note("municipality_told", code=code) if code else note("municipality_needed"))
    return tuple(notes)
