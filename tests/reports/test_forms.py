"""The forms of a report tell the same figures, in the reader's language, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from service.reports.as_csv import report_csv
from service.reports.as_html import report_html
from service.reports.as_json import report_json
from service.reports.report import Kind, Report, ReportColumn, ReportTable, Statement, ratio
from service.reports.shown import grouped

COLUMNS = (
    ReportColumn("class", Kind.TEXT),
    ReportColumn("owner", Kind.TEXT),
    ReportColumn("asset_count", Kind.COUNT),
    ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("needed_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("not_assessed_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("avoidable_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("facility_condition_index", Kind.SHARE),
)


def row(owner: str, backlog: str) -> dict[str, Any]:
    money = {"repair_backlog_eur": Decimal(backlog), "needed_backlog_eur": Decimal(backlog)}
    nothing = {"not_assessed_backlog_eur": Decimal(0), "avoidable_backlog_eur": Decimal(0)}
    return {"class": "building", "owner": owner, "asset_count": 3, "facility_condition_index": 0.125} | money | nothing


def report(owner: str = "Kunta") -> Report:
    total = {name: value for name, value in row("", "1234567.89").items() if name not in ("class", "owner")}
    return Report(
        name="backlog",
        municipality={"municipality_code": "999", "name_fi": "Kuntola", "name_sv": "Kommunby", "name_en": None},
        run={
            "run_id": 7,
            "valuation_year": 2026,
            "finished_at": datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC),
            "code_version": "1",
            "input_hash": "ab",
        },
        tables=[ReportTable("backlog", COLUMNS, [row(owner, "1234567.89")], total)],
        statement=Statement(
            [{"asset_class": "building", "backlog_method": "value", "target": {"target_condition": [0.75]}}]
        ),
        key_figures={"repair_backlog_eur": Decimal("1234567.89"), "renewal_need_eur_per_year": None},
    )


def test_numbers_are_written_as_each_language_writes_them() -> None:
    pages = {language: report_html(report(), language) for language in ("fi", "sv", "en")}
    assert "1\u00a0234\u00a0568" in pages["fi"]
    assert "12,5\u00a0%" in pages["sv"]
    assert "1,234,568" in pages["en"]
    assert grouped(-1234.5, 1, "fi") == "-1\u00a0234,5"


def test_the_page_stands_alone_and_names_its_method_and_target() -> None:
    page = report_html(report(), "en")
    assert not re.search(r"(src|href)=", page)
    assert "75%" in page
    assert "Kuntola" in page


def test_a_name_cannot_put_markup_on_the_page_nor_a_formula_into_the_spreadsheet() -> None:
    attack = '=HYPERLINK("x")<script>alert(1)</script>'
    assert "<script>" not in report_html(report(attack), "en")
    [line, _] = csv.DictReader(io.StringIO(report_csv(report(attack), "en")))
    assert line["owner"].startswith("'=")


def test_csv_and_json_hold_the_cents() -> None:
    [line, total] = csv.DictReader(io.StringIO(report_csv(report(), "sv")))
    assert (line["repair_backlog_eur"], total["class"]) == ("1234567.89", "Totalt")
    table = json.loads(report_json(report(), "sv"))["tables"]["backlog"]
    assert table["rows"][0]["repair_backlog_eur"] == 1234567.89
    assert "asset_count" in table["total"]
    assert table["columns"][2] == {
        "name": "asset_count",
        "label": table["columns"][2]["label"],
        "kind": "count",
        "unit": None,
    }


@pytest.mark.parametrize(("part", "whole", "share"), [(1, 4, 0.25), (0, 5, 0.0), (1, 0, None), (None, None, None)])
def test_a_ratio_of_nothing_is_unknown_not_zero(part: float | None, whole: float | None, share: float | None) -> None:
    assert ratio(part, whole) == share


def test_an_investment_of_which_a_part_has_no_price_is_shown_as_the_least() -> None:
    figures = {"capacity_investment_eur": Decimal(5000), "areas_with_unpriced_deficit": 0}
    assert "≥" not in report_html(replace(report(), key_figures=figures), "en")
    assert "≥ 5,000 €" in report_html(replace(report(), key_figures=figures | {"areas_with_unpriced_deficit": 2}), "en")
