"""The rows from which needs and capacities follow, loaded for a run."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from service.errors import Fault, InvalidData
from service.operations.area_population import PopulationSources
from service.operations.need_parameters import NEED_PARAMETERS
from service.queries.need_inputs import (
    GridRows,
    load_dated_parameters,
    load_enrolments,
    load_grid,
    load_replacements,
    load_suitabilities,
)
from service.queries.valuation_inputs import (
    load_capacities,
    load_given_needs,
    load_population,
    load_service_areas,
    scenarios_without_ages,
)


@dataclass(frozen=True)
class NeedInputs:
    """The rows from which the need and the capacity of every service area follow.

    Attributes:
        service_areas: With the area that each lies in and the one whose inhabitants it serves.
        capacities: Of assets in use.
        given_needs: Of the scenario; for an area that has none there, of `area_scenario`.
        population: Forecasts of the scenario.
        area_population: Forecasts of the scenario whose areas are scaled to the municipality's of `population`.
        enrolments: Pupils by grade.
        parameters: Dated values of participation, coefficient and reserve.
        grid: The population grid, where an area has no forecast.
        suitabilities: How assets fit their services, the newest.
        replacements: Renewals planned, with their cost.
    """

    service_areas: Sequence[RowMapping]
    capacities: Sequence[RowMapping]
    given_needs: Sequence[RowMapping]
    population: Sequence[RowMapping]
    area_population: Sequence[RowMapping] = field(default=())
    enrolments: Sequence[RowMapping] = field(default=())
    parameters: Sequence[RowMapping] = field(default=())
    grid: GridRows | None = None
    suitabilities: Sequence[RowMapping] = field(default=())
    replacements: Sequence[RowMapping] = field(default=())

    def sources(self) -> PopulationSources:
        """Return the forecasts and the grid by area."""
        return PopulationSources(self.population, self.area_population, self.grid)

    def content(self) -> list[Any]:
        """Return all that the needs depend on, for a hash."""
        rows = (
            self.service_areas,
            self.capacities,
            self.given_needs,
            self.population,
            self.area_population,
            self.enrolments,
            self.suitabilities,
            self.replacements,
        )
        return [*([tuple(row.values()) for row in each] for each in rows), _grid_content(self.grid)]


def _grid_content(grid: GridRows | None) -> list[Any]:
    if grid is None:
        return []
    return [
        grid.areas,
        *(each.tolist() for each in (grid.population, grid.inside, grid.of_group, grid.from_age, grid.to_age)),
        *(each.tolist() for each in (grid.area, grid.cell, grid.part)),
    ]


def load_need_inputs(
    connection: Connection,
    municipality_code: str,
    scenario: str | None,
    area_scenario: str | None,
    years: tuple[int, int],
) -> NeedInputs:
    """Return the rows for the years from the first to the last.

    Raises:
        InvalidData: there is no forecast of `area_scenario`, or one of the scenarios tells no ages.
    """
    _check_ages(connection, municipality_code, {"/scenario": scenario, "/area_scenario": area_scenario})
    service_areas = load_service_areas(connection, municipality_code)
    population = load_population(connection, municipality_code, scenario)
    area_population = load_population(connection, municipality_code, area_scenario) if area_scenario else []
    if area_scenario and not area_population:
        raise InvalidData(faults=[Fault("/area_scenario", f"there is no forecast of the scenario {area_scenario!r}")])
    told = PopulationSources(population, area_population, None).areas
    first_day, last_day = (datetime.date(year, 12, 31) for year in years)
    return NeedInputs(
        service_areas=service_areas,
        capacities=load_capacities(connection, municipality_code),
        given_needs=_given_needs(connection, municipality_code, scenario, area_scenario),
        population=population,
        area_population=area_population,
        enrolments=load_enrolments(connection, municipality_code, years[0]),
        parameters=load_dated_parameters(connection, municipality_code, NEED_PARAMETERS, first_day, last_day),
        suitabilities=load_suitabilities(connection, municipality_code, first_day),
        replacements=load_replacements(connection, municipality_code, years[0]),
        grid=load_grid(
            connection,
            municipality_code,
            sorted({row["population_area_code"] for row in service_areas} - told) if population else [],
        ),
    )


def _check_ages(connection: Connection, municipality_code: str, scenarios: Mapping[str, str | None]) -> None:
    """Raise where a scenario tells inhabitants of all ages as one: as if all were new-born, no need follows from it."""
    found = scenarios_without_ages(connection, municipality_code, [each for each in scenarios.values() if each])
    detail = "The scenario {} tells inhabitants of all ages together, from whom no need follows: name one by age."
    faults = [Fault(pointer, detail.format(each)) for pointer, each in scenarios.items() if each in found]
    if faults:
        raise InvalidData("; ".join(fault.detail for fault in faults), faults)


def _given_needs(
    connection: Connection, municipality_code: str, scenario: str | None, area_scenario: str | None
) -> list[RowMapping]:
    """Return the needs given directly: a forecast of inhabitants says nothing of them, so those known before hold."""
    own = load_given_needs(connection, municipality_code, scenario)
    told = {(row["service_code"], row["area_code"]) for row in own}
    before = load_given_needs(connection, municipality_code, area_scenario) if area_scenario else []
    return own + [row for row in before if (row["service_code"], row["area_code"]) not in told]
