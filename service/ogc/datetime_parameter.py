"""The parameter `datetime` of OGC API Features Part 1: an instant or an interval, open at either end."""

from __future__ import annotations

import datetime
import re

_OPEN = ("", "..")
_INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2}))?"
_RFC_3339 = re.compile(_INSTANT, re.ASCII)

DATETIME_PATTERN = rf"^({_INSTANT}|({_INSTANT}|\.\.)?/({_INSTANT}|\.\.)?)$"
"""What any value looks like; days must exist, too, and no interval ends before it starts."""


def check_datetime(text: str) -> None:
    """Check that a text is an RFC 3339 date, date-time or interval of them.

    No collection has a property of time, so that every feature meets every `datetime` (Part 1, fc-time-response): the
    value is checked and then has no effect.

    Raises:
        ValueError: It is none; says why.
    """
    ends = text.split("/")
    if len(ends) > 2 or (len(ends) == 1 and text in _OPEN):
        raise ValueError(f"'{text[:60]}' is neither an instant nor an interval start/end")
    instants = [None if len(ends) == 2 and end in _OPEN else _instant(end) for end in ends]
    if len(instants) == 2 and None not in instants and instants[0] > instants[1]:  # type: ignore[operator]
        raise ValueError(f"'{text[:60]}' ends before it starts")


def _instant(text: str) -> datetime.datetime:
    form = _RFC_3339.fullmatch(text)
    if form is None:
        raise ValueError(f"'{text[:40]}' is not a date, or a date-time with a time zone, of RFC 3339")
    try:
        instant = datetime.datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise ValueError(f"'{text[:40]}' is not in the calendar") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=datetime.UTC)
