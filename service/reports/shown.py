"""How a report's values are shown to a person: labels of codes, numbers in the language's own manner."""

from __future__ import annotations

from typing import Any

from service.catalogues import text
from service.reports.report import Kind, ReportColumn

_DECIMAL_MARK = {"fi": ",", "sv": ",", "en": "."}
_GROUP_MARK = {"fi": "\u00a0", "sv": "\u00a0", "en": ","}
# Columns whose values are codes with a label in the catalogues.
_CODED = {"class": "asset_class", "condition_basis": "condition_basis", "service_code": "service"}


def shown(value: Any, column: ReportColumn, language: str) -> str:
    """Return a value as text; unknown is a dash."""
    if value is None:
        return "–"
    if isinstance(value, dict):
        return str(value.get(language) or value.get("fi") or "–")
    if column.name in _CODED:
        return text(language, f"{_CODED[column.name]}.{value}")
    return _number(value, column.kind, language)


def _number(value: Any, kind: Kind, language: str) -> str:
    if kind is Kind.SHARE:
        return f"{grouped(float(value) * 100, 1, language)} %"
    if kind in (Kind.MONEY, Kind.COUNT):
        return grouped(float(value), 0, language)
    if kind is Kind.NUMBER:
        return grouped(float(value), 1, language)
    return str(value)


def grouped(number: float, decimals: int, language: str) -> str:
    """Return a number with the language's marks.

    >>> grouped(1234567.891, 1, "en"), grouped(0.5, 1, "fi")
    ('1,234,567.9', '0,5')
    """
    plain = f"{number:,.{decimals}f}"
    whole, _, part = plain.partition(".")
    whole = whole.replace(",", _GROUP_MARK[language])
    return f"{whole}{_DECIMAL_MARK[language]}{part}" if part else whole
