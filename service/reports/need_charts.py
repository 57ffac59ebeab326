"""Small charts of need against capacity by year, one for each service area, as the page draws them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from service.catalogues import text
from service.reports.report import Report
from service.reports.shown import grouped

WIDTH, HEIGHT = 220.0, 70.0


def need_charts(report: Report, language: str) -> list[dict[str, Any]]:
    """Return a chart per service area of the table of years: its names, its lines as SVG points, its ends as text."""
    years = next((table.rows for table in report.tables if table.name == "years"), [])
    areas = groupby(years, key=lambda row: (row["service_code"], row["area_code"]))
    return [_chart(list(rows), language) for _, rows in areas]


def _chart(rows: list[dict[str, Any]], language: str) -> dict[str, Any]:
    need, capacity = [row["service_need"] for row in rows], [row["capacity"] for row in rows]
    highest = max(*need, *capacity, 1.0)
    name = rows[0]["area_name"] or {}
    return {
        "service": text(language, f"service.{rows[0]['service_code']}"),
        "area": name.get(language) or name.get("fi") or rows[0]["area_code"],
        "need": _points(need, highest),
        "capacity": _points(capacity, highest),
        "first": f"{rows[0]['year']}: {grouped(need[0], 0, language)} / {grouped(capacity[0], 0, language)}",
        "last": f"{rows[-1]['year']}: {grouped(need[-1], 0, language)} / {grouped(capacity[-1], 0, language)}",
    }


def _points(values: list[float], highest: float) -> str:
    """Return the corners of a line that starts at the chart's left edge; zero lies at its foot."""
    step = WIDTH / max(len(values) - 1, 1)
    return " ".join(f"{number * step:.1f},{HEIGHT * (1 - value / highest):.1f}" for number, value in enumerate(values))
