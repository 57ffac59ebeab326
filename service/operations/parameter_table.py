"""The dated parameter values that hold on a valuation date, looked up by the most special one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import RowMapping

from service.operations.price_levels import PriceLevels


@dataclass
class ParameterTable:
    """The values valid on the valuation date; remembers which were read.

    Attributes:
        values: Rows as `load_parameter_values` returns them.
        prices: Brings money with a price level to that of the run; None leaves it as it is.
        read: The rows that were read, by number.
    """

    values: list[RowMapping]
    prices: PriceLevels | None = None
    read: dict[int, RowMapping] = field(default_factory=dict)
    _by_name: dict[tuple[str, str | None], list[RowMapping]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.values:
            self._by_name.setdefault((row["name"], row["key"]), []).append(row)

    def find(
        self, name: str, asset_class: int | None = None, material: str | None = None, key: str | None = None
    ) -> Any:
        """Return the value or code that holds, money at the run's price level, or None.

        Municipality before nation, then material before any, then class before all (architecture.md §7).
        """
        row = self.find_row(name, asset_class, material, key)
        return None if row is None else self.held(row, asset_class, material)

    def find_row(
        self,
        name: str,
        asset_class: int | None = None,
        material: str | None = None,
        key: str | None = None,
        service_keys: Sequence[str] = (),
    ) -> RowMapping | None:
        """Return the row of the value that holds, or None; it counts as read.

        `service_keys` are the keys of an asset's maintenance and functional class, the more special first: a value
        for one of them goes before the one for any, within the same municipality.
        """
        keys = [*service_keys, key]
        found = [
            (_speciality(row, len(keys) - place), row)
            for place, each in enumerate(keys)
            for row in self._by_name.get((name, each), [])
            if _holds(row, asset_class, material)
        ]
        if not found:
            return None
        _, row = max(found, key=lambda each: each[0])
        self.read[row["parameter_value_id"]] = row
        return row

    def held(self, row: RowMapping, asset_class: int | None = None, material: str | None = None) -> Any:
        """Return what a parameter's row holds: its number, brought to the run's price level, or its code."""
        if row["code"] is not None:
            return row["code"]
        if self.prices is None or row["price_level_year"] is None:
            return row["value"]
        return row["value"] * self.price_factor(row["price_level_year"], asset_class, material)

    def price_factor(self, year: int | None, asset_class: int | None = None, material: str | None = None) -> float:
        """Return what brings a price of a year to the run's level by the cost index of a class."""
        if self.prices is None or year is None or year == self.prices.year:
            return 1.0
        index = self.find_row("cost_index", asset_class, material)
        return self.prices.factor(None if index is None else index["code"], year)

    def keys_of(self, name: str) -> list[str]:
        """Return the keys for which a parameter has values, sorted."""
        return sorted(key for held, key in self._by_name if held == name and key is not None)


def _holds(row: RowMapping, asset_class: int | None, material: str | None) -> bool:
    return row["asset_class"] in (None, asset_class) and row["material"] in (None, material)


def _speciality(row: RowMapping, key_rank: int) -> tuple[bool, int, bool, bool]:
    own = row["municipality_code"] is not None
    return own, key_rank, row["material"] is not None, row["asset_class"] is not None
