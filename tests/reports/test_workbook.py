"""The workbook holds the figures of the JSON as typed cells, totals that add up, and texts that stay texts."""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from service.catalogues import text
from service.reports.as_json import report_json
from service.reports.as_xlsx import HEADER_ROW, report_xlsx
from service.reports.report import Kind, Report, ReportColumn, ReportTable

FIRST = HEADER_ROW + 2  # openpyxl counts rows from 1


def opened(report: Report, language: str = "en", *, values: bool = False) -> Workbook:
    return load_workbook(io.BytesIO(report_xlsx(report, language)), data_only=values)


def recalculated(sheet: Worksheet, formula: str) -> float:
    """Work out a total as a spreadsheet would: SUM(a:b), or SUMPRODUCT(a:b,c:d)/SUM(c:d)."""

    def cells(area: str) -> list[float]:
        return [float(cell.value or 0) for (cell,) in sheet[area]]

    areas = re.findall(r"[A-Z]+\d+:[A-Z]+\d+", formula)
    if formula == f"=SUM({areas[0]})":
        return sum(cells(areas[0]))
    assert formula == f"=SUMPRODUCT({areas[0]},{areas[1]})/SUM({areas[1]})"
    weights = cells(areas[1])
    return sum(a * b for a, b in zip(cells(areas[0]), weights, strict=True)) / sum(weights)


def totals(sheet: Worksheet, row: int) -> dict[str, str]:
    headings = [cell.value for cell in sheet[HEADER_ROW + 1]]
    cells = zip(headings, sheet[row], strict=True)
    return {str(name): cell.value for name, cell in cells if isinstance(cell.value, str) and cell.value[0] == "="}


@pytest.mark.parametrize("group_by", [("class",), ("class", "district"), ("condition_class", "decade")])
def test_totals_are_formulas_that_give_the_totals_of_the_json(
    demo_report: Callable[..., Report], group_by: tuple[str, ...]
) -> None:
    report = demo_report("backlog", *group_by)
    table = json.loads(report_json(report, "en"))["tables"]["backlog"]
    sheet = opened(report)["Repair backlog"]
    row = FIRST + len(table["rows"])
    shown_before_recalculation = opened(report, values=True)["Repair backlog"]
    formulas = 0
    for number, column in enumerate(table["columns"], 1):
        formula = sheet.cell(row, number).value
        if number > 1 and formula is not None:
            assert recalculated(sheet, str(formula)) == pytest.approx(table["total"][column["name"]], abs=1e-6)
            assert shown_before_recalculation.cell(row, number).value == table["total"][column["name"]]
            formulas += 1
    assert formulas == len(table["total"].keys() - set(group_by))


def test_cells_are_typed_as_what_they_are(demo_report: Callable[..., Report]) -> None:
    report = demo_report("backlog", "class", "decade")
    [table, *_] = report.tables
    sheet = opened(report)["Repair backlog"]
    for number, column in enumerate(table.columns, 1):
        cells = [sheet.cell(row, number) for row in range(FIRST, FIRST + len(table.rows))]
        known = [cell for cell in cells if cell.value is not None]
        numeric = column.kind is not Kind.TEXT
        assert {cell.data_type for cell in known} == {"n" if numeric else "s"}, column.name
        formats = {Kind.SHARE: "0.0%", Kind.MONEY: "#,##0", Kind.YEAR: "0", Kind.COUNT: "#,##0"}
        assert {cell.number_format for cell in known} == {formats.get(column.kind, "General")}, column.name
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("B5", "$4:$4")


def test_the_rows_hold_the_cents_of_the_report(demo_report: Callable[..., Report]) -> None:
    report = demo_report("backlog", "class", "district")
    [table, *_] = report.tables
    sheet = opened(report, "fi")["Korjausvelka"]
    number = [column.name for column in table.columns].index("repair_backlog_eur") + 1
    written = [sheet.cell(row, number).value for row in range(FIRST, FIRST + len(table.rows))]
    assert written == [float(row["repair_backlog_eur"]) for row in table.rows]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("name", ["backlog", "service-need"])
def test_parameters_with_their_sources_and_the_method_have_sheets_of_their_own(
    demo_report: Callable[..., Report], name: str, language: str
) -> None:
    report = demo_report(name)
    book = opened(report, language)
    parameters = book[text(language, "report.table.parameters")]
    rows = [[cell.value for cell in row] for row in parameters.iter_rows(min_row=FIRST)]
    assert len(rows) == len(report.statement.parameters)
    life = next(row for row in rows if row[0] == text(language, "parameter.service_life_years"))
    assert isinstance(life[4], (int, float))
    assert isinstance(life[6], datetime.datetime)
    assert {row[9] for row in rows} == {text(language, "report.yes"), text(language, "report.no")}
    told = " ".join(str(row[1].value) for row in book[text(language, "report.sheet.statement")].iter_rows(max_col=2))
    for words in (text(language, "backlog_method.value"), str(report.run["input_hash"]), "2025", "31"):
        assert words in told


def attacking(words: str) -> Report:
    columns = (ReportColumn("class", Kind.TEXT), ReportColumn("owner", Kind.TEXT))
    run: dict[str, Any] = {"run_id": 7, "valuation_year": 2026, "settings": {}, "code_version": "1", "input_hash": "a"}
    run["finished_at"] = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
    municipality = {"municipality_code": "999", "name_fi": "Kuntola", "name_sv": None, "name_en": None}
    return Report("backlog", municipality, run, [ReportTable("backlog", columns, [{"class": words, "owner": words}])])


@pytest.mark.parametrize("words", ['=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "http://x", "1e5", "\t=1"])
def test_no_text_of_the_register_becomes_a_formula_a_link_or_a_number(words: str) -> None:
    book = opened(attacking(words))
    cells = [cell for row in book["Repair backlog"].iter_rows(min_row=FIRST) for cell in row]
    assert [(cell.data_type, cell.value, cell.hyperlink) for cell in cells] == [("s", words, None)] * 2


def test_the_same_report_makes_the_same_bytes(demo_report: Callable[..., Report]) -> None:
    assert report_xlsx(demo_report("backlog"), "sv") == report_xlsx(demo_report("backlog"), "sv")
