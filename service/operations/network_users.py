"""Who uses the networks and streets in a run: by class, and by class and district, as the rows that are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.engine.group import Groups, group_rows
from service.engine.network_use import NetworkInputs, inhabitants_served, network_use, users_by_grid
from service.operations.valuation_computation import Valuation
from service.queries.network_inputs import NetworkRows
from service.queries.results import cents_as_euros

Row = dict[str, Any]
_ALL_DISTRICTS = ""
_CENTS = ("backlog", "backlog_without_users")


def network_use_rows(valuation: Valuation) -> list[Row]:
    """Return the use of each class and, where its assets have districts, of each class and district."""
    networks = valuation.users.networks
    if networks is None or not len(networks.assets["asset_id"]):
        return []
    row = np.searchsorted(valuation.snapshot.assets["asset_id"], networks.assets["asset_id"])
    classes = valuation.snapshot.assets["asset_class"][row].astype(np.int64)
    texts = valuation.snapshot.text_codes["district_code"]
    districts, district = np.unique(valuation.snapshot.assets["district_code"][row], return_inverse=True)
    names = [texts[int(each)] for each in districts]
    by_class, by_district = group_rows([classes]), group_rows([classes, district])
    inputs = _inputs(networks, valuation.valuations.repair_backlog[row])
    whole = [(key, _ALL_DISTRICTS) for key in by_class.keys[0].tolist()]
    parts = [(key, names[at]) for key, at in zip(*(each.tolist() for each in by_district.keys), strict=True)]
    by_part = _named(parts, _figures(by_district, inputs, networks))
    return _named(whole, _figures(by_class, inputs, networks)) + [each for each in by_part if each["district_code"]]


def _inputs(networks: NetworkRows, backlog: NDArray[np.int64]) -> NetworkInputs:
    assets, count = networks.assets, len(networks.assets["asset_id"])
    nearby = np.full(count, np.nan)
    if networks.near is not None:
        nearby = users_by_grid(count, _asset_row(networks), *_cells(networks))
    return NetworkInputs(assets["length_m"], assets["recorded_users"], nearby, backlog)


def _asset_row(networks: NetworkRows) -> NDArray[np.int64]:
    near = networks.near or {}
    return np.searchsorted(networks.assets["asset_id"], near["asset_id"])


def _cells(networks: NetworkRows) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the cell of each pair, and the persons by cell."""
    near = networks.near or {}
    population = np.zeros(int(near["cell"].max(initial=-1)) + 1)
    population[near["cell"]] = near["population"]
    return near["cell"], population


def _figures(groups: Groups, inputs: NetworkInputs, networks: NetworkRows) -> dict[str, list[Any]]:
    use = network_use(groups, inputs)
    columns = {each.name: getattr(use, each.name) for each in fields(use)}
    money = {f"{name}_eur": cents_as_euros(columns.pop(name)) for name in _CENTS}
    served: list[Any] = [None] * groups.count
    if networks.near is not None:
        served = inhabitants_served(groups, _asset_row(networks), *_cells(networks)).tolist()
    named = {
        "repair_backlog_eur": money["backlog_eur"],
        "backlog_without_users_eur": money["backlog_without_users_eur"],
    }
    return {name: each.tolist() for name, each in columns.items()} | named | {"inhabitants_served": served}


def _named(keys: Sequence[tuple[int, str | None]], figures: dict[str, list[Any]]) -> list[Row]:
    return [
        {"asset_class": asset_class, "district_code": district, **{name: of[number] for name, of in figures.items()}}
        for number, (asset_class, district) in enumerate(keys)
    ]
