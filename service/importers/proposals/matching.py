"""Which column is which attribute of a class: by heading and values, each column and each attribute once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from service.importers.proposals.column_facts import ColumnFacts
from service.importers.proposals.headings import likeness
from service.importers.proposals.value_fit import BY_PATTERN, LEAST_FIT, fit
from service.importers.proposals.vocabulary import Words, attribute_words
from service.queries.import_targets import TARGETS, TargetField

LEAST_SCORE = 0.5
BY_VALUES_ALONE = 0.9
COUNT = "count"
NOT_PROPOSED = {"source_system", "source_id"}
FINNISH, SWEDISH = {"fi", "fin", "suomi"}, {"sv", "se", "swe", "ruotsi", "ru"}


@dataclass(frozen=True)
class Match:
    """A column for an attribute.

    Attributes:
        attribute: The field of the target.
        column: The column.
        score: How sure this is, 0–1.
        by_values: Whether the values alone say so, whatever the heading.
    """

    attribute: str
    column: str
    score: float
    by_values: bool = False


@dataclass(frozen=True)
class Matches:
    """The columns of a target's attributes, and what else might have been.

    Attributes:
        chosen: Match by attribute.
        others: Matches that were not chosen, the likeliest first.
    """

    chosen: Mapping[str, Match]
    others: tuple[Match, ...]

    def alternatives(self, attribute: str) -> list[str]:
        """Return other columns for an attribute."""
        return [match.column for match in self.others if match.attribute == attribute]

    def other_uses(self, column: str) -> list[str]:
        """Return other attributes for a column."""
        return [match.attribute for match in self.others if match.column == column]


def match_attributes(
    target: str, columns: Mapping[str, ColumnFacts], taken: Collection[str] = (), counted: str | None = None
) -> Matches:
    """Return which columns are which attributes of a target.

    Args:
        target: Asset class or `district`.
        columns: The columns by name.
        taken: Columns that are something else already.
        counted: Attribute that a column of counts is.
    """
    fields = [field for name, field in TARGETS[target].fields.items() if name not in NOT_PROPOSED]
    free = [facts for name, facts in columns.items() if name not in taken]
    found = [
        match for field in fields for facts in free if (match := _match(target, field, facts, counted)) is not None
    ]
    chosen: dict[str, Match] = {}
    others: list[Match] = []
    for match in sorted(found, key=lambda each: -each.score):
        used = {each.column for each in chosen.values()}
        if match.attribute in chosen or match.column in used:
            others.append(match)
        else:
            chosen[match.attribute] = match
    return Matches(chosen, tuple(others))


def _match(target: str, field: TargetField, facts: ColumnFacts, counted: str | None) -> Match | None:
    fitting = fit(target, field, facts)
    if fitting < LEAST_FIT:
        return None
    words = attribute_words(target, field.name)
    words = words + attribute_words(target, COUNT) if field.name == counted else words
    named = heading_score(facts, words) + _language(facts)
    score = min(1.0, named) * (0.5 + 0.5 * fitting)
    if field.name in BY_PATTERN and score < BY_VALUES_ALONE:
        return Match(field.name, facts.name, BY_VALUES_ALONE, by_values=True)
    return Match(field.name, facts.name, score) if score >= LEAST_SCORE else None


def heading_score(facts: ColumnFacts, words: Words) -> float:
    """Return how surely a heading is one of some words, 0–1."""
    return max((likeness(facts.heading.tokens, word) for word in words), default=0.0)


def _language(facts: ColumnFacts) -> float:
    """Prefer the Finnish of two names; a register has one."""
    last = set(facts.heading.tokens[-1:])
    return 0.05 if last & FINNISH else -0.1 if last & SWEDISH else 0.0
