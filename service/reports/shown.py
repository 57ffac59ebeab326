"""How a report's values are shown to a person: labels of codes, numbers in the language's own manner."""

from __future__ import annotations

import datetime
from typing import Any

from service.catalogues import has_text, text
from service.reports.report import Kind, ReportColumn

_DECIMAL_MARK = {"fi": ",", "sv": ",", "en": "."}
_GROUP_MARK = {"fi": "\u00a0", "sv": "\u00a0", "en": ","}
# Columns whose values are codes with a label in the catalogues.
_CODED = {
    "class": "asset_class",
    "use": "building_class",
    "condition_basis": "condition_basis",
    "service_code": "service",
    "need_basis": "need_basis",
    "users_basis": "users_basis",
    "parameter": "parameter",
    "quantity_unit": "unit",
    "goal": "funding_goal",
    "policy": "value.policy",
    "mode": "value.mode",
    "guess": "guess",
    "backlog_method": "backlog_method",
    "change_cause": "change_cause",
    "compared": "compared",
}
UNKNOWN = "–"


def shown(value: Any, column: ReportColumn, language: str) -> str:
    """Return a value as text; unknown is a dash."""
    if value is None:
        return UNKNOWN
    if isinstance(value, (dict, str)):
        return shown_text(value, column, language)
    if column.name == "condition_class":
        return f"{value} – {text(language, f'condition_class.{value}')}"
    return _number(value, column.kind, language)


def shown_text(value: Any, column: ReportColumn, language: str) -> str:
    """Return a name in the language (in Finnish where it has none in it), a code's label, or the text itself."""
    if isinstance(value, dict):
        return str(value.get(language) or value.get("fi") or UNKNOWN)
    key = f"{_CODED.get(column.name)}.{value}"
    return text(language, key) if column.name in _CODED and has_text(language, key) else str(value)


def _number(value: Any, kind: Kind, language: str) -> str:
    if kind is Kind.SHARE:
        return percent(float(value), language)
    if kind in (Kind.MONEY, Kind.COUNT):
        return grouped(float(value), 0, language)
    if kind is Kind.NUMBER:
        return grouped(float(value), 1, language)
    if kind is Kind.VALUE:
        return plain_number(float(value), language)
    if kind is Kind.FLAG:
        return text(language, "report.yes" if value else "report.no")
    return day(value, language) if kind is Kind.DATE else str(value)


def percent(share: float, language: str, decimals: int = 1) -> str:
    """Return a share in per cent; before the sign stands a no-break space, in English nothing.

    >>> percent(0.125, "en"), len(percent(0.125, "sv"))
    ('12.5%', 6)
    """
    number = grouped(share * 100, decimals, language)
    return f"{number}%" if language == "en" else f"{number}\u00a0%"


def plain_number(number: float, language: str) -> str:
    """Return a number with as many decimals as it has, six at most.

    >>> plain_number(0.0175, "fi"), plain_number(2500.0, "en")
    ('0,0175', '2,500')
    """
    digits = f"{number:.6f}".rstrip("0").partition(".")[2]
    return grouped(number, len(digits), language)


def day(date: datetime.date, language: str) -> str:
    """Return a date as the language writes it.

    >>> day(datetime.date(2026, 1, 9), "fi"), day(datetime.date(2026, 1, 9), "en")
    ('9.1.2026', '9 January 2026')
    """
    return f"{date.day} {date:%B %Y}" if language == "en" else f"{date.day}.{date.month}.{date.year}"


def grouped(number: float, decimals: int, language: str) -> str:
    """Return a number with the language's marks.

    >>> grouped(1234567.891, 1, "en"), grouped(0.5, 1, "fi")
    ('1,234,567.9', '0,5')
    """
    plain = f"{number:,.{decimals}f}"
    whole, _, part = plain.partition(".")
    whole = whole.replace(",", _GROUP_MARK[language])
    return f"{whole}{_DECIMAL_MARK[language]}{part}" if part else whole
