"""Declared conversions of one column: unknown codes, code lists, units, dates. Whole columns at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.importers.parse_values import PARSERS
from service.importers.profile import Scalar, ValueMapping
from service.importers.source_table import Flags, SourceTable, Values, as_text, missing, object_column


@dataclass(frozen=True)
class Converted:
    """A converted column.

    Attributes:
        values: Typed values: float64 (NaN unknown), datetime64 (NaT unknown) or object (None unknown).
        broken: Rows whose value could not be converted.
        rule: Rule that the broken rows break: `type` or `code_list`.
        source: The value as it stands in the file, for reports.
    """

    values: Values
    broken: Flags
    rule: str
    source: Values


def convert(
    table: SourceTable, mapping: ValueMapping, kind: str, unknown: Sequence[str] = (), factor: float = 1.0
) -> Converted:
    """Return one attribute's column from the table.

    Args:
        table: The rows.
        mapping: The declaration.
        kind: Type to end with: `text`, `integer`, `number`, `boolean`, `date` or `timestamp`.
        unknown: Values that mean unknown in every column of the profile.
        factor: What numbers are multiplied with, units included.
    """
    if not mapping.source_columns:
        return _constant(mapping.constant, kind, len(table))
    source = _joined(table, mapping)
    if _is_typed_number(source, mapping, kind):
        return _from_numbers(source, mapping, unknown, kind, factor)
    if _is_typed_boolean(source, mapping, kind, unknown):
        return Converted(
            _finished(source.astype(object), mapping, kind, factor), np.zeros(len(source), dtype=bool), "type", source
        )
    text = without_unknown(as_text(source), {*unknown, *mapping.unknown})
    coded, unlisted = _recoded(_reshaped(text, mapping), mapping)
    parse_kind = "date" if mapping.part else kind
    values, broken = PARSERS[parse_kind](coded, mapping.date_format, table.decimal_comma)
    values = _finished(values, mapping, kind, factor)
    return Converted(values, broken | unlisted, "code_list" if unlisted.any() else "type", source)


def _constant(value: Scalar, kind: str, count: int) -> Converted:
    text = object_column([None if value is None else str(value)] * count)
    values, broken = PARSERS[kind](text, None, False)
    return Converted(values, broken, "type", text)


def _joined(table: SourceTable, mapping: ValueMapping) -> Values:
    columns = [table.columns[name] for name in mapping.source_columns]
    if len(columns) == 1:
        return columns[0]
    texts = [as_text(column).tolist() for column in columns]
    return object_column([mapping.join.join(part for part in row if part) or None for row in zip(*texts, strict=True)])


def _is_typed_number(source: Values, mapping: ValueMapping, kind: str) -> bool:
    return _is_plain(mapping) and source.dtype.kind in "iuf" and kind in {"integer", "number"}


def _is_typed_boolean(source: Values, mapping: ValueMapping, kind: str, unknown: Sequence[str]) -> bool:
    told = {word.casefold() for word in (*unknown, *mapping.unknown)}
    return _is_plain(mapping) and source.dtype.kind == "b" and kind == "boolean" and not told & {"true", "false"}


def _is_plain(mapping: ValueMapping) -> bool:
    return not (mapping.codes or mapping.capture or mapping.part or mapping.prefix or mapping.suffix)


def _from_numbers(source: Values, mapping: ValueMapping, unknown: Sequence[str], kind: str, factor: float) -> Converted:
    values = source.astype(np.float64)
    sentinels = [number for number in map(_number_or_none, (*unknown, *mapping.unknown)) if number is not None]
    if sentinels:
        values = np.where(np.isin(values, sentinels), np.nan, values)
    return Converted(_finished(values, mapping, kind, factor), np.isinf(values), "type", source)


def _number_or_none(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def without_unknown(text: Values, unknown: Collection[str]) -> Values:
    """Return the texts with None where a value means unknown, written as text or as an equal number."""
    if not unknown:
        return text
    numbers = {number for number in map(_number_or_none, unknown) if number is not None}
    words = {value.casefold() for value in unknown}
    known: dict[str | None, bool] = {}
    for value in set(text.tolist()) - {None}:
        known[value] = value.casefold() not in words and not (numbers and _number_or_none(value) in numbers)
    return object_column([value if known.get(value) else None for value in text.tolist()])


def _reshaped(text: Values, mapping: ValueMapping) -> Values:
    steps: list[Callable[[str], str | None]] = []
    if mapping.uri_tail:
        steps.append(lambda value: value.rstrip("/").rsplit("/", 1)[-1])
    if mapping.capture:
        steps.append(_capturer(mapping.capture))
    for step in steps:
        text = _each(text, step)
    return text


def _capturer(pattern: str) -> Callable[[str], str | None]:
    expression = re.compile(pattern)

    def captured(value: str) -> str | None:
        found = expression.search(value)
        return found.group(1) if found else None

    return captured


def _each(text: Values, change: Callable[[str], Any]) -> Values:
    """Return a change applied to every text, once per distinct one."""
    changed = {value: change(value) for value in set(text.tolist()) if value is not None}
    return object_column([changed.get(value) for value in text.tolist()])


def _recoded(text: Values, mapping: ValueMapping) -> tuple[Values, Flags]:
    """Return codes replaced and affixes put on, and where a code was not in the list."""
    unlisted = np.zeros(len(text), dtype=bool)
    if mapping.codes is not None:
        listed = _code_list(mapping.codes, set(text.tolist()) - {None})
        if mapping.other_codes == "fault":
            flags = [value is not None and value not in listed for value in text.tolist()]
            unlisted = np.array(flags, dtype=bool)
        keep = mapping.other_codes == "keep"
        text = _each(text, lambda code: listed.get(code, code if keep else None))
    if mapping.prefix or mapping.suffix:
        text = _each(text, lambda value: f"{mapping.prefix}{value}{mapping.suffix}")
    return text, unlisted


def _code_list(codes: Mapping[str, Scalar], present: set[str]) -> dict[str, str | None]:
    """Return the register's value for each code; a code of the file in another case is taken where that is clear."""
    listed = {code: None if value is None else str(value) for code, value in codes.items()}
    alike: dict[str, set[str | None]] = {}
    for code, value in listed.items():
        alike.setdefault(code.casefold(), set()).add(value)
    clear = {code: values.pop() for code, values in alike.items() if len(values) == 1}
    others = {code: clear[code.casefold()] for code in present - set(listed) if code.casefold() in clear}
    return {**listed, **others}


def _finished(values: Values, mapping: ValueMapping, kind: str, factor: float) -> Values:
    if mapping.part == "year":
        years = values.astype("datetime64[Y]").astype(np.float64) + 1970
        values = np.where(np.isnat(values), np.nan, years)
    if values.dtype.kind == "f" and factor != 1.0:
        values = values * factor
    if values.dtype.kind == "f" and (mapping.round or mapping.decimals is not None):
        values = np.round(values, mapping.decimals or 0)
    return values if mapping.default is None else _with_default(values, mapping.default, kind)


def _with_default(values: Values, default: Scalar, kind: str) -> Values:
    filled = values.copy()
    filled[missing(values)] = _constant(default, kind, 1).values[0]
    return filled
