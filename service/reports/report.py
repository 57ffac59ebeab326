"""A report as data: typed columns, rows and totals, the same for JSON, CSV and HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a column holds, which decides how it is written."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    NUMBER = "number"
    YEAR = "year"


@dataclass(frozen=True)
class ReportColumn:
    """One column: its code, which is the JSON member's name, what it holds, and whether a page has room for it."""

    name: str
    kind: Kind
    unit: str | None = None
    on_page: bool = True


@dataclass(frozen=True)
class ReportTable:
    """One table of a report; `total` is None where rows must not be added."""

    name: str
    columns: tuple[ReportColumn, ...]
    rows: list[dict[str, Any]]
    total: dict[str, Any] | None = None


@dataclass(frozen=True)
class Report:
    """A report: whose it is, which run it shows, its tables (the first is the report proper) and key figures."""

    name: str
    municipality: dict[str, Any]
    run: dict[str, Any]
    tables: list[ReportTable]
    key_figures: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def ratio(part: Any, whole: Any) -> float | None:
    """Return part / whole, or None where the whole is nothing."""
    return float(part) / float(whole) if whole else None
