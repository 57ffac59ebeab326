"""The same assets under several methods, and why each gives another backlog than the run's own (domain.md §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.registry import ASSET_CLASS_BY_NUMBER
from service.catalogues import LANGUAGES, text
from service.engine.reconciliation import Difference
from service.reports.change import euros
from service.reports.method_targets import parameter_label, told_target
from service.reports.report import Kind, ReportColumn, ReportTable, ratio

_MONEY = Kind.MONEY
_METHOD = ReportColumn("backlog_method", Kind.TEXT)
_ASSETS = ReportColumn("asset_count", Kind.COUNT)
_DIFFERENCE = (
    ReportColumn("own_backlog_eur", _MONEY, "EUR"),
    ReportColumn("repair_backlog_eur", _MONEY, "EUR"),
    ReportColumn("method_difference_eur", _MONEY, "EUR"),
    ReportColumn("owing_both_eur", _MONEY, "EUR"),
    ReportColumn("owing_here_only_eur", _MONEY, "EUR"),
    ReportColumn("owing_own_only_eur", _MONEY, "EUR"),
    ReportColumn("owing_both_count", Kind.COUNT, on_page=False),
    ReportColumn("owing_here_only_count", Kind.COUNT, on_page=False),
    ReportColumn("owing_own_only_count", Kind.COUNT, on_page=False),
)
_TOTALS = (
    _METHOD,
    ReportColumn("computed_class_count", Kind.COUNT),
    ReportColumn("missing_class_count", Kind.COUNT),
    _ASSETS,
    ReportColumn("replacement_cost_eur", _MONEY, "EUR"),
    *_DIFFERENCE,
    ReportColumn("uncomputed_backlog_eur", _MONEY, "EUR"),
)
_CLASSES = (
    _METHOD,
    ReportColumn("class", Kind.TEXT),
    ReportColumn("own_method", Kind.TEXT),
    ReportColumn("method_target", Kind.TEXT),
    ReportColumn("asset_count", Kind.COUNT, on_page=False),
    ReportColumn("unvalued_count", Kind.COUNT, on_page=False),
    ReportColumn("replacement_cost_eur", _MONEY, "EUR", on_page=False),
    *_DIFFERENCE,
    ReportColumn("repair_liability_eur", _MONEY, "EUR", on_page=False),
    ReportColumn("facility_condition_index", Kind.SHARE, on_page=False),
    ReportColumn("missing_parameters", Kind.TEXT),
)


@dataclass(frozen=True)
class ClassByMethod:
    """The assets of one class under one method; money in cents.

    Attributes:
        method: The method.
        asset_class: The class's number.
        own_methods: Methods of the class in the run.
        own_backlog: What the run stored.
        asset_count: Assets of the class.
        target: Parameters that the method measures against, by name; several values where materials differ.
        missing: Names of the parameters that the method needs and the class lacks: then nothing below is known.
        unvalued_count: Assets without a value under the method.
        replacement_cost: Of the assets with a value.
        backlog: Under the method.
        liability: Under the method.
        difference: What makes `backlog` another than `own_backlog`.
    """

    method: str
    asset_class: int
    own_methods: tuple[str, ...]
    own_backlog: int
    asset_count: int
    target: Mapping[str, list[Any]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unvalued_count: int = 0
    replacement_cost: int = 0
    backlog: int = 0
    liability: int = 0
    difference: Difference | None = None


def method_tables(found: list[ClassByMethod]) -> list[ReportTable]:
    """Return the methods in total and by class; rows of different methods must not be added."""
    methods = dict.fromkeys(each.method for each in found)
    totals = [_total_row(method, [each for each in found if each.method == method]) for method in methods]
    rows = [_class_row(each) for each in found]
    return [ReportTable("methods", _TOTALS, totals), ReportTable("methods_by_class", _CLASSES, rows)]


def _total_row(method: str, found: list[ClassByMethod]) -> dict[str, Any]:
    computed = [each for each in found if each.difference is not None]
    row = {
        "backlog_method": method,
        "computed_class_count": len(computed),
        "missing_class_count": len(found) - len(computed),
        "asset_count": sum(each.asset_count for each in computed),
        "uncomputed_backlog_eur": euros(sum(each.own_backlog for each in found if each.difference is None)),
    }
    if not computed:
        return row
    return (
        row
        | {"replacement_cost_eur": euros(sum(each.replacement_cost for each in computed))}
        | _amounts(
            sum(each.own_backlog for each in computed),
            sum(each.backlog for each in computed),
            [each.difference for each in computed if each.difference is not None],
        )
    )


def _class_row(of: ClassByMethod) -> dict[str, Any]:
    row = {
        "backlog_method": of.method,
        "class": ASSET_CLASS_BY_NUMBER[of.asset_class].code,
        "own_method": {
            language: ", ".join(text(language, f"backlog_method.{method}") for method in of.own_methods)
            for language in LANGUAGES
        },
        "method_target": {language: told_target(of.method, of.target, language) for language in LANGUAGES},
        "asset_count": of.asset_count,
        "own_backlog_eur": euros(of.own_backlog),
        "missing_parameters": _told_missing(of.missing),
    }
    if of.difference is None:
        return row
    return (
        row
        | _amounts(of.own_backlog, of.backlog, [of.difference])
        | {
            "unvalued_count": of.unvalued_count,
            "replacement_cost_eur": euros(of.replacement_cost),
            "repair_liability_eur": euros(of.liability),
            "facility_condition_index": ratio(of.backlog, of.replacement_cost),
        }
    )


def _amounts(own: int, backlog: int, differences: list[Difference]) -> dict[str, Any]:
    return {
        "own_backlog_eur": euros(own),
        "repair_backlog_eur": euros(backlog),
        "method_difference_eur": euros(sum(each.total for each in differences)),
        "owing_both_eur": euros(sum(each.both for each in differences)),
        "owing_here_only_eur": euros(sum(each.only_other for each in differences)),
        "owing_own_only_eur": euros(sum(each.only_own for each in differences)),
        "owing_both_count": sum(each.both_count for each in differences),
        "owing_here_only_count": sum(each.only_other_count for each in differences),
        "owing_own_only_count": sum(each.only_own_count for each in differences),
    }


def _told_missing(names: tuple[str, ...]) -> dict[str, str] | None:
    """Return the missing parameters by name and code, None where none is missing."""
    if not names:
        return None
    return {
        language: ", ".join(f"{parameter_label(name, language)} ({name})" for name in names) for language in LANGUAGES
    }
