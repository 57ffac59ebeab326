"""A report as data: typed columns, rows and totals, the same for JSON, CSV, XLSX, HTML and PDF."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from service.reports.charts import ReportChart


class Kind(StrEnum):
    """What a column holds, which decides how it is written."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    NUMBER = "number"
    YEAR = "year"
    DATE = "date"
    FLAG = "flag"  # yes or no
    VALUE = "value"  # a number of any size, or a code


@dataclass(frozen=True)
class ReportColumn:
    """One column: its code, which is the JSON member's name, what it holds, and whether a page has room for it.

    `weighted_by` names the column whose amounts weigh a ratio: the ratio of the sums is the ratios' mean so weighted.
    """

    name: str
    kind: Kind
    unit: str | None = None
    on_page: bool = True
    weighted_by: str | None = None


@dataclass(frozen=True)
class ReportTable:
    """One table of a report; `total` is None where rows must not be added."""

    name: str
    columns: tuple[ReportColumn, ...]
    rows: list[dict[str, Any]]
    total: dict[str, Any] | None = None


@dataclass(frozen=True)
class Statement:
    """What a report's figures rest on, which every form of every report says.

    Attributes:
        backlog_methods: Methods of each asset class, each with what it measures against.
        price_levels: The years of the prices used, with the number of values at each (None: not stated).
        unknowns: Numbers of assets and shares, by number and by replacement cost, of what is not known.
        parameters: The parameter values that the run read, with their sources.
    """

    backlog_methods: list[dict[str, Any]] = field(default_factory=list)
    price_levels: list[dict[str, Any]] = field(default_factory=list)
    unknowns: dict[str, Any] = field(default_factory=dict)
    parameters: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Note:
    """What a reader must know beside the figures: `report.statement.<name>` and `…_text` with the values in it."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """A report: whose it is, which run it shows, its tables (the first is the report proper) and key figures."""

    name: str
    municipality: dict[str, Any]
    run: dict[str, Any]
    tables: list[ReportTable]
    key_figures: dict[str, Any] = field(default_factory=dict)
    statement: Statement = field(default_factory=Statement)
    charts: tuple[ReportChart, ...] = ()
    notes: tuple[Note, ...] = ()


def ratio(part: Any, whole: Any) -> float | None:
    """Return part / whole, or None where the whole is nothing."""
    return float(part) / float(whole) if whole else None
