"""How a workbook's cells look, and what its sheets may be called."""

from __future__ import annotations

from functools import cache
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from service.reports.report import Kind, ReportColumn

_NUMBER_FORMATS: dict[Kind, Any] = {
    Kind.COUNT: "#,##0",
    Kind.MONEY: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.NUMBER: "#,##0.0",
    Kind.YEAR: "0",
    Kind.DATE: 14,  # the reader's own short date
    Kind.VALUE: "General",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_A_NAME = str.maketrans(dict.fromkeys(r"[]:*?/\\", " "))
_LONGEST_NAME = 31
_LINE = "#1b2733"


class Formats:
    """The formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.quiet = book.add_format({"font_color": "#51606e"})
        self.bold = book.add_format({"bold": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.plain = book.add_format()
        self.not_a_formula = book.add_format({"quote_prefix": True})
        self.of = cache(self._of)
        self.total = cache(self._total)
        self.heading = cache(self._heading)

    def text(self, words: str) -> Format:
        """Return the format of a text; one that looks like a formula stays a text when it is edited."""
        return self.not_a_formula if words.startswith(_FORMULA_STARTS) else self.plain

    def _of(self, column: ReportColumn) -> Format:
        return self.book.add_format({"num_format": _NUMBER_FORMATS[column.kind]})

    def _total(self, column: ReportColumn) -> Format:
        number_format = _NUMBER_FORMATS.get(column.kind, "General")
        return self.book.add_format({"num_format": number_format, "bold": True, "top": 1, "top_color": _LINE})

    def _heading(self, column: ReportColumn) -> Format:
        side = "left" if column.kind in (Kind.TEXT, Kind.FLAG) else "right"
        look = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2, "bottom_color": _LINE}
        return self.book.add_format(look | {"bg_color": "#eef1f4", "align": side})


def sheet_name(book: Workbook, heading: str) -> str:
    """Return a name that a sheet may have and that is still free: 31 characters at most, no brackets or slashes."""
    name = heading.translate(_NOT_IN_A_NAME)[:_LONGEST_NAME].strip().strip("'")
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    numbered = (f"{name[: _LONGEST_NAME - 4]} ({number})" for number in range(2, 100))
    return name if name.lower() not in taken else next(each for each in numbered if each.lower() not in taken)
