"""Why the backlog changed since another run: by cause, by class, by asset, and both runs' figures side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.registry import ASSET_CLASS_BY_NUMBER
from service.engine.change import Cause
from service.reports.charts import NEEDED, ChartForm, ChartSeries, ReportChart
from service.reports.report import Kind, ReportColumn, ReportTable

_MONEY = Kind.MONEY
_PARTS = ("repair_backlog", "needed_backlog", "not_assessed_backlog", "avoidable_backlog")
_BY_TOTAL = tuple(cause for cause in Cause if cause is not Cause.NEED)
_CAUSES = (
    ReportColumn("change_cause", Kind.TEXT),
    ReportColumn("changed_count", Kind.COUNT),
    *(ReportColumn(f"{part}_change_eur", _MONEY, "EUR") for part in _PARTS),
)
_AMOUNTS = (
    ReportColumn("earlier_backlog_eur", _MONEY, "EUR"),
    *(ReportColumn(f"change_{cause}_eur", _MONEY, "EUR") for cause in _BY_TOTAL),
    ReportColumn("later_backlog_eur", _MONEY, "EUR"),
    ReportColumn("repair_backlog_change_eur", _MONEY, "EUR"),
)
_CLASS = ReportColumn("class", Kind.TEXT)
_ASSET = (ReportColumn("asset_id", Kind.TEXT), ReportColumn("asset_name", Kind.TEXT), _CLASS)
CHART = ReportChart(
    "change",
    "change",
    ("change_cause",),
    (ChartSeries("repair_backlog_change_eur", NEEDED),),
    ChartForm.WATERFALL,
    is_stacked=False,
)


@dataclass(frozen=True)
class CauseChange:
    """What one cause changed, in cents: the backlog and its parts, and how many assets' backlog or parts."""

    cause: Cause
    changed_count: int
    repair_backlog: int
    needed_backlog: int
    avoidable_backlog: int
    not_assessed_backlog: int


@dataclass(frozen=True)
class Amounts:
    """A backlog then and now, and the change by cause, in cents."""

    earlier: int
    later: int
    causes: Mapping[Cause, int]


@dataclass(frozen=True)
class AssetChange:
    """How the backlog of one asset changed."""

    asset_id: int
    asset_class: int
    name: str | None
    amounts: Amounts


@dataclass(frozen=True)
class ExplainedChange:
    """The change of a municipality's backlog between two runs.

    Attributes:
        since: The earlier run.
        causes: In the order in which the inputs were changed.
        by_class: By the classes' numbers.
        largest: The assets whose backlog changed most, the largest change first.
        overwritten: How many assets' records no longer give the backlog of the earlier and of the later run.
    """

    since: Mapping[str, Any]
    causes: list[CauseChange]
    by_class: dict[int, Amounts]
    largest: list[AssetChange]
    overwritten: tuple[int, int]


def change_tables(change: ExplainedChange, municipality_code: str) -> list[ReportTable]:
    """Return the change by cause, by class and by asset; the totals are the difference between the two runs."""
    causes = [_cause_row(each) for each in change.causes]
    classes = [
        {"class": ASSET_CLASS_BY_NUMBER[number].code} | _amounts(of) for number, of in sorted(change.by_class.items())
    ]
    assets = [
        {
            "asset_id": f"{municipality_code}-{each.asset_id}",
            "asset_name": each.name,
            "class": ASSET_CLASS_BY_NUMBER[each.asset_class].code,
        }
        | _amounts(each.amounts)
        for each in change.largest
    ]
    return [
        ReportTable("change", _CAUSES, causes, _sums(_CAUSES, causes)),
        ReportTable("change_by_class", (_CLASS, *_AMOUNTS), classes, _sums(_AMOUNTS, classes)),
        ReportTable("largest_changes", (*_ASSET, *_AMOUNTS), assets),
    ]


def euros(cents: int) -> Decimal:
    """Return cents as euros, exactly."""
    return Decimal(cents).scaleb(-2)


def _cause_row(of: CauseChange) -> dict[str, Any]:
    amounts = {f"{part}_change_eur": euros(getattr(of, part)) for part in _PARTS}
    return {"change_cause": of.cause.value, "changed_count": of.changed_count} | amounts


def _amounts(of: Amounts) -> dict[str, Any]:
    return {
        "earlier_backlog_eur": euros(of.earlier),
        **{f"change_{cause}_eur": euros(of.causes.get(cause, 0)) for cause in _BY_TOTAL},
        "later_backlog_eur": euros(of.later),
        "repair_backlog_change_eur": euros(of.later - of.earlier),
    }


def _sums(columns: tuple[ReportColumn, ...], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the sums of the amounts; an asset that several causes changed must not be counted more than once."""
    money = (column.name for column in columns if column.kind is _MONEY)
    return {name: sum((row[name] for row in rows), Decimal(0)) for name in money}
