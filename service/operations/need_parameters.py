"""Participation, coefficient and reserve of the services in every year of the horizon, as their validity says."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import RowMapping

from service.errors import Fault
from service.operations.parameter_table import ParameterTable

NEED_PARAMETERS = ("need_reserve_share", "participation_share", "service_coefficient")


@dataclass(frozen=True)
class ServiceUseByYear:
    """How a service is used: its ages; participation and coefficient, years × ages; the reserve by year."""

    ages: NDArray[np.int64]
    participation: NDArray[np.float64]
    coefficient: NDArray[np.float64]
    reserve: NDArray[np.float64]

    @property
    def weight(self) -> NDArray[np.float64]:
        """Return the places that a person of an age takes, years × ages."""
        return self.participation * self.coefficient

    @property
    def is_used(self) -> bool:
        """Return whether any age uses the service."""
        return bool((self.weight > 0).any())


@dataclass(frozen=True)
class NeedParameters:
    """The parameters of the need, one table per year; what is looked up counts as read in the run's own table."""

    years: NDArray[np.int64]
    tables: list[ParameterTable]

    def use(self, service_code: str, faults: list[Fault]) -> ServiceUseByYear:
        """Return the use of a service, coefficient 1 where none is given; a missing reserve is noted as a fault."""
        ages = np.array(sorted(self._ages(service_code)), np.int64)
        participation = self._by_age("participation_share", service_code, ages, 0.0)
        coefficient = self._by_age("service_coefficient", service_code, ages, 1.0)
        reserve = [table.find("need_reserve_share", key=service_code) for table in self.tables]
        lacking = [int(year) for year, each in zip(self.years, reserve, strict=True) if each is None]
        if lacking and (participation > 0).any():
            detail = f"no value for {service_code} is valid at the end of {listed(lacking)}"
            faults.append(Fault("/parameters/need_reserve_share", detail))
        shares = np.array([0.0 if each is None else each for each in reserve], np.float64)
        return ServiceUseByYear(ages, participation, coefficient, shares)

    def _ages(self, service_code: str) -> set[int]:
        keys = {key for table in self.tables for key in table.keys_of("participation_share")}
        named = [key.rpartition("/") for key in keys]
        return {int(age) for service, _, age in named if service == service_code and age.isdigit()}

    def _by_age(self, name: str, service_code: str, ages: NDArray[np.int64], otherwise: float) -> NDArray[np.float64]:
        found = [[table.find(name, key=f"{service_code}/{age}") for age in ages.tolist()] for table in self.tables]
        values = [otherwise if each is None else each for row in found for each in row]
        return np.array(values, np.float64).reshape(len(self.tables), len(ages))


def parameters_by_year(rows: Sequence[RowMapping], table: ParameterTable, years: NDArray[np.int64]) -> NeedParameters:
    """Return the values as they are valid at the end of each year; years with the same values share a table."""
    tables: dict[tuple[int, ...], ParameterTable] = {}
    by_year = []
    for year in years.tolist():
        valid = [row for row in rows if _holds(row, datetime.date(year, 12, 31))]
        key = tuple(row["parameter_value_id"] for row in valid)
        by_year.append(tables.setdefault(key, ParameterTable(valid, table.prices, table.read)))
    return NeedParameters(years, by_year)


def listed(years: Sequence[int]) -> str:
    """Return ascending years as text, spans in short.

    >>> listed([2026, 2027, 2028, 2031])
    '2026–2028, 2031'
    """
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans)


def _holds(row: RowMapping, day: datetime.date) -> bool:
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] > day))
