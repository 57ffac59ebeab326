"""Which class the rows of a file are: by the names of file and layer, by a column that names it, by headings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from service.importers.proposals.column_facts import ColumnFacts
from service.importers.proposals.matching import heading_score
from service.importers.proposals.notes import Note, listed, note
from service.importers.proposals.value_fit import BY_PATTERN
from service.importers.proposals.vocabulary import PROPOSED_TARGETS, attribute_words, class_of_text, role_words
from service.importers.source_table import SourceTable, missing
from service.queries.import_targets import TARGETS

SECTION_WEIGHT = 100.0
NAME_WEIGHT, VALUE_WEIGHT, HEADING_WEIGHT, ATTRIBUTE_WEIGHT = 3.0, 2.0, 1.0, 2.0
WRONG_SHAPE = 0.25
DECIDED, AHEAD = 1.5, 1.3
LEAST_ROWS, FEWEST_VALUES, MOST_VALUES, MOST_NAMES = 0.6, 2, 60, 500
LONGEST_KIND, MOST_REASONS = 60, 4
EXACT, LEAST_HEADING = 0.99, 0.75


@dataclass(frozen=True)
class ClassGuess:
    """What the rows are.

    Attributes:
        ranked: Classes with their scores, the likeliest first.
        notes: Why the first of them.
        rule_column: Column whose values name several classes, None where the file has one class.
        by_value: Class by value of that column.
    """

    ranked: tuple[tuple[str, float], ...]
    notes: tuple[Note, ...]
    rule_column: str | None = None
    by_value: Mapping[str, str] | None = None

    @property
    def decided(self) -> str | None:
        """Return the class where one is clearly ahead."""
        if not self.ranked or self.ranked[0][1] < DECIDED:
            return None
        second = self.ranked[1][1] if len(self.ranked) > 1 else 0.0
        return self.ranked[0][0] if self.ranked[0][1] >= AHEAD * second else None


def guess_class(
    names: Mapping[str, str],
    columns: Mapping[str, ColumnFacts],
    shapes: Collection[str],
    section: str | None = None,
) -> ClassGuess:
    """Return the likely class or classes of a file.

    Args:
        names: What the file, its layer and the like are called, by what that is (`file`, `layer`).
        columns: The columns by name.
        shapes: Types of the geometries, none where there are none.
        section: Class of the section of a model that the rows are, which no heading outweighs.
    """
    rule_column, by_value = _class_column(columns)
    one_class = len(set(by_value.values())) == 1
    evidence = _evidence(names, columns)
    if section is not None:
        evidence.append((section, SECTION_WEIGHT, note("class_by_layer", name=names["layer"])))
    if rule_column is not None and one_class:
        why = note("class_by_values", column=rule_column, values=listed(columns[rule_column].samples()))
        evidence.append((next(iter(by_value.values())), VALUE_WEIGHT, why))
    elif rule_column is not None and not _rules(columns[rule_column], by_value, evidence, shapes):
        rule_column, by_value = None, {}
    scores: dict[str, float] = defaultdict(float)
    for code, weight, _ in evidence:
        scores[code] += weight * (1.0 if _fits(code, shapes) else WRONG_SHAPE)
    ranked = tuple(sorted(scores.items(), key=lambda each: (-each[1], each[0])))
    notes = dict.fromkeys(why.code + str(why.values) for code, _, why in evidence if ranked and code == ranked[0][0])
    told = {why.code + str(why.values): why for _, _, why in evidence}
    reasons = tuple(told[each] for each in notes)[:MOST_REASONS]
    return ClassGuess(
        ranked, reasons, None if one_class else rule_column, by_value if rule_column and not one_class else None
    )


def _rules(
    facts: ColumnFacts, by_value: Mapping[str, str], evidence: list[tuple[str, float, Note]], shapes: Collection[str]
) -> bool:
    """Return whether a column with words for several classes decides the class of each row.

    It does not where file or layer name a class that is not among them (the sewers of a file of manholes), where other
    things speak for a class and its heading is not one of kinds, or where none of them has such geometry.
    """
    classes = set(by_value.values())
    by_name = {code for code, weight, _ in evidence if weight == NAME_WEIGHT}
    fitting = any(_fits(code, shapes) for code in classes)
    return fitting and (not by_name or bool(by_name & classes)) and (not evidence or _says_kind(facts))


def _evidence(names: Mapping[str, str], columns: Mapping[str, ColumnFacts]) -> list[tuple[str, float, Note]]:
    """Return the classes that names, headings and values speak for, with weight and reason."""
    found = [
        (code, NAME_WEIGHT, note(f"class_by_{kind}", name=name))
        for kind, name in names.items()
        if (code := class_of_text(name)) is not None
    ]
    for code, column in _by_names(columns):
        why = note("class_by_values", column=column, values=listed(columns[column].samples()))
        found.append((code, VALUE_WEIGHT, why))
    headings = [(code, heading, HEADING_WEIGHT) for code, heading in _by_headings(columns)]
    for code, heading, weight in headings + _by_attributes(columns):
        found.append((code, weight, note("class_by_heading", heading=heading)))
    return found


def _class_column(columns: Mapping[str, ColumnFacts]) -> tuple[str | None, dict[str, str]]:
    """Return the column whose values name classes in most rows, the one that names the most, and the class by value."""
    best: tuple[float, str, dict[str, str]] = (0.0, "", {})
    for name, facts in columns.items():
        if facts.kind != "text" or facts.pattern is not None or not 1 <= len(facts.counts) <= MOST_VALUES:
            continue
        if max(map(len, facts.counts)) > LONGEST_KIND:
            continue
        named = {value: code for value in facts.counts if (code := class_of_text(value)) is not None}
        share = sum(facts.counts[value] for value in named) / facts.counts.total()
        repeated = facts.counts.total() >= FEWEST_VALUES * len(facts.counts) or _says_kind(facts)
        if (
            share >= LEAST_ROWS
            and repeated
            and (share, len(set(named.values()))) > (best[0], len(set(best[2].values())))
        ):
            best = (share, name, named)
    return (best[1], best[2]) if best[2] else (None, {})


def _by_names(columns: Mapping[str, ColumnFacts]) -> list[tuple[str, str]]:
    """Return the class that most names of a column of names end in, as in Myllysilta and Rantasilta."""
    found = []
    for name, facts in columns.items():
        if facts.kind != "text" or heading_score(facts, attribute_words("park", "name")) < LEAST_HEADING:
            continue
        looked_at = list(facts.counts)[:MOST_NAMES]
        named = Counter(code for value in looked_at if (code := class_of_text(value)) is not None)
        code, often = named.most_common(1)[0] if named else ("", 0)
        if often >= LEAST_ROWS * len(looked_at):
            found.append((code, name))
    return found


def _says_kind(facts: ColumnFacts) -> bool:
    return heading_score(facts, role_words("types", "headings")) >= LEAST_HEADING


def _by_headings(columns: Mapping[str, ColumnFacts]) -> list[tuple[str, str]]:
    """Return the classes that headings begin with: leikkipaikan_nimi, kaivon_numero, bridge_id; each once."""
    found: dict[str, str] = {}
    for name, facts in columns.items():
        tokens = facts.heading.tokens
        code = class_of_text(tokens[0]) if len(tokens) > 1 else None
        if code is not None:
            found.setdefault(code, name)
    return list(found.items())


def _by_attributes(columns: Mapping[str, ColumnFacts]) -> list[tuple[str, str, float]]:
    """Return the classes of attributes that few classes have and a heading or the values name."""
    owners: dict[str, list[str]] = defaultdict(list)
    for target in PROPOSED_TARGETS:
        for name in TARGETS[target].fields:
            owners[name].append(target)
    found = []
    for name, targets in owners.items():
        if len(targets) > 3 or "district" in targets or name == "address":
            continue
        column = next((facts.name for facts in columns.values() if _names(targets[0], name, facts)), None)
        if column is not None:
            found += [(target, column, ATTRIBUTE_WEIGHT / len(targets)) for target in targets]
    return found


def _names(target: str, attribute: str, facts: ColumnFacts) -> bool:
    if attribute in BY_PATTERN:
        return facts.pattern == BY_PATTERN[attribute]
    return facts.kind != "empty" and heading_score(facts, attribute_words(target, attribute)) >= EXACT


def shape_types(table: SourceTable) -> set[str]:
    """Return the types of a table's geometries, such as `POINT` and `MULTIPOLYGON`."""
    if table.geometry is None:
        return set()
    kinds = np.unique(shapely.get_type_id(table.geometry[~missing(table.geometry)]))
    return {shapely.GeometryType(int(kind)).name for kind in kinds if kind >= 0}


def _fits(code: str, shapes: Collection[str]) -> bool:
    """Return whether a class can have one of these shapes; several parts of a kind are as good as one."""
    wanted = {kind.removeprefix("MULTI") for kind in TARGETS[code].geometry_types}
    return not shapes or not wanted or bool(wanted & {shape.removeprefix("MULTI") for shape in shapes})
