"""Charts of a report as data: which columns of which table, drawn alike on the page, in print and in the workbook."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NEEDED, AVOIDABLE, MISSING, CAPACITY, QUIET = "#b3442b", "#d9a441", "#b9c3cc", "#2f6f9f", "#51606e"


class ChartForm(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"  # lying, for names
    COLUMNS = "columns"  # standing, for years and classes
    LINES = "lines"
    WATERFALL = "waterfall"  # lying, each bar from where the one before ends; in a workbook as bars


@dataclass(frozen=True)
class ChartSeries:
    """One column of the table, and its colour."""

    column: str
    colour: str


@dataclass(frozen=True)
class ReportChart:
    """A chart of a table's rows; its title is `report.chart.<name>`.

    Attributes:
        name: Its code in the catalogues.
        table: Name of the report's table that it draws.
        labels: Columns whose values name the rows.
        series: Columns drawn, stacked upon one another where the form is bars or columns and `is_stacked`.
        form: Bars, columns or lines.
        is_stacked: Whether the series are parts of a whole.
    """

    name: str
    table: str
    labels: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    form: ChartForm = ChartForm.BARS
    is_stacked: bool = True
