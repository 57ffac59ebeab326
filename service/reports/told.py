"""What a report rests on, told in words: a line for each thing, the same on the page, in print and in workbooks."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from service.catalogues import text
from service.reports.method_targets import told_target
from service.reports.report import Kind, Report, ReportColumn, ReportTable
from service.reports.shown import day, grouped, percent

PARAMETER_COLUMNS = (
    ReportColumn("parameter", Kind.TEXT),
    ReportColumn("class", Kind.TEXT),
    ReportColumn("material", Kind.TEXT),
    ReportColumn("key", Kind.TEXT),
    ReportColumn("value", Kind.VALUE),
    ReportColumn("unit", Kind.TEXT),
    ReportColumn("valid_from", Kind.DATE),
    ReportColumn("price_level_year", Kind.YEAR),
    ReportColumn("is_own", Kind.FLAG),
    ReportColumn("is_demo", Kind.FLAG),
    ReportColumn("source", Kind.TEXT),
)


def municipality_name(municipality: Mapping[str, Any], language: str) -> str:
    """Return a municipality's name in the language, in Finnish where it has none in it."""
    return str(municipality[f"name_{language}"] or municipality["name_fi"])


def told_statement(report: Report, language: str) -> list[tuple[str, str]]:
    """Return what each figure of the report rests on, as pairs of a heading and its text."""
    lines = [
        ("municipality", f"{municipality_name(report.municipality, language)} ({_code(report)})"),
        ("valuation_year", text(language, "report.statement.valuation_date", year=report.run["valuation_year"])),
        ("price_level", _price_level(report, language)),
        *(("method", line) for line in _methods(report, language)),
        *_need(report, language),
        *_unknowns(report, language),
        ("parameters", _parameters(report, language)),
        ("sources", "; ".join(sources(report))),
        ("run", told_run(report, language)),
        ("version", str(report.run["code_version"])),
    ]
    headed = [(text(language, f"report.statement.{name}"), line) for name, line in lines if line]
    headed += told_notes(report, language)
    return [*headed, (text(language, "report.input_hash"), str(report.run["input_hash"]))]


def told_notes(report: Report, language: str) -> list[tuple[str, str]]:
    """Return the report's notes, as pairs of a heading and its text."""
    return [
        (
            text(language, f"report.statement.{note.name}"),
            text(language, f"report.statement.{note.name}_text", **note.values),
        )
        for note in report.notes
    ]


def sources(report: Report) -> list[str]:
    """Return the titles of the parameters' sources, in alphabetical order, demo values left out."""
    named = {row["source"]: row.get("source_reference") for row in report.statement.parameters if not row["is_demo"]}
    return [f"{title} ({named[title]})" if named[title] else title for title in sorted(filter(None, named))]


def parameter_table(report: Report) -> ReportTable:
    """Return the parameter values that the report's run used, with validity, price level and source."""
    rows = [
        row | {"parameter": row["name"], "value": row["value"] if row["code"] is None else row["code"]}
        for row in report.statement.parameters
    ]
    return ReportTable("parameters", PARAMETER_COLUMNS, rows)


def demo_count(report: Report) -> int:
    """Return how many of the parameter values are demo values."""
    return sum(row["is_demo"] for row in report.statement.parameters)


def _code(report: Report) -> str:
    return str(report.municipality["municipality_code"])


def told_run(report: Report, language: str) -> str:
    """Return which run the report shows and when it was finished."""
    finished: datetime.datetime = report.run["finished_at"]
    moment = f"{day(finished.date(), language)} {finished:%H:%M} UTC"
    return text(language, "report.statement.run_text", run=f"{_code(report)}-{report.run['run_id']}", finished=moment)


def _price_level(report: Report, language: str) -> str:
    told = [
        text(
            language,
            "report.statement.price_level_unstated" if year is None else "report.statement.price_level_year",
            year=year,
            count=level["unit_cost_count"],
        )
        for level in report.statement.price_levels
        for year in [level["price_level_year"]]
    ]
    levels = "; ".join(told) or text(language, "report.statement.price_level_none")
    year = (report.run.get("settings") or {}).get("price_level_year")
    if year:
        levels = text(language, "report.statement.price_level_at", year=year, levels=levels)
    return text(language, "report.statement.price_level_text", levels=levels)


def _methods(report: Report, language: str) -> list[str]:
    """Return a line per method and target, with the classes that it was used for."""
    classes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in report.statement.backlog_methods:
        target = told_target(each["backlog_method"], each["target"], language)
        classes[each["backlog_method"], target].append(each["asset_class"])
    everything = text(language, "report.statement.method_all")
    return [
        text(
            language,
            "report.statement.method_text",
            method=text(language, f"backlog_method.{method}"),
            target=target,
            classes=everything
            if len(classes) == 1
            else ", ".join(text(language, f"asset_class.{code}").lower() for code in codes),
        )
        for (method, target), codes in sorted(classes.items())
    ]


def _need(report: Report, language: str) -> list[tuple[str, str]]:
    settings = report.run.get("settings") or {}
    if not settings.get("scenario"):
        return []
    told = {"scenario": settings["scenario"], "horizon": settings["horizon_years"]}
    return [("need", text(language, "report.statement.need_text", **told))]


def _unknowns(report: Report, language: str) -> list[tuple[str, str]]:
    unknowns = report.statement.unknowns
    if not unknowns:
        return []
    shares = {
        name: "–" if unknowns[name] is None else percent(unknowns[name], language)
        for name in ("default_condition_count_share", "default_condition_cost_share", "unvalued_count_share")
    }
    condition = text(
        language,
        "report.statement.unknown_text",
        count=grouped(unknowns["default_condition_count"], 0, language),
        count_share=shares["default_condition_count_share"],
        cost_share=shares["default_condition_cost_share"],
    )
    value = text(
        language,
        "report.statement.unvalued_text",
        count=grouped(unknowns["unvalued_count"], 0, language),
        count_share=shares["unvalued_count_share"],
    )
    return [("unknown", condition), ("unvalued", value)]


def _parameters(report: Report, language: str) -> str:
    count = len(report.statement.parameters)
    return text(language, "report.statement.parameters_text", all=count, demo=demo_count(report))
