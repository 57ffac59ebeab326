"""Values of properties as they stand in a query parameter."""

from __future__ import annotations

import datetime
import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.queries.feature_collections import FeatureProperty

_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INTEGER_RANGE = 2**63


def parse_property_value(described: FeatureProperty, text: str) -> Any:
    """Return the value of a property that a text means.

    Raises:
        ValueError: The text is no value of the property's type or none of its choices; says what would be.
    """
    if described.choices is not None and text not in described.choices:
        raise ValueError(f"'{text[:40]}' is not one of {', '.join(described.choices)}")
    try:
        return _PARSERS[described.type](text)
    except ValueError as error:
        raise ValueError(f"'{text[:40]}' is not {_NAMES[described.type]}") from error


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    return text


def _boolean(text: str) -> bool:
    if text not in _BOOLEANS:
        raise ValueError(text)
    return _BOOLEANS[text]


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    number = int(text)
    if not -_INTEGER_RANGE <= number < _INTEGER_RANGE:
        raise ValueError(text)
    return number


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


def _day(text: str) -> datetime.date:
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return datetime.date.fromisoformat(text)


_PARSERS: dict[type[Any], Callable[[str], Any]] = {
    str: _text,
    bool: _boolean,
    int: _integer,
    float: _number,
    datetime.date: _day,
}
_NAMES = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a finite number",
    datetime.date: "a date like 2026-01-31",
}
