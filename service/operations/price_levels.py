"""From the prices of one year to those of another, by a cost index."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from sqlalchemy.engine import RowMapping

from service.engine.value import price_level_factor
from service.errors import Fault

WHOLE_YEAR = 0
_MONTHS = 12


class PriceLevels:
    """The factors to the price level of a run; what an index lacks is collected as faults."""

    def __init__(self, year: int, rows: Iterable[RowMapping]) -> None:
        """Take the points of all indices and the year of the run's price level."""
        self.year = year
        self.used: dict[tuple[str, int], float] = {}
        self._points: dict[str, dict[int, dict[int, float]]] = {}
        self._faults: dict[tuple[str, int], Fault] = {}
        for row in rows:
            self._points.setdefault(row["index_code"], {}).setdefault(row["year"], {})[row["month"]] = row["value"]

    @property
    def faults(self) -> list[Fault]:
        """Return what was asked for and is not there: one fault for each index and year."""
        return [self._faults[key] for key in sorted(self._faults)]

    def factor(self, index_code: str | None, year: int | None) -> float:
        """Return what brings a price of a year to the run's level; `nan` where the index lacks a year.

        A price without a year is taken to be of the run's level.
        """
        if year is None or year == self.year:
            return 1.0
        code = index_code or ""
        levels = [self._level(code, each) for each in (year, self.year)]
        factor = float(price_level_factor(np.array(levels[:1]), np.array(levels[1:]))[0])
        self.used[code, year] = factor
        return factor

    def _level(self, index_code: str, year: int) -> float:
        months = self._points.get(index_code, {}).get(year, {})
        if WHOLE_YEAR in months:
            return months[WHOLE_YEAR]
        if len(months) == _MONTHS:
            return sum(months.values()) / _MONTHS
        self._faults[index_code, year] = Fault(f"/cost_index/{index_code}/{year}", self._lacks(index_code, year))
        return np.nan

    def _lacks(self, index_code: str, year: int) -> str:
        if not index_code:
            return f"prices of {year} meet prices of {self.year}, and no cost index is named (parameter cost_index)"
        years = self._points.get(index_code)
        if years is None:
            return f"there is no cost index {index_code!r}, which prices of {year} need"
        if year in years:
            return f"the cost index {index_code!r} has {len(years[year])} of the 12 months of {year}"
        return f"the cost index {index_code!r} has no value for {year}; it covers {min(years)} … {max(years)}"
