"""A column of conditions: on which scale, which end is best, on which day it was assessed."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.importers.proposals.column_facts import ColumnFacts
from service.importers.proposals.headings import folded, words_of
from service.importers.proposals.matching import heading_score
from service.importers.proposals.notes import Note, listed, note
from service.importers.proposals.value_fit import OLDEST_YEAR, YEAR_IN_TEXT, newest_year
from service.importers.proposals.value_rules import FAR_ABOVE, NINES, ValueRule, date_rule
from service.importers.proposals.vocabulary import condition_words, role_words
from service.importers.source_table import SourceTable, as_text

LEAST_HEADING, LEAST_DAY = 0.7, 0.6
BEST_IS_FIVE, BEST_IS_ONE = "fi_1_5", "suomen_kuntotekniikka_1_5"
STRONG = 0.15
LEAST_ROWS = 20
Z_CLASSES = {"Z0": "1", "Z1": "2", "Z2": "3", "Z3": "4", "Z4": "5"}
LEADING_CLASS = re.compile(r"^([1-5])\b")
MOST = 0.8


@dataclass(frozen=True)
class Condition:
    """How conditions are read.

    Attributes:
        column: The column of conditions.
        day_column: The column of the day or year, None where a constant stands for it.
        scale_code: The scale.
        value: Mapping of the value.
        assessed_on: Mapping of the day.
        unknown: Values that are no condition.
        score: How sure this is.
        notes: Why.
    """

    column: str
    day_column: str | None
    scale_code: str
    value: dict[str, Any]
    assessed_on: dict[str, Any]
    unknown: tuple[str, ...]
    score: float
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class _Scale:
    code: str
    mapping: dict[str, Any]
    unknown: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def find_condition(
    columns: Mapping[str, ColumnFacts], table: SourceTable, years: str | None, taken: Collection[str]
) -> Condition | None:
    """Return the column of conditions and how to read it, or None.

    Args:
        columns: The columns by name.
        table: The rows, by which the direction of a scale is told: older assets are in worse condition.
        years: Column of the year of building, if there is one.
        taken: Columns that are something else already.
    """
    words = role_words("condition", "headings")
    ranked = sorted(
        ((heading_score(facts, words), facts) for name, facts in columns.items() if name not in taken),
        key=lambda each: -each[0],
    )
    for score, facts in ranked:
        scale = _scale(facts, table, years) if score >= LEAST_HEADING else None
        if scale is not None:
            return _condition(facts, scale, score, columns, {*taken, facts.name})
    return None


def _condition(
    facts: ColumnFacts, scale: _Scale, score: float, columns: Mapping[str, ColumnFacts], taken: Collection[str]
) -> Condition:
    day = _day_column(columns, taken)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    rule = date_rule(columns[day]) if day else ValueRule({"constant": today}, (note("day_unknown", day=today),))
    assessed_on = {**rule.mapping, "default": today} if day and columns[day].absent else rule.mapping
    notes = (note("scale", scale=scale.code, values=listed(facts.samples())), *scale.notes, *rule.notes)
    unknown = (*facts.markers, *scale.unknown)
    return Condition(
        facts.name, day, scale.code, {"column": facts.name, **scale.mapping}, assessed_on, unknown, score, notes
    )


def _day_column(columns: Mapping[str, ColumnFacts], taken: Collection[str]) -> str | None:
    words = role_words("condition", "days")
    found = [
        (heading_score(facts, words), name)
        for name, facts in columns.items()
        if name not in taken and (facts.kind == "date" or _are_years(facts))
    ]
    score, name = max(found, default=(0.0, ""))
    return name if score >= LEAST_DAY else None


def _are_years(facts: ColumnFacts) -> bool:
    known = facts.numbers[facts.numbers > 0]
    return facts.is_whole and bool(len(known)) and bool(np.all((known >= OLDEST_YEAR) & (known <= newest_year())))


def _scale(facts: ColumnFacts, table: SourceTable, years: str | None) -> _Scale | None:
    if facts.kind == "number":
        return _number_scale(facts, table, years)
    return _text_scale(facts.counts) if facts.kind == "text" else None


def _number_scale(facts: ColumnFacts, table: SourceTable, years: str | None) -> _Scale | None:
    distinct = set(np.unique(facts.numbers).tolist())
    real = [value for value in distinct if value >= 0 and value not in NINES]
    known = {
        value for value in distinct if value >= 0 and not (value in NINES and real and value > FAR_ABOVE * max(real))
    }
    if not known:
        return None
    top = max(known)
    code = _scale_of_top(top, known, {"pci", "oci"} & set(facts.heading.tokens) != set())
    if code is None:
        return None
    if code == BEST_IS_FIVE:
        known = known - {0.0}
    unknown = tuple(f"{value:g}" for value in sorted(distinct - known))
    if code != BEST_IS_FIVE:
        return _Scale(code, {}, unknown)
    tie = _agreement_with_age(facts.name, years, table, known)
    if tie is not None and abs(tie) >= STRONG:
        return _Scale(
            BEST_IS_FIVE if tie > 0 else BEST_IS_ONE, {}, unknown, (note("direction_by_age", correlation=f"{tie:.2f}"),)
        )
    return _Scale(BEST_IS_FIVE, {}, unknown, (note("direction_assumed", other=BEST_IS_ONE),))


def _scale_of_top(top: float, known: set[float], is_pavement: bool) -> str | None:
    if is_pavement and top <= 100:
        return "pci_0_100"
    if top <= 1 and any(value not in {0.0, 1.0} for value in known):
        return "index_0_1"
    if top <= 5 and len(known) > 1:
        return BEST_IS_FIVE
    if top <= 10 and len(known) > 1:
        return "score_0_10"
    return "percent_0_100" if 10 < top <= 100 else None


def _agreement_with_age(column: str, years: str | None, table: SourceTable, known: set[float]) -> float | None:
    """Return the rank correlation of condition and year of building; None where too few rows have both."""
    if years is None:
        return None
    pairs = [
        (int(year.group(1)), float(value))
        for value, text in zip(
            as_text(table.columns[column]).tolist(), as_text(table.columns[years]).tolist(), strict=True
        )
        if value is not None and text is not None and (year := re.search(YEAR_IN_TEXT, text)) and _in(value, known)
    ]
    if len(pairs) < LEAST_ROWS:
        return None
    ranks = [np.unique(column_values, return_inverse=True)[1] for column_values in np.array(pairs).T]
    if any(rank.max() == 0 for rank in ranks):
        return None
    return _correlation(ranks[0], ranks[1])


def _correlation(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the correlation of two columns that both vary."""
    return float(np.mean((one - one.mean()) * (other - other.mean())) / (one.std() * other.std()))


def _in(value: str, known: set[float]) -> bool:
    try:
        return float(value.replace(",", ".")) in known
    except ValueError:
        return False


def _text_scale(counts: Counter[str]) -> _Scale | None:
    values = list(counts)
    upper = {value: value.strip().upper() for value in values}
    if all(each in Z_CLASSES for each in upper.values()):
        return _Scale(
            BEST_IS_FIVE, {"codes": {value: Z_CLASSES[each] for value, each in upper.items()}}, (), (note("z_classes"),)
        )
    if all(each in set("ABCDE") for each in upper.values()):
        return _Scale("dfe_a_e", {"codes": upper})
    words = _word_classes(values)
    led = {value: found.group(1) for value in values if (found := LEADING_CLASS.match(value))}
    if len(led) >= MOST * len(values):
        unknown = tuple(value for value in values if value not in led)
        return _Scale(_direction(led, words), {"capture": LEADING_CLASS.pattern}, unknown, (note("class_leads"),))
    if sum(counts[value] for value in words) >= MOST * counts.total():
        return _Scale(BEST_IS_FIVE, {"codes": words}, tuple(value for value in values if value not in words))
    return None


def _word_classes(values: list[str]) -> dict[str, str]:
    """Return the Finnish classes of values in words; a lone `huono` is the worst, beside `erittäin huono` it is not."""
    known = condition_words()
    found = {value: known.get("".join(each for each in words_of(value) if not each.isdigit())) for value in values}
    spelled = {folded(value) for value in values}
    has_very_bad = any(each.startswith(("erittain huono", "mycket dalig", "very poor")) for each in spelled)
    for value in values:
        if has_very_bad and folded(value) in {"huono", "dalig", "poor", "heikko", "bad"}:
            found[value] = "2"
    return {value: code for value, code in found.items() if code is not None}


def _direction(led: Mapping[str, str], words: Mapping[str, str]) -> str:
    """Return the scale on which numbers before words mean what the words say."""
    both = [(int(number), int(words[value])) for value, number in led.items() if value in words]
    numbers = np.array(both, dtype=np.float64).reshape(-1, 2)
    varies = len(both) > 1 and bool(np.all(numbers.std(axis=0) > 0))
    return BEST_IS_ONE if varies and _correlation(numbers[:, 0], numbers[:, 1]) < 0 else BEST_IS_FIVE
