"""Columns that tell rows apart together with their place, where none does alone: as few as will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from service.importers.conversions import without_unknown
from service.importers.proposals.column_facts import ColumnFacts
from service.importers.source_table import SourceTable, Values, as_text

MOST_COLUMNS, MOST_CANDIDATES = 6, 30
Groups = NDArray[np.int64]


def telling_columns(
    columns: Mapping[str, ColumnFacts],
    table: SourceTable,
    place: Sequence[str],
    name: str | None,
    candidates: Sequence[str],
) -> tuple[str, ...]:
    """Return the columns by which, with the place, all rows differ that differ in anything.

    The name alone where that does; else greedily the column that tells most rows apart, then the next; what turns out
    needless is left out again. Days and measures, which change, are taken only where others are not enough. With
    `c` candidates and `n` rows this sorts at most `6 c` times `n` numbers.

    Args:
        columns: The columns by name.
        table: The rows.
        place: Columns of coordinates.
        name: Column of names, where there is one.
        candidates: Columns that may be part of a key, and in which rows may differ.
    """
    ranked = sorted(candidates, key=lambda each: -len(columns[each].counts))[:MOST_CANDIDATES]
    codes = {each: _numbered(as_text(table.columns[each]).tolist()) for each in ranked}
    start = _places(columns, table, place)
    wanted = _count(_joined(start, list(codes.values())))
    if name in codes and _count(_joined(start, [codes[name]])) == wanted:
        return (name,)
    steady = {each: codes[each] for each in ranked if _is_steady(columns[each])}
    chosen: list[str] = []
    for offered in (steady, codes):
        chosen = _greedy(start, offered, codes, chosen, wanted)
    return _needed(start, codes, chosen)


def _is_steady(facts: ColumnFacts) -> bool:
    return facts.kind in {"text", "boolean"} or (facts.kind == "number" and facts.is_whole)


def _greedy(
    start: Groups, offered: Mapping[str, Groups], codes: Mapping[str, Groups], chosen: list[str], wanted: int
) -> list[str]:
    group = _joined(start, [codes[name] for name in chosen])
    found = _count(group)
    chosen = list(chosen)
    while found < wanted and len(chosen) < MOST_COLUMNS:
        counts = {name: _count(_joined(group, [offered[name]])) for name in offered}
        best = max(counts, key=lambda name: counts[name], default=None)
        if best is None or counts[best] == found:
            break
        chosen.append(best)
        group, found = _joined(group, [offered[best]]), counts[best]
    return chosen


def _needed(start: Groups, codes: Mapping[str, Groups], chosen: list[str]) -> tuple[str, ...]:
    """Return the columns without those that the later ones made needless."""
    found = _count(_joined(start, [codes[name] for name in chosen]))
    for name in list(chosen):
        rest = [each for each in chosen if each != name]
        if _count(_joined(start, [codes[each] for each in rest])) == found:
            chosen = rest
    return tuple(name for name in codes if name in chosen)


def _places(columns: Mapping[str, ColumnFacts], table: SourceTable, place: Sequence[str]) -> Groups:
    if table.geometry is not None and not place:
        return _numbered(shapely.to_wkb(shapely.force_2d(table.geometry)).tolist())
    texts = [without_unknown(as_text(table.columns[name]), columns[name].markers) for name in place]
    return _joined(np.zeros(len(table), dtype=np.int64), [_numbered(each.tolist()) for each in texts])


def _numbered(values: Sequence[object] | Values) -> Groups:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def _joined(group: Groups, others: Sequence[Groups]) -> Groups:
    """Return groups of rows that are alike in all, numbered from 0."""
    for other in others:
        pairs = group * (int(other.max(initial=0)) + 1) + other
        group = np.unique(pairs, return_inverse=True)[1].astype(np.int64).reshape(-1)
    return group


def _count(group: Groups) -> int:
    return int(group.max(initial=-1)) + 1
