"""Persons of each service area by year and age: from its own forecast, from another one scaled, or from the grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import RowMapping

from models.population import WHOLE_MUNICIPALITY
from service.engine.area_population import (
    CellOverlap,
    GridCells,
    grid_shares,
    group_of_age,
    persons_by_share,
    rescaled_persons,
)
from service.engine.population import Population, persons_in_years, population_from_rows
from service.queries.need_inputs import GridRows

FORECAST, SCALED_FORECAST, GRID = "forecast", "scaled_forecast", "grid"
Persons = NDArray[np.float64]


@dataclass(frozen=True)
class AreaPersons:
    """Persons by year and wanted age (`nan`: unknown), and what they rest on."""

    persons: Persons
    basis: str


class PopulationSources:
    """The forecasts and the grid of a municipality, by area."""

    def __init__(
        self, forecast: Sequence[RowMapping], area_forecast: Sequence[RowMapping], grid: GridRows | None
    ) -> None:
        self._forecast = _by_area(forecast)
        self._area_forecast = _by_area(area_forecast)
        self._grid = grid

    @property
    def areas(self) -> set[str]:
        """Return the areas with a forecast of the run's own scenario or of the one that is scaled to it."""
        return {*self._forecast, *self._scalable}

    @property
    def _scalable(self) -> set[str]:
        both = WHOLE_MUNICIPALITY in self._forecast and WHOLE_MUNICIPALITY in self._area_forecast
        return set(self._area_forecast) if both else set()

    def persons(
        self, service_area: RowMapping, years: NDArray[np.int64], ages: NDArray[np.int64]
    ) -> AreaPersons | None:
        """Return the persons of a service area, None where nothing tells them.

        Raises:
            YearOutsideForecastError: a forecast does not cover the years.
        """
        code = service_area["population_area_code"]
        if code in self._forecast:
            return AreaPersons(_in_years(self._forecast, code, years, ages), FORECAST)
        if code in self._scalable:
            return AreaPersons(self._scaled(code, years, ages), SCALED_FORECAST)
        share = self._share(service_area)
        if share is None or WHOLE_MUNICIPALITY not in self._forecast:
            return None
        municipality = _in_years(self._forecast, WHOLE_MUNICIPALITY, years, ages)
        return AreaPersons(persons_by_share(municipality, share, group_of_age(self._cells, ages)), GRID)

    def _scaled(self, code: str, years: NDArray[np.int64], ages: NDArray[np.int64]) -> Persons:
        return rescaled_persons(
            _in_years(self._area_forecast, code, years, ages),
            _in_years(self._area_forecast, WHOLE_MUNICIPALITY, years, ages),
            _in_years(self._forecast, WHOLE_MUNICIPALITY, years, ages),
        )

    def _share(self, service_area: RowMapping) -> Persons | None:
        """Return an area's share of each age group of the grid; None where the grid says nothing of it."""
        key = (service_area["service_code"], service_area["area_code"])
        if self._grid is None or key not in self._grid.areas:
            return None
        share: Persons = self._shares[self._grid.areas.index(key)]
        return share

    @cached_property
    def _cells(self) -> GridCells:
        grid = self._known_grid
        return GridCells(grid.population, grid.of_group, grid.from_age, grid.to_age, grid.inside)

    @cached_property
    def _shares(self) -> Persons:
        grid = self._known_grid
        return grid_shares(self._cells, CellOverlap(grid.area, grid.cell, grid.part), len(grid.areas))

    @property
    def _known_grid(self) -> GridRows:
        if self._grid is None:
            raise LookupError("there is no population grid")
        return self._grid


def _by_area(rows: Sequence[RowMapping]) -> dict[str, Population]:
    """Return each area's forecast as a block."""
    own: dict[str, list[RowMapping]] = {}
    for row in rows:
        own.setdefault(row["area_code"], []).append(row)
    return {code: _block(of_area) for code, of_area in own.items()}


def _block(rows: list[RowMapping]) -> Population:
    columns = [np.array([row[name] for row in rows]) for name in ("year", "age", "population")]
    year, age, persons = columns[0].astype(np.int64), columns[1].astype(np.int64), columns[2].astype(float)
    return population_from_rows(np.zeros(len(rows), np.int64), year, age, persons)


def _in_years(
    forecasts: dict[str, Population], code: str, years: NDArray[np.int64], ages: NDArray[np.int64]
) -> Persons:
    """Return years × ages of an area; an age that its forecast does not have is unknown."""
    forecast = forecasts[code]
    between = persons_in_years(forecast.years, forecast.persons[:, 0], years, code)
    wanted = np.full((len(years), len(ages)), np.nan)
    place = np.clip(np.searchsorted(forecast.ages, ages), 0, len(forecast.ages) - 1)
    has = forecast.ages[place] == ages
    wanted[:, has] = between[:, place[has]]
    return wanted
