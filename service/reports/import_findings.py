"""The check report of an import as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from service.catalogues import has_text, text
from service.reports.workbook_formats import Formats, sheet_name

Document = Mapping[str, Any]
FAULT_COLUMNS = ("row", "column", "value", "severity", "rule", "meaning", "detail")
CHANGE_COLUMNS = ("target", "row", "key", "attribute", "before", "after")
COUNT_COLUMNS = ("target", "rows", "added", "changed", "unchanged", "faulty", "missing")
RULE_COLUMNS = ("rule", "meaning", "severity", "count")
_WIDTHS = {"meaning": 48, "detail": 70, "value": 24, "column": 24, "before": 28, "after": 28, "key": 24, "name": 32}
_WIDTH = 14
_NUMBERS = {"row", "rows", "added", "changed", "unchanged", "faulty", "missing", "count"}
HEADER_ROW = 2


def rule_text(rule: str, language: str) -> str:
    """Return what a rule means, for people; the rule's own word where there is no text."""
    key = f"import_rule.{rule}"
    return text(language, key) if has_text(language, key) else rule


def findings_xlsx(report: Document, language: str) -> bytes:
    """Return a check report as a workbook: summary, faults, changes field by field, new and missing rows.

    Args:
        report: As `ImportReport.as_dict` gives it, or as it is kept with the import.
        language: `fi`, `sv` or `en`.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": text(language, "import_report.title"), "author": "Kuntokanta"})
    _Summary(book, language).write_all(report)
    faults = [_fault_cells(fault, language) for fault in sorted(report["faults"], key=_by_row)]
    found = sum(rule["count"] for rule in report.get("rules", [])) or len(faults)
    counts = report["targets"].values()
    _Sheet(book, language).write("faults", FAULT_COLUMNS, faults, found)
    changes = report.get("changes", [])
    _Sheet(book, language).write(
        "changes", CHANGE_COLUMNS, [_cells(each, CHANGE_COLUMNS, language) for each in changes]
    )
    for name, columns in (("added", ("target", "row", "key")), ("missing", ("target", "key", "name"))):
        listed = [_cells(each, columns, language) for each in report.get(f"{name}_rows", [])]
        _Sheet(book, language).write(name, columns, listed, sum(each.get(name, 0) for each in counts))
    book.close()
    return file.getvalue()


def _cells(record: Document, columns: Iterable[str], language: str) -> list[Any]:
    return [_target(record[name], language) if name == "target" else record[name] for name in columns]


def _by_row(fault: Document) -> int:
    return fault["row"] or 0


def _fault_cells(fault: Document, language: str) -> list[Any]:
    told = {
        **fault,
        "severity": text(language, f"import_report.severity.{fault['severity']}"),
        "meaning": rule_text(fault["rule"], language),
    }
    return [told[name] for name in FAULT_COLUMNS]


def _target(code: str, language: str) -> str:
    key = f"asset_class.{code}"
    return text(language, key) if has_text(language, key) else code


class _Sheet:
    """One list as a sheet: title, headings that stay in sight, rows; texts stay texts whatever they begin with."""

    def __init__(self, book: Workbook, language: str) -> None:
        self.book, self.language, self.formats = book, language, Formats(book)
        look = {"bold": True, "bottom": 2, "bg_color": "#eef1f4"}
        self.heading, self.of_numbers = book.add_format(look), book.add_format(look | {"align": "right"})
        self.left = book.add_format({"align": "left"})

    def write(
        self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], found: int | None = None
    ) -> Worksheet:
        """Write a list; where there are more than it holds, say so."""
        title = text(self.language, f"import_report.sheet.{name}")
        sheet = self.book.add_worksheet(sheet_name(self.book, title))
        sheet.write_string(0, 0, title, self.formats.title)
        if found is not None and found > len(rows):
            told = text(self.language, "import_report.first", listed=len(rows), all=found)
            sheet.write_string(1, 0, told, self.formats.quiet)
        self.table(sheet, HEADER_ROW, columns, rows)
        sheet.freeze_panes(HEADER_ROW + 1, 0)
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + max(len(rows), 1), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        return sheet

    def table(self, sheet: Worksheet, top: int, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Write headings and rows from a row on; return the row after the last."""
        for number, column in enumerate(columns):
            heading = self.of_numbers if column in _NUMBERS else self.heading
            sheet.write_string(top, number, text(self.language, f"import_report.{column}"), heading)
            sheet.set_column(number, number, _WIDTHS.get(column, _WIDTH))
        last = top
        for last, values in enumerate(rows, top + 1):
            for number, value in enumerate(values):
                self.cell(sheet, last, number, value)
        return last + 1

    def cell(self, sheet: Worksheet, row: int, number: int, value: Any, look: Format | None = None) -> None:
        """Write a value: numbers as numbers, all else as text, nothing where there is none."""
        if value is None:
            return
        if isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(row, number, value, look)
        else:
            words = value if isinstance(value, str) else orjson.dumps(value).decode()
            sheet.write_string(row, number, words, self.formats.text(words))


class _Summary(_Sheet):
    """The sheet that says what was checked, what came of it and which rules were broken how often."""

    def write_all(self, report: Document) -> None:
        """Write file, outcome, counts by target and counts by rule."""
        sheet = self.book.add_worksheet(sheet_name(self.book, text(self.language, "import_report.sheet.summary")))
        sheet.write_string(0, 0, text(self.language, "import_report.title"), self.formats.title)
        row = self._facts(sheet, report) + 1
        counts = [[_target(code, self.language), *map(each.get, COUNT_COLUMNS[1:])] for code, each in _targets(report)]
        row = self.table(sheet, row, COUNT_COLUMNS, counts) + 1
        rules = [
            [
                each["rule"],
                rule_text(each["rule"], self.language),
                text(self.language, f"import_report.severity.{each['severity']}"),
                each["count"],
            ]
            for each in report.get("rules", [])
        ]
        self.table(sheet, row, RULE_COLUMNS, rules)
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 1, 48)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)

    def _facts(self, sheet: Worksheet, report: Document) -> int:
        outcome = "applied" if report["applied"] else "dry_run" if report["dry_run"] else "refused"
        facts = {
            "file": report["file_name"],
            "profile": report["profile"],
            "municipality": report["municipality_code"],
            "outcome": text(self.language, f"import_report.outcome.{outcome}"),
            "rows_read": report["rows_read"],
            "rows_skipped": report["rows_skipped"],
            "unused_columns": ", ".join(report.get("unused_columns", [])) or None,
        }
        for row, (name, value) in enumerate(facts.items(), HEADER_ROW):
            sheet.write_string(row, 0, text(self.language, f"import_report.{name}"), self.formats.bold)
            self.cell(sheet, row, 1, value, self.left)
        return HEADER_ROW + len(facts)


def _targets(report: Document) -> Iterable[tuple[str, Mapping[str, Any]]]:
    targets: Mapping[str, Mapping[str, Any]] = report["targets"]
    return targets.items()
