"""Charts draw what the table says: lengths in proportion, the negative left of zero, nothing where nothing is known."""

from __future__ import annotations

import re
from typing import Any

import pytest

from service.catalogues import text
from service.reports.charts import ChartForm, ChartSeries, ReportChart
from service.reports.drawn import MOST_ROWS, drawn_charts
from service.reports.report import Kind, Report, ReportColumn, ReportTable

COLUMNS = (
    ReportColumn("owner", Kind.TEXT),
    ReportColumn("budget_eur", Kind.MONEY),
    ReportColumn("annual_wear_eur", Kind.MONEY),
)


def drawn(rows: list[dict[str, Any]], form: ChartForm, *, is_stacked: bool = True) -> str | None:
    both = (ChartSeries("budget_eur", "#111111"), ChartSeries("annual_wear_eur", "#222222"))
    series = both[:1] if form is ChartForm.WATERFALL else both  # a waterfall adds up one series
    chart = ReportChart("funding", "funding", ("owner",), series, form, is_stacked)
    report = Report("funding", {}, {}, [ReportTable("funding", COLUMNS, rows)], charts=(chart,))
    found = drawn_charts(report, "en", set())["funding"]
    return str(found[0]["svg"]) if found else None


def row(owner: str, budget: float | None, wear: float | None) -> dict[str, Any]:
    return {"owner": owner, "budget_eur": budget, "annual_wear_eur": wear}


def bars(svg: str | None, colour: str) -> list[tuple[float, float]]:
    """Return left end and length of the bars of a colour."""
    found = re.findall(
        rf'<rect x="([\d.-]+)" y="[\d.-]+" width="([\d.-]+)" height="[\d.-]+" fill="{colour}"', svg or ""
    )
    return [(float(x), float(width)) for x, width in found]


def test_stacked_bars_lie_end_to_end_in_proportion() -> None:
    svg = drawn([row("A", 100, 300), row("B", 50, 0)], ChartForm.BARS)
    (first, second), (third, _) = bars(svg, "#111111"), bars(svg, "#222222")
    assert third[0] == pytest.approx(first[0] + first[1], abs=0.11)
    assert third[1] == pytest.approx(3 * first[1], abs=0.3)
    assert second[1] == pytest.approx(first[1] / 2, abs=0.11)


def test_what_is_negative_lies_left_of_what_is_positive() -> None:
    svg = drawn([row("A", 100, 0), row("B", -100, 0)], ChartForm.BARS, is_stacked=False)
    positive, negative = bars(svg, "#111111")
    assert negative[0] + negative[1] == pytest.approx(positive[0], abs=0.11)
    assert negative[1] == positive[1] > 0


def test_a_line_passes_over_what_is_unknown_instead_of_falling_to_zero() -> None:
    svg = drawn([row("1", None, 1), row("2", 5, 2), row("3", 5, 3)], ChartForm.LINES) or ""
    points = {colour: each for each, colour in re.findall(r'points="([^"]*)" fill="none" stroke="(#\d+)"', svg)}
    assert len(points["#111111"].split()) == 2
    assert len(points["#222222"].split()) == 3


@pytest.mark.parametrize("form", list(ChartForm))
@pytest.mark.parametrize("amounts", [(None, None), (0, 0), (1e-9, 0), (1e12, 3)])
def test_any_amount_can_be_drawn(form: ChartForm, amounts: tuple[float | None, float | None]) -> None:
    svg = drawn([row("A", *amounts)], form)
    assert svg is not None
    assert "nan" not in svg
    assert "inf" not in svg


def test_a_name_puts_no_markup_into_the_drawing() -> None:
    assert "<script>" not in (drawn([row("<script>", 1, 1)], ChartForm.BARS) or "<script>")


def test_a_table_too_long_to_label_is_not_drawn() -> None:
    assert drawn([row(str(number), 1, 1) for number in range(MOST_ROWS + 1)], ChartForm.BARS) is None
    assert text("en", "report.chart.funding")
