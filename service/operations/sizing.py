"""Service need of every service area over the horizon, against the capacity in use."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import RowMapping

from service.engine.need import (
    ServiceUse,
    given_need_in_years,
    need_with_given_first,
    service_need,
    sizing_need,
)
from service.engine.need_split import CapacityInputs, SizingNeeds
from service.engine.population import (
    Population,
    YearOutsideForecastError,
    persons_in_years,
    population_from_rows,
)
from service.errors import Fault, InvalidData, ParameterMissing
from service.operations.parameter_sets import ParameterTable


@dataclass(frozen=True)
class NeedInputs:
    """The rows from which the need and the capacity of every service area follow."""

    service_areas: list[RowMapping]
    capacities: list[RowMapping]
    given_needs: list[RowMapping]
    population: list[RowMapping]


@dataclass(frozen=True)
class Sizing:
    """Services and areas by number, and per service area the need (years × areas) and the capacity by year."""

    services: list[str]
    areas: list[str]
    of_area: list[tuple[str, str]]
    years: NDArray[np.int64]
    need: NDArray[np.float64]
    capacity: NDArray[np.float64]
    capacities: CapacityInputs
    sizing_needs: SizingNeeds


def size_services(
    inputs: NeedInputs, table: ParameterTable, asset_id: NDArray[np.int64], valuation_year: int, horizon_years: int
) -> Sizing:
    """Return the sizing of all service areas of a municipality.

    Raises:
        InvalidData: the forecast does not reach over the horizon, or a capacity names an area that is not there.
    """
    years = np.arange(valuation_year, valuation_year + horizon_years + 1)
    of_area = [(row["service_code"], row["area_code"]) for row in inputs.service_areas]
    services, areas = sorted({code for code, _ in of_area}), sorted({code for _, code in of_area})
    need = _needs(inputs, table, years)
    counted = [row for row in inputs.capacities if (row["service_code"], row["area_code"]) in set(of_area)]
    return Sizing(
        services=services,
        areas=areas,
        of_area=of_area,
        years=years,
        need=need,
        capacity=_capacity_by_year(of_area, counted, years),
        capacities=_capacity_inputs(counted, services, areas, asset_id, _year_end(valuation_year)),
        sizing_needs=SizingNeeds(
            service=np.array([services.index(code) for code, _ in of_area], np.int64),
            area=np.array([areas.index(code) for _, code in of_area], np.int64),
            sizing_need=sizing_need(years, need, valuation_year, horizon_years),
            new_place_cost_eur=np.array([_place_cost(table, code) for code, _ in of_area], np.float64),
        ),
    )


def _place_cost(table: ParameterTable, service_code: str) -> float:
    cost = table.find("new_place_cost_eur", key=service_code)
    return np.nan if cost is None else float(cost)


def _needs(inputs: NeedInputs, table: ParameterTable, years: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the need of all service areas, years × areas; raises `InvalidData` that names every area at fault."""
    columns, faults = [np.zeros((len(years), 0))], []
    for row in inputs.service_areas:
        try:
            columns.append(_need(row, inputs, table, years)[:, np.newaxis])
        except YearOutsideForecastError as error:
            faults.append(Fault(f"/service_areas/{row['service_code']}/{row['area_code']}", str(error)))
    if faults:
        raise InvalidData("The population forecast does not reach over the horizon.", faults)
    return np.concatenate(columns, axis=1)


def _need(row: RowMapping, inputs: NeedInputs, table: ParameterTable, years: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the need of one service area by year: given directly, else from its population; `nan` where neither."""
    own = [
        given
        for given in inputs.given_needs
        if (given["service_code"], given["area_code"]) == (row["service_code"], row["area_code"])
    ]
    given_years = np.array([given["year"] for given in own], np.int64)
    given = given_need_in_years(given_years, np.array([given["service_need"] for given in own], float), years)
    if not np.isnan(given).any():
        return need_with_given_first(given, given)
    return need_with_given_first(_computed_need(row, inputs, table, years), given)


def _computed_need(
    row: RowMapping, inputs: NeedInputs, table: ParameterTable, years: NDArray[np.int64]
) -> NDArray[np.float64]:
    population = population_of_area(inputs.population, row["population_area_code"])
    use = service_use(table, row["service_code"], population.ages)
    if not len(population.years) or not use.participation.any():
        return np.full(len(years), np.nan)
    persons = persons_in_years(population.years, population.persons[:, 0], years, row["population_area_code"])
    block = Population(years, population.areas, population.ages, persons[:, np.newaxis])
    return service_need(block, use)[:, 0, 0]


def population_of_area(rows: list[RowMapping], area_code: str) -> Population:
    """Return the forecast of one area as a block."""
    own = [row for row in rows if row["area_code"] == area_code]
    columns = [np.array([row[name] for row in own]) for name in ("year", "age", "population")]
    year, age, persons = columns[0].astype(np.int64), columns[1].astype(np.int64), columns[2].astype(float)
    return population_from_rows(np.zeros(len(own), np.int64), year, age, persons)


def service_use(table: ParameterTable, service_code: str, ages: NDArray[np.int64]) -> ServiceUse:
    """Return participation, coefficient (1 where none is given) and reserve of a service at these ages.

    Raises:
        ParameterMissing: the service has no reserve.
    """
    participation = [table.find("participation_share", key=f"{service_code}/{age}") or 0.0 for age in ages]
    coefficient = [table.find("service_coefficient", key=f"{service_code}/{age}") for age in ages]
    reserve = table.find("need_reserve_share", key=service_code)
    if reserve is None and any(participation):
        missing = Fault("/parameters/need_reserve_share", f"no value for {service_code} is valid on the valuation date")
        raise ParameterMissing(faults=[missing])
    return ServiceUse(
        participation=np.array([participation], float),
        coefficient=np.array([[1.0 if each is None else each for each in coefficient]], float),
        reserve=np.array([0.0 if reserve is None else reserve]),
    )


def _year_end(year: int) -> datetime.date:
    return datetime.date(year, 12, 31)


def _is_valid(row: RowMapping, day: datetime.date) -> bool:
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] > day))


def _capacity_by_year(
    of_area: list[tuple[str, str]], rows: list[RowMapping], years: NDArray[np.int64]
) -> NDArray[np.float64]:
    place = {key: number for number, key in enumerate(of_area)}
    capacity = np.zeros((len(years), len(of_area)))
    for row in rows:
        valid = np.array([_is_valid(row, _year_end(int(year))) for year in years])
        capacity[:, place[row["service_code"], row["area_code"]]] += np.where(valid, row["capacity"], 0.0)
    return capacity


def _capacity_inputs(
    rows: list[RowMapping], services: list[str], areas: list[str], asset_id: NDArray[np.int64], day: datetime.date
) -> CapacityInputs:
    now = [row for row in rows if _is_valid(row, day)]
    cost = [row["running_cost_eur"] for row in now]
    return CapacityInputs(
        asset_row=np.searchsorted(asset_id, np.array([row["asset_id"] for row in now], np.int64)),
        service=np.array([services.index(row["service_code"]) for row in now], np.int64),
        area=np.array([areas.index(row["area_code"]) for row in now], np.int64),
        capacity=np.array([row["capacity"] for row in now], float),
        running_cost_eur=np.array([np.nan if each is None else each for each in cost], float),
    )
