"""The parameter `datetime` of OGC API Features Part 1: an instant or an interval, open at either end."""

from __future__ import annotations

import datetime

_OPEN = ("", "..")


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
    try:
        instant = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text[:40]}' is not a date or date-time of RFC 3339") from error
    is_date = len(text) == len("2026-01-31")
    if not is_date and (instant.tzinfo is None or len(text) < len("2026-01-31T00:00:00Z")):
        raise ValueError(f"'{text[:40]}' has no time zone, as RFC 3339 asks for")
    return instant if instant.tzinfo else instant.replace(tzinfo=datetime.UTC)
