"""Row filters, figures that stand on one row of a group only, one row per group, columns into rows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

import numpy as np
import shapely

from service.importers.profile import NUMBER, FillWithin, OnePer, RowFilter, Unpivot
from service.importers.source_table import Flags, Rows, SourceTable, Values, as_text, missing, object_column

Keys = list[tuple[str | None, ...]]
# Lines are drawn alike when their points are, to a centimetre.
LINE_GRID_M = 0.01


def keys_of(table: SourceTable, columns: Iterable[str]) -> Keys:
    """Return each row's values of the columns, as text."""
    return list(zip(*(as_text(table.columns[name]).tolist() for name in columns), strict=True))


def kept_rows(table: SourceTable, filters: Iterable[RowFilter]) -> Flags:
    """Return the rows that pass every filter."""
    kept = np.ones(len(table), dtype=bool)
    for rule in filters:
        texts = as_text(table.columns[rule.column]).tolist()
        if rule.within is not None:
            kept &= np.fromiter((text in rule.within for text in texts), dtype=bool, count=len(texts))
        if rule.not_within is not None:
            kept &= np.fromiter((text not in rule.not_within for text in texts), dtype=bool, count=len(texts))
        if rule.matches is not None:
            pattern = re.compile(rule.matches, re.IGNORECASE)
            matching = {text for text in set(texts) if text is not None and pattern.search(text)}
            kept &= np.fromiter((text in matching for text in texts), dtype=bool, count=len(texts))
    return kept


def filled(table: SourceTable, fill: FillWithin) -> SourceTable:
    """Return the table with each group's first figure on all rows of the group (never a sum)."""
    keys = keys_of(table, fill.within)
    return table.with_columns({name: _filled(table.columns[name], keys) for name in fill.columns})


def numbered(table: SourceTable, columns: Iterable[str]) -> SourceTable:
    """Return the table with a column `@number`: 1 for the first row of equal values of the columns, 2 for the next."""
    seen: dict[tuple[str | None, ...], int] = {}
    numbers = []
    for key in keys_of(table, columns):
        seen[key] = seen.get(key, 0) + 1
        numbers.append(str(seen[key]))
    return table.with_columns({NUMBER: object_column(numbers)})


def _filled(values: Values, keys: Keys) -> Values:
    figures: dict[tuple[str | None, ...], object] = {}
    for key, value, absent in zip(keys, values.tolist(), missing(values).tolist(), strict=True):
        if not absent:
            figures.setdefault(key, value)
    return object_column([figures.get(key) for key in keys])


def one_row_per_group(table: SourceTable, rule: OnePer) -> SourceTable:
    """Return one row of each group: the first, or the newest by a column."""
    keys = _group_keys(table, rule)
    chosen: dict[tuple[object, ...], int] = {}
    ranks = _ranks(table, rule)
    for position, key in enumerate(keys):
        best = chosen.setdefault(key, position)
        if ranks is not None and ranks[position] > ranks[best]:
            chosen[key] = position
    return table.take(np.array(sorted(chosen.values()), dtype=np.intp))


def _group_keys(table: SourceTable, rule: OnePer) -> list[tuple[object, ...]]:
    keys: list[tuple[object, ...]] = list(keys_of(table, rule.columns)) if rule.columns else [()] * len(table)
    if not rule.either_direction or table.geometry is None:
        return keys
    lines = shapely.to_wkb(shapely.normalize(shapely.set_precision(table.geometry, LINE_GRID_M))).tolist()
    return [(*key, row if line is None else line) for row, (key, line) in enumerate(zip(keys, lines, strict=True))]


def _ranks(table: SourceTable, rule: OnePer) -> list[str] | None:
    if rule.newest_by is None:
        return None
    texts = [text or "" for text in as_text(table.columns[rule.newest_by]).tolist()]
    if rule.date_format is None:
        return texts
    days = {text: _iso_day(text, rule.date_format) for text in set(texts)}
    return [days[text] for text in texts]


def _iso_day(text: str, date_format: str) -> str:
    try:
        return dt.datetime.strptime(text, date_format).date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return ""


def unpivoted(table: SourceTable, rule: Unpivot) -> SourceTable:
    """Return one row per row and listed column, with its figure and constants as columns named by attribute."""
    columns = list(rule.columns)
    repeated: Rows = np.tile(np.arange(len(table), dtype=np.intp), len(columns))
    figures = object_column([value for name in columns for value in table.columns[name].tolist()])
    names = dict.fromkeys(name for constants in rule.columns.values() for name in constants)
    constants = {
        attribute: object_column([rule.columns[name].get(attribute) for name in columns for _ in range(len(table))])
        for attribute in names
    }
    return table.take(repeated).with_columns({rule.value: figures, **constants})
