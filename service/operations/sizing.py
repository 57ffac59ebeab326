"""Service need of every service area over the horizon, against the capacity in use."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import RowMapping

from models.registry import ASSET_CLASSES
from service.engine.need import peak_utilisation, sizing_need
from service.engine.need_split import CapacityInputs, SizingNeeds
from service.operations.area_needs import AreaNeedComputation
from service.operations.need_inputs import NeedInputs
from service.operations.need_parameters import parameters_by_year
from service.operations.parameter_table import ParameterTable


@dataclass(frozen=True)
class Sizing:
    """Services and areas by number, and per service area the need (years × areas) and the capacity by year.

    `parent` is the number of the service area in which one lies, -1 for none; `need_basis` says what a need rests on.
    """

    services: list[str]
    areas: list[str]
    of_area: list[tuple[str, str]]
    parent: NDArray[np.int64]
    need_basis: list[str | None]
    peak_utilisation: NDArray[np.float64]
    service_distances: dict[int, float]
    broadband_reach_m: float | None
    broadband_targets: dict[float, float]
    years: NDArray[np.int64]
    need: NDArray[np.float64]
    capacity: NDArray[np.float64]
    capacities: CapacityInputs
    sizing_needs: SizingNeeds


def size_services(
    inputs: NeedInputs,
    table: ParameterTable,
    asset_id: NDArray[np.int64],
    valuation_year: int,
    horizon_years: int,
    need_method: str | None = None,
) -> Sizing:
    """Return the sizing of all service areas of a municipality; `need_method` goes before the services' own.

    Raises:
        InvalidData: a forecast, a count of pupils or a parameter lacks something that the needs follow from.
    """
    years = np.arange(valuation_year, valuation_year + horizon_years + 1)
    of_area = [(row["service_code"], row["area_code"]) for row in inputs.service_areas]
    services, areas = sorted({code for code, _ in of_area}), sorted({code for _, code in of_area})
    parameters = parameters_by_year(inputs.parameters, table, years)
    needs = AreaNeedComputation(
        inputs.sources(), parameters, table, inputs.given_needs, inputs.enrolments, need_method
    ).needs(inputs.service_areas)
    counted = [row for row in inputs.capacities if (row["service_code"], row["area_code"]) in set(of_area)]
    capacity = _capacity_by_year(of_area, counted, years)
    highest = sizing_need(years, needs.need, valuation_year, horizon_years)
    return Sizing(
        services=services,
        areas=areas,
        of_area=of_area,
        parent=_parents(inputs.service_areas, of_area),
        need_basis=needs.basis,
        peak_utilisation=peak_utilisation(highest, _by_service(table, "peak_factor", of_area), capacity[0]),
        service_distances=_service_distances(table),
        broadband_reach_m=table.find("broadband_reach_m"),
        broadband_targets=_broadband_targets(table),
        years=years,
        need=needs.need,
        capacity=capacity,
        capacities=_capacity_inputs(counted, services, areas, asset_id, _year_end(valuation_year)),
        sizing_needs=SizingNeeds(
            service=np.array([services.index(code) for code, _ in of_area], np.int64),
            area=np.array([areas.index(code) for _, code in of_area], np.int64),
            sizing_need=highest,
            new_place_cost_eur=_by_service(table, "new_place_cost_eur", of_area),
        ),
    )


def _by_service(table: ParameterTable, name: str, of_area: list[tuple[str, str]]) -> NDArray[np.float64]:
    """Return a parameter of each area's service, `nan` where it has none."""
    found = [table.find(name, key=service_code) for service_code, _ in of_area]
    return np.array([np.nan if each is None else each for each in found], np.float64)


def _service_distances(table: ParameterTable) -> dict[int, float]:
    """Return the service distance by number of the asset classes that have one."""
    found = {each.number: table.find("service_distance_m", each.number) for each in ASSET_CLASSES.values()}
    return {number: float(distance) for number, distance in found.items() if distance is not None}


def _broadband_targets(table: ParameterTable) -> dict[float, float]:
    """Return the share of inhabitants that each speed, in Mbit/s, is to reach."""
    found = {key: table.find("broadband_target_share", key=key) for key in table.keys_of("broadband_target_share")}
    return {float(key): float(share) for key, share in found.items()}


def _parents(rows: Sequence[RowMapping], of_area: list[tuple[str, str]]) -> NDArray[np.int64]:
    place = {key: number for number, key in enumerate(of_area)}
    return np.array([place.get((row["service_code"], row["parent_area_code"]), -1) for row in rows], np.int64)


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
