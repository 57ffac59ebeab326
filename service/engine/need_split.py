"""The backlog of the assets set against the service need: needed, avoidable, and the capacity that is missing."""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import AnyIntArray, BoolArray, CentsArray, FloatArray, IntArray
from service.engine.errors import EngineError
from service.engine.group import Groups, group_rows
from service.engine.money import cents_where_known, euros
from service.engine.need import deficit, exact_need, surplus, utilisation
from service.engine.retention import (
    RankCriteria,
    Retention,
    RetentionMode,
    capacity_by_group,
    capacity_investment,
    cost_per_place,
    highest_share,
    retain,
    split_backlog,
)
from service.engine.valuation import AssetInputs, AssetValuations


class DoubledNeedError(EngineError):
    """Two sizing needs are given for the same service and area."""


@dataclass(frozen=True, slots=True)
class CapacityInputs:
    """What the assets in use can serve, one row per asset and service; ``nan`` is unknown.

    Attributes:
        asset_row: The row of the asset among the assets valued.
        service: Number of the service.
        area: Number of the area whose inhabitants the asset serves.
        capacity: In the service's unit.
        running_cost_eur: A year, for this service.
    """

    asset_row: AnyIntArray
    service: AnyIntArray
    area: AnyIntArray
    capacity: FloatArray
    running_cost_eur: FloatArray


@dataclass(frozen=True, slots=True)
class SizingNeeds:
    """The highest need over the horizon, one row per service and area; ``nan`` is unknown."""

    service: AnyIntArray
    area: AnyIntArray
    sizing_need: FloatArray
    new_place_cost_eur: FloatArray


@dataclass(frozen=True, slots=True)
class AreaBalances:
    """Need against capacity per service and area, ascending by both; money in cents.

    Surplus and deficit stand side by side and are never netted. ``investment_known`` is False where there is a deficit
    (or may be one) that cannot be priced; the investment is 0 there. ``need`` is ``nan`` where none is known.
    """

    service: IntArray
    area: IntArray
    need: FloatArray
    capacity: FloatArray
    utilisation: FloatArray
    surplus: FloatArray
    deficit: FloatArray
    capacity_investment: CentsArray
    investment_known: BoolArray


@dataclass(frozen=True, slots=True)
class NeedSplit:
    """The split per asset (cents), the balance per service and area, and the ranking behind it per capacity row.

    ``needed + avoidable`` is the backlog to the cent. ``not_assessed`` is the part of ``needed`` that was never set
    against a need because the asset has no capacity or its service no need; ``retained_share`` is ``nan`` there.
    """

    retained_share: FloatArray
    needed: CentsArray
    avoidable: CentsArray
    not_assessed: CentsArray
    balances: AreaBalances
    retention: Retention
    cost_per_place_eur: FloatArray
    horizon_years: float
    mode: RetentionMode


def split_by_need(
    assets: AssetInputs,
    valuations: AssetValuations,
    capacities: CapacityInputs,
    needs: SizingNeeds,
    horizon_years: float,
    mode: RetentionMode = RetentionMode.WHOLE_ASSET,
) -> NeedSplit:
    """Return needed and avoidable backlog of every asset and the balance of every service and area.

    Capacities must be those of assets in use only. An asset that serves several services is retained by the highest
    share; an asset without any capacity is not assessed and all its backlog counts as needed.

    Raises:
        DoubledNeedError: Two needs are given for the same service and area.
    """
    groups, own = _services_and_areas(capacities, needs)
    need, place_cost = _per_group(groups, own, needs)
    price = _cost_per_place(valuations, capacities, horizon_years)
    of_capacity = Groups(groups.keys, groups.number[:own])
    criteria = _criteria(assets, valuations, capacities, price)
    retention = retain(of_capacity, capacities.capacity, need, criteria, mode)
    share = highest_share(len(assets.asset_id), capacities.asset_row.astype(np.int64), retention.retained_share)
    needed, avoidable = split_backlog(valuations.repair_backlog, share)
    return NeedSplit(
        retained_share=share,
        needed=needed,
        avoidable=avoidable,
        not_assessed=np.where(np.isnan(share), valuations.repair_backlog, 0),
        balances=_balances(groups, need, capacity_by_group(of_capacity, capacities.capacity), place_cost),
        retention=retention,
        cost_per_place_eur=price,
        horizon_years=horizon_years,
        mode=mode,
    )


def _services_and_areas(capacities: CapacityInputs, needs: SizingNeeds) -> tuple[Groups, int]:
    service = np.concatenate([capacities.service, needs.service]).astype(np.int64)
    area = np.concatenate([capacities.area, needs.area]).astype(np.int64)
    return group_rows([service, area]), len(capacities.asset_row)


def _per_group(groups: Groups, own: int, needs: SizingNeeds) -> tuple[FloatArray, FloatArray]:
    number = groups.number[own:]
    doubled = len(number) - len(np.unique(number))
    if doubled:
        raise DoubledNeedError(f"{doubled} sizing needs repeat a service and area.")
    need, place_cost = np.full(groups.count, np.nan), np.full(groups.count, np.nan)
    need[number], place_cost[number] = exact_need(needs.sizing_need), needs.new_place_cost_eur
    return need, place_cost


def _cost_per_place(valuations: AssetValuations, capacities: CapacityInputs, horizon_years: float) -> FloatArray:
    backlog, wear = valuations.repair_backlog, valuations.annual_wear
    row = capacities.asset_row
    return cost_per_place(
        euros(backlog[row]), euros(wear[row]), capacities.running_cost_eur, capacities.capacity, horizon_years
    )


def _criteria(
    assets: AssetInputs, valuations: AssetValuations, capacities: CapacityInputs, price: FloatArray
) -> RankCriteria:
    row = capacities.asset_row
    return RankCriteria(assets.is_protected[row], price, valuations.condition_index[row], assets.asset_id[row])


def _balances(groups: Groups, need: FloatArray, capacity: FloatArray, place_cost: FloatArray) -> AreaBalances:
    missing = deficit(need, capacity)
    investment, known = cents_where_known(capacity_investment(missing, place_cost), "capacity investment")
    service, area = groups.keys
    return AreaBalances(
        service=service,
        area=area,
        need=need,
        capacity=capacity,
        utilisation=utilisation(need, capacity),
        surplus=surplus(need, capacity),
        deficit=missing,
        capacity_investment=investment,
        investment_known=known,
    )
