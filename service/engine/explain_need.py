"""How one asset's backlog is set against the service need, as arithmetic."""

import numpy as np

from service.engine.explanation import Quantity, Step, amount, quantity
from service.engine.need_split import CapacityInputs, NeedSplit
from service.engine.valuation import AssetInputs, AssetValuations


def explain_need_split(
    assets: AssetInputs,
    valuations: AssetValuations,
    capacities: CapacityInputs,
    split: NeedSplit,
    asset_row: int,
) -> list[Step]:
    """Return the steps to one asset's retained share, needed and avoidable backlog, from the split that made them.

    The split must have been made with every asset of the same services and areas, or the ranks are not those of the
    run. Per service: what a place costs, then the share retained; then the highest share; then the two backlogs.
    """
    rows = np.flatnonzero(capacities.asset_row == asset_row)
    assessed = [int(row) for row in rows if split.retention.rank[row]]
    services = [
        step
        for row in assessed
        for step in (
            _place_step(valuations, capacities, split, row),
            _share_step(assets, capacities, split, row),
        )
    ]
    return [*services, _highest_step(split, assessed, asset_row), *_backlog_steps(valuations, split, asset_row)]


def _place_step(valuations: AssetValuations, capacities: CapacityInputs, split: NeedSplit, row: int) -> Step:
    asset = int(capacities.asset_row[row])
    inputs = (
        _service(capacities, row),
        amount("repair_backlog", int(valuations.repair_backlog[asset])),
        amount("annual_wear", int(valuations.annual_wear[asset])),
        quantity("running_cost", capacities.running_cost_eur[row], "eur"),
        quantity("horizon_years", split.horizon_years, "years"),
        quantity("capacity", capacities.capacity[row], "capacity"),
    )
    return Step("cost_per_place", inputs, quantity("cost_per_place", split.cost_per_place_eur[row], "eur_per_place"))


def _share_step(assets: AssetInputs, capacities: CapacityInputs, split: NeedSplit, row: int) -> Step:
    balances = split.balances
    here = (balances.service == capacities.service[row]) & (balances.area == capacities.area[row])
    inputs = (
        _service(capacities, row),
        quantity("area", capacities.area[row], "code"),
        quantity("is_protected", assets.is_protected[capacities.asset_row[row]], "code"),
        quantity("rank", split.retention.rank[row], "count"),
        quantity("capacity_before", split.retention.capacity_before[row], "capacity"),
        quantity("capacity", capacities.capacity[row], "capacity"),
        quantity("sizing_need", balances.need[here][0], "capacity"),
    )
    result = quantity("retained_share", split.retention.retained_share[row], "share")
    return Step(f"retained_share_{split.mode.name.lower()}", inputs, result)


def _highest_step(split: NeedSplit, rows: list[int], asset_row: int) -> Step:
    shares = tuple(quantity("retained_share", split.retention.retained_share[row], "share") for row in rows)
    result = quantity("retained_share", split.retained_share[asset_row], "share")
    return Step("retained_share_highest" if rows else "retained_share_not_assessed", shares, result)


def _backlog_steps(valuations: AssetValuations, split: NeedSplit, row: int) -> list[Step]:
    backlog = amount("repair_backlog", int(valuations.repair_backlog[row]))
    share = quantity("retained_share", split.retained_share[row], "share")
    needed = amount("needed_backlog", int(split.needed[row]))
    avoidable = amount("avoidable_backlog", int(split.avoidable[row]))
    return [
        Step("needed_backlog", (backlog, share), needed),
        Step("avoidable_backlog", (backlog, needed), avoidable),
    ]


def _service(capacities: CapacityInputs, row: int) -> Quantity:
    return quantity("service", capacities.service[row], "code")
