"""Function need of the assets and the split of planned replacements in a run, as the rows that are stored."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.engine.function_need import size_ratio, split_replacement
from service.engine.money import cents_where_known
from service.engine.retention import split_backlog
from service.operations.valuation_computation import Valuation
from service.queries.results import cents_as_euros

Row = dict[str, Any]


def function_need_rows(valuation: Valuation) -> list[Row]:
    """Return what each assessed asset owes to fit a service: needed as far as the asset is retained.

    The cost is unknown where none is recorded, but class 5 owes nothing.
    """
    recorded = [(row, at) for row in valuation.needs.suitabilities if (at := _row_of(valuation, row["asset_id"])) >= 0]
    places = {
        (int(asset), valuation.sizing.services[service]): number
        for number, (asset, service) in enumerate(
            zip(valuation.sizing.capacities.asset_row, valuation.sizing.capacities.service, strict=True)
        )
    }
    return [_function_need(valuation, row, at, places.get((at, row["service_code"]))) for row, at in recorded]


def _function_need(valuation: Valuation, row: Any, at: int, capacity: int | None) -> Row:
    fits = row["suitability_class"] == 5 and row["curing_cost_eur"] is None
    euros = 0.0 if fits else row["curing_cost_eur"]
    cost, known = cents_where_known(np.array([np.nan if euros is None else euros]))
    share = valuation.split.retained_share[at : at + 1]
    needed, avoidable = (_euros(part, known) for part in split_backlog(cost, share))
    capacities = valuation.sizing.capacities
    return {
        "asset_id": row["asset_id"],
        "service_code": row["service_code"],
        "area_code": None if capacity is None else valuation.sizing.areas[capacities.area[capacity]],
        "suitability_class": row["suitability_class"],
        "assessed_on": row["assessed_on"],
        "curing_cost_eur": _euros(cost, known),
        "needed_curing_eur": needed,
        "avoidable_curing_eur": avoidable,
        "repair_backlog_eur": _euros(valuation.valuations.repair_backlog[at : at + 1]),
        "retained_share": None if np.isnan(share[0]) else float(share[0]),
        "capacity": None if capacity is None else float(capacities.capacity[capacity]),
    }


def replacement_rows(valuation: Valuation) -> list[Row]:
    """Return the planned replacements of assets that have a value, split into renewal and upgrades."""
    planned = [
        (row, at)
        for row in valuation.needs.replacements
        if (at := _row_of(valuation, row["asset_id"])) >= 0 and valuation.valuations.valued[at]
    ]
    if not planned:
        return []
    cost, _ = cents_where_known(np.array([row["cost_eur"] for row, _ in planned], float))
    value = valuation.valuations.replacement_cost[[at for _, at in planned]]
    sizes = np.array([_sizes(valuation, row, at) for row, at in planned], float)
    ratio = size_ratio(sizes[:, 0], sizes[:, 1])
    parts = split_replacement(cost, value, ratio)
    columns = {
        "cost_eur": cost,
        "replacement_cost_eur": value,
        "renewal_eur": parts.renewal,
        "capacity_upgrade_eur": parts.capacity_upgrade,
        "function_upgrade_eur": parts.function_upgrade,
    }
    texts = {name: cents_as_euros(cents) for name, cents in columns.items()}
    return [
        {
            **{name: row[name] for name in ("measure_id", "asset_id", "year")},
            "size_ratio": None if np.isnan(ratio[number]) else float(ratio[number]),
            **{name: of_all[number] for name, of_all in texts.items()},
        }
        for number, (row, _) in enumerate(planned)
    ]


def _sizes(valuation: Valuation, row: Any, at: int) -> tuple[float, float]:
    """Return size after and before: by capacity of the service named, else by quantity; `nan` is unknown."""
    if row["capacity_after"] is not None:
        capacities, service = valuation.sizing.capacities, row["service_code"]
        number = valuation.sizing.services.index(service) if service in valuation.sizing.services else -1
        own = (capacities.asset_row == at) & (capacities.service == number)
        return row["capacity_after"], float(capacities.capacity[own].sum()) if own.any() else np.nan
    after = row["quantity_after"]
    return (np.nan if after is None else after), float(valuation.snapshot.assets["quantity"][at])


def _row_of(valuation: Valuation, asset_id: int) -> int:
    """Return the row of an asset among those valued, -1 where it is none of them."""
    ids: NDArray[np.int64] = valuation.snapshot.assets["asset_id"]
    at = int(np.searchsorted(ids, asset_id))
    return at if at < len(ids) and ids[at] == asset_id else -1


def _euros(cents: NDArray[np.int64], known: NDArray[np.bool_] | None = None) -> str | None:
    return cents_as_euros(cents)[0] if known is None or known[0] else None
