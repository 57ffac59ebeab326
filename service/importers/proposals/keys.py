"""Which columns make the source id: unique in every row, those that an owner gives before those of a program."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from service.importers.proposals.column_facts import ColumnFacts
from service.importers.proposals.made_keys import telling_columns
from service.importers.proposals.matching import heading_score
from service.importers.proposals.notes import Note, note
from service.importers.proposals.personal import is_personal
from service.importers.proposals.vocabulary import role_words
from service.importers.source_table import SourceTable, as_text

LEAST_HEADING = 0.6
OWN, GLOBAL, PROGRAM, NAME = 3.0, 2.5, 1.0, 0.8
NEARLY = 0.02
ENDINGS, ENDING = ("id", "tunnus", "numero", "nro", "koodi"), 0.87
NO_KEYS = {"url", "email", "phone", "person_id", "wkt"}
MOST_PARTS = 6


@dataclass(frozen=True)
class Key:
    """What makes a row's source id.

    Attributes:
        columns: Columns of the id; or those of a digest.
        hashed: Whether the id is a digest of place and columns.
        score: How sure this is.
        notes: Why.
        others: Other columns that would do.
    """

    columns: tuple[str, ...]
    hashed: bool
    score: float
    notes: tuple[Note, ...]
    others: tuple[str, ...] = ()


def choose_key(
    columns: Mapping[str, ColumnFacts],
    table: SourceTable,
    known: tuple[str | None, str | None],
    no_keys: Collection[str],
    place: Sequence[str],
) -> Key:
    """Return the key of a file's rows.

    Args:
        columns: The columns by name.
        table: The rows.
        known: Column of the names, and of the codes of districts, where there are such.
        no_keys: Columns that cannot be a key, such as coordinates.
        place: Columns of coordinates.
    """
    name, code = known
    rated = sorted(
        (
            (rating, facts)
            for each, facts in columns.items()
            if each not in no_keys and (rating := _rating(facts, name, code)) > 0
        ),
        key=lambda each: (-each[0], each[1].kind != "number", len(each[1].samples()[0]) if each[1].counts else 0),
    )
    unique = [(rating, facts) for rating, facts in rated if facts.is_unique]
    if unique:
        return _single(unique)
    nearly = [
        facts for rating, facts in rated if rating >= GLOBAL and facts.repeated + facts.absent <= NEARLY * len(table)
    ]
    if nearly:
        bad = nearly[0].repeated + nearly[0].absent
        return Key((nearly[0].name,), False, 0.6, (note("key_repeats", rows=bad),))
    pair = _pair([facts for rating, facts in rated if rating > NAME], table)
    if pair is not None:
        return Key(pair, False, 0.6, (note("key_pair"),))
    differing = [each for each, facts in columns.items() if each not in place and _may_tell(facts)]
    known_by = telling_columns(columns, table, place, name, differing)
    return Key(known_by, True, 0.4, (note("key_hashed"),))


def _may_tell(facts: ColumnFacts) -> bool:
    return facts.kind != "empty" and not is_personal(facts)


def _rating(facts: ColumnFacts, name: str | None, code: str | None) -> float:
    """Return how good a column is as a key, 0 for not at all."""
    if facts.kind in {"date", "boolean", "empty"} or facts.pattern in NO_KEYS or facts.heading.unit is not None:
        return 0.0
    if facts.kind == "number" and not facts.is_whole:
        return 0.0
    if facts.name in {name, code}:
        return NAME if facts.name == name else OWN
    rated = (("program", PROGRAM), ("global", GLOBAL), ("own", OWN))
    scores = {role: heading_score(facts, role_words("keys", role)) for role, _ in rated}
    role, score = max(scores.items(), key=lambda each: each[1])
    if facts.pattern == "feature_id":
        return PROGRAM
    if facts.pattern == "building_id":
        return GLOBAL
    if facts.heading.folded.endswith(ENDINGS) and (role != "program" or score < LEAST_HEADING):
        return max(OWN * ENDING, dict(rated)[role] * score)
    return dict(rated)[role] * score if score >= LEAST_HEADING else 0.0


def _single(unique: list[tuple[float, ColumnFacts]]) -> Key:
    rating, facts = unique[0]
    others = tuple(other.name for _, other in unique[1:4])
    if rating <= NAME:
        return Key((facts.name,), False, 0.55, (note("key_is_name"),), others)
    why = note("key_of_program") if rating <= PROGRAM else note("key_unique")
    return Key((facts.name,), False, 0.9 if rating > PROGRAM else 0.6, (why,), others)


def _pair(candidates: list[ColumnFacts], table: SourceTable) -> tuple[str, str] | None:
    complete = [facts.name for facts in candidates if facts.absent == 0][:MOST_PARTS]
    texts = {name: as_text(table.columns[name]).tolist() for name in complete}
    for one, other in combinations(complete, 2):
        if len(set(zip(texts[one], texts[other], strict=True))) == len(table):
            return one, other
    return None
