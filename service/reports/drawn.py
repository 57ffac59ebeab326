"""A report's charts as SVG, for the page and for print: colours as attributes, for print reads no styles there."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import accumulate
from typing import Any

from markupsafe import Markup, escape

from service.catalogues import text
from service.reports.charts import CAPACITY, ChartForm, ReportChart
from service.reports.report import Kind, Report, ReportColumn, ReportTable
from service.reports.shown import grouped, percent, shown

MOST_ROWS = 40  # beyond, no label can be read
WIDTH, VALUE_WIDTH, ROW_HEIGHT = 720.0, 90.0, 14.0
WIDEST_LABEL, LETTER = 400.0, 5.9  # of 11 px Liberation Sans, on average
PLOT_HEIGHT, AXIS_WIDTH, FOOT = 190.0, 80.0, 22.0
_INK, _LINE = "#1b2733", "#d5dce2"


def drawn_charts(report: Report, language: str, without: set[str]) -> dict[str, list[dict[str, Any]]]:
    """Return title, legend and SVG of each table's charts; none of those in `without` or of more than 40 rows."""
    tables = {each.name: each for each in report.tables if 0 < len(each.rows) <= MOST_ROWS and each.name not in without}
    drawn = defaultdict(list)
    for chart in report.charts:
        if chart.table in tables:
            drawn[chart.table].append(_drawn(chart, tables[chart.table], language))
    return drawn


def _drawn(chart: ReportChart, table: ReportTable, language: str) -> dict[str, Any]:
    columns = {column.name: column for column in table.columns}
    labels = [_label(row, [columns[name] for name in chart.labels], language) for row in table.rows]
    values = [[_value(row.get(each.column)) for each in chart.series] for row in table.rows]
    kind = columns[chart.series[0].column].kind
    title = text(language, f"report.chart.{chart.name}")
    if chart.form is not ChartForm.LINES:  # a line passes over what is unknown, a bar has no length there
        values = [[0.0 if math.isnan(each) else each for each in row] for row in values]
    draw = _DRAWN[chart.form]
    return {
        "title": title,
        "legend": [(each.colour, text(language, f"column.{each.column}")) for each in chart.series],
        "svg": draw(chart, labels, values, kind, language),
    }


def _label(row: dict[str, Any], columns: list[ReportColumn], language: str) -> str:
    return " · ".join(dict.fromkeys(shown(row.get(column.name), column, language) for column in columns))


def _value(value: Any) -> float:
    return math.nan if value is None else float(value)


def _written(value: float, kind: Kind, language: str) -> str:
    return percent(value, language) if kind is Kind.SHARE else grouped(value, 0, language)


def _bars(chart: ReportChart, labels: list[str], values: list[list[float]], kind: Kind, language: str) -> Markup:
    """Return lying bars, each with its name before and its value behind it; what is negative lies left of zero."""
    lanes = 1 if chart.is_stacked else len(chart.series)
    height = ROW_HEIGHT * lanes
    ends = [end for row in values for end in ([sum(row)] if chart.is_stacked else row)]
    lowest, highest = min([0.0, *ends]), max([0.0, *ends])
    before = min(WIDEST_LABEL, 12 + LETTER * max(map(len, labels)))
    scale = (WIDTH - before - VALUE_WIDTH) / ((highest - lowest) or 1)
    zero = before - lowest * scale
    parts = []
    for number, (label, row) in enumerate(zip(labels, values, strict=True)):
        top = number * (height + 2)
        parts.append(_text(before - 6, top + height / 2 + 4, label, "end"))
        start = zero
        for lane, (value, series) in enumerate(zip(row, chart.series, strict=True)):
            y = top if chart.is_stacked else top + lane * ROW_HEIGHT
            x = start if chart.is_stacked else zero
            start = x + value * scale
            parts.append(_rectangle(min(x, start), y, abs(value) * scale, ROW_HEIGHT - 2, series.colour))
            if not chart.is_stacked:
                parts.append(_text(max(start, zero) + 5, y + 10, _written(value, kind, language)))
        if chart.is_stacked:
            parts.append(_text(max(start, zero) + 5, top + 10, _written(sum(row), kind, language)))
    return _svg(parts, len(labels) * (height + 2))


def _waterfall(chart: ReportChart, labels: list[str], values: list[list[float]], kind: Kind, language: str) -> Markup:
    """Return lying bars that begin where the one before ends, rises in the series' colour, falls in another."""
    ends = list(accumulate((row[0] for row in values), initial=0.0))
    before = min(WIDEST_LABEL, 12 + LETTER * max(map(len, labels)))
    scale = (WIDTH - before - VALUE_WIDTH) / ((max(ends) - min(ends)) or 1)
    places = [before + (end - min(ends)) * scale for end in ends]
    parts = []
    for number, (label, (value,)) in enumerate(zip(labels, values, strict=True)):
        top, (left, right) = number * (ROW_HEIGHT + 2), sorted(places[number : number + 2])
        colour = chart.series[0].colour if value > 0 else CAPACITY
        parts.append(_text(before - 6, top + ROW_HEIGHT / 2 + 4, label, "end"))
        parts.append(_rectangle(left, top, right - left, ROW_HEIGHT - 2, colour))
        parts.append(_text(right + 5, top + 10, _written(value, kind, language)))
    return _svg(parts, len(labels) * (ROW_HEIGHT + 2))


def _columns(chart: ReportChart, labels: list[str], values: list[list[float]], kind: Kind, language: str) -> Markup:
    """Return standing columns over a scale."""
    highest, parts = _scale(max((sum(r) if chart.is_stacked else max(r) for r in values), default=0), kind, language)
    slot = (WIDTH - AXIS_WIDTH) / len(labels)
    lanes = 1 if chart.is_stacked else len(chart.series)
    width = slot * 0.7 / lanes
    for number, (label, row) in enumerate(zip(labels, values, strict=True)):
        left, foot = AXIS_WIDTH + number * slot + slot * 0.15, PLOT_HEIGHT
        for lane, (value, series) in enumerate(zip(row, chart.series, strict=True)):
            height = PLOT_HEIGHT * value / highest
            x = left if chart.is_stacked else left + lane * width
            y = (foot if chart.is_stacked else PLOT_HEIGHT) - height
            parts.append(_rectangle(x, y, width, height, series.colour))
            foot -= height
        parts.append(_text(AXIS_WIDTH + (number + 0.5) * slot, PLOT_HEIGHT + 16, label, "middle"))
    return _svg(parts, PLOT_HEIGHT + FOOT)


def _lines(chart: ReportChart, labels: list[str], values: list[list[float]], kind: Kind, language: str) -> Markup:
    """Return a line per series over a scale that starts at 0."""
    highest, parts = _scale(
        max((each for row in values for each in row if not math.isnan(each)), default=0), kind, language
    )
    step = (WIDTH - AXIS_WIDTH - 30) / max(len(labels) - 1, 1)
    for number, series in enumerate(chart.series):
        points = " ".join(
            f"{AXIS_WIDTH + 10 + place * step:.1f},{PLOT_HEIGHT * (1 - row[number] / highest):.1f}"
            for place, row in enumerate(values)
            if not math.isnan(row[number])
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{series.colour}" stroke-width="2.2"/>')
    every = math.ceil(len(labels) / 16)
    parts += [
        _text(AXIS_WIDTH + 10 + place * step, PLOT_HEIGHT + 16, label, "middle")
        for place, label in enumerate(labels)
        if place % every == 0
    ]
    return _svg(parts, PLOT_HEIGHT + FOOT)


def _scale(highest: float, kind: Kind, language: str) -> tuple[float, list[str]]:
    """Return the value at the top, a round one, and the lines of the scale."""
    step = round_step(highest / 4 or 1)
    count = max(math.ceil(highest / step), 1)
    parts = []
    for number in range(count + 1):
        y = PLOT_HEIGHT * (1 - number / count)
        parts.append(f'<path d="M{AXIS_WIDTH} {y:.1f}H{WIDTH}" stroke="{_LINE}" stroke-width="1"/>')
        parts.append(_text(AXIS_WIDTH - 6, y + 4, _written(number * step, kind, language), "end"))
    return step * count, parts


def round_step(least: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is not below `least`.

    >>> round_step(1_700_000), round_step(0.21)
    (2000000.0, 0.25)
    """
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= least * (1 - 1e-9))


_DRAWN = {
    ChartForm.BARS: _bars,
    ChartForm.COLUMNS: _columns,
    ChartForm.LINES: _lines,
    ChartForm.WATERFALL: _waterfall,
}


def _rectangle(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" fill="{_INK}">{escape(words)}</text>'


def _svg(parts: list[str], height: float) -> Markup:
    """Return the drawing; its figures stand in the table too, so that a screen reader may pass it by."""
    start = f'<svg viewBox="0 -8 {WIDTH:.0f} {height + 8:.0f}" width="100%" font-family="Liberation Sans, sans-serif"'
    return Markup(start + ' aria-hidden="true">' + "".join(parts) + "</svg>")
