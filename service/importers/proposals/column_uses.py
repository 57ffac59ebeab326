"""What becomes of every column of a file: used, left out as personal data, empty, or unmapped with samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.importers.proposals.column_facts import ColumnFacts
from service.importers.proposals.matching import Matches
from service.importers.proposals.notes import listed, note
from service.importers.proposals.personal import is_personal
from service.importers.proposals.proposal import (
    ATTRIBUTE,
    CONDITION,
    DAY,
    EMPTY,
    KEY,
    KIND,
    MUNICIPALITY,
    PERSONAL,
    PLACE,
    UNMAPPED,
    ColumnUse,
)

if TYPE_CHECKING:
    from service.importers.proposals.propose import Understood

LEAST_HEADING = 0.85


def column_uses(known: Understood) -> tuple[ColumnUse, ...]:
    """Return the use of every column, in the order of the file."""
    return tuple(_use(name, facts, known) for name, facts in known.columns.items())


def _use(name: str, facts: ColumnFacts, known: Understood) -> ColumnUse:
    if is_personal(facts):
        return ColumnUse(name, PERSONAL, notes=(note("personal"),), score=1.0)
    samples = tuple(facts.samples())
    matched = next((found for code in known.matches if (found := _attribute(name, known.matches[code]))), None)
    role, score = _role(name, known)
    if matched is not None:
        attribute, its_score, others = matched
        also = (note("also_key"),) if role == KEY else ()
        return ColumnUse(name, ATTRIBUTE, attribute, its_score, also, others, samples)
    if role is not None:
        return ColumnUse(name, role, score=score, samples=samples)
    if facts.kind == "empty":
        return ColumnUse(name, EMPTY, notes=(note("empty"),))
    others = tuple(dict.fromkeys(each for matches in known.matches.values() for each in matches.other_uses(name)))
    notes = (note("could_be", attributes=listed(list(others))),) if others else ()
    return ColumnUse(name, UNMAPPED, notes=notes, samples=samples)


def _attribute(name: str, matches: Matches) -> tuple[str, float, tuple[str, ...]] | None:
    match = next((each for each in matches.chosen.values() if each.column == name), None)
    return None if match is None else (match.attribute, match.score, tuple(matches.alternatives(match.attribute)))


def _role(name: str, known: Understood) -> tuple[str | None, float]:
    condition, municipality = known.condition, known.municipality
    roles = (
        (name in known.key.columns, KEY, known.key.score),
        (condition is not None and name == condition.column, CONDITION, 0.0 if condition is None else condition.score),
        (condition is not None and name == condition.day_column, DAY, LEAST_HEADING),
        (name in known.place.columns, PLACE, LEAST_HEADING),
        (municipality is not None and name == municipality.column, MUNICIPALITY, LEAST_HEADING),
        (name == known.guess.rule_column, KIND, LEAST_HEADING),
    )
    return next(((role, score) for holds, role, score in roles if holds), (None, 0.0))
