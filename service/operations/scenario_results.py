"""A scenario's figures as the rows that are stored, and why an asset was treated or not, read back."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.orm import Session

from service.engine.scenario import Scenario
from service.engine.scenario_inputs import Reason, ScenarioAssets
from service.engine.scenario_years import MONEY
from service.errors import NotFound
from service.operations.scenario_plan import Plan
from service.queries.binary_copy import Column
from service.queries.results import cents_as_euros
from service.queries.scenarios import (
    load_reason_chunk,
    load_scenario_measures,
    store_scenario,
    store_scenario_measures,
)

ASSETS_PER_CHUNK = 4096
_REASON_COUNTS = {reason: f"{reason.name.lower()}_count" for reason in Reason}


def store_scenario_results(
    session: Session, key: Mapping[str, Any], plan: Plan, assets: ScenarioAssets, done: Scenario
) -> None:
    """Write all results of a scenario within the session's transaction."""
    first = plan.base["valuation_year"]
    reasons = reason_rows(key, assets.asset_id, done.reasons)
    store_scenario(session, _year_rows(key, plan, done), _budget_rows(key, first, done), reasons)
    treated = done.treatments
    order = np.lexsort((treated.year, treated.asset_id))
    columns = [
        Column("asset_id", "int8", treated.asset_id[order]),
        Column("year", "int2", first + treated.year[order]),
        Column("asset_class", "int2", treated.asset_class[order]),
        Column("measure_rule_id", "int8", treated.measure[order]),
        Column("cost_eur", "money", treated.cost[order]),
        Column("condition_before", "float8", treated.condition_before[order]),
        Column("condition_after", "float8", treated.condition_after[order]),
    ]
    if len(order):
        store_scenario_measures(session, key["municipality_code"], key["run_id"], columns)


def _year_rows(key: Mapping[str, Any], plan: Plan, done: Scenario) -> list[dict[str, Any]]:
    book, factor = done.classes, [1.0, *plan.price_factor.tolist()]
    rows = []
    for place, number in enumerate(book.classes.tolist()):
        money = {f"{name}_eur": cents_as_euros(book.money[name][:, place]) for name in MONEY}
        counts = {name: book.reasons[:, place, reason].tolist() for reason, name in _REASON_COUNTS.items()}
        for year, price in enumerate(factor):
            figures = {name: each[year] for name, each in {**money, **counts}.items()}
            own = {"asset_class": number, "price_factor": price, "asset_count": int(book.asset_count[place])}
            rows.append({**key, "year": plan.base["valuation_year"] + year, **own, **figures})
    return rows


def _budget_rows(key: Mapping[str, Any], first: int, done: Scenario) -> list[dict[str, Any]]:
    return [
        {
            **key,
            "budget_number": number,
            "year": first + 1 + year,
            "asset_classes": list(pool.classes),
            "budget_eur": _euros(pool.budget[year]),
            "spending_eur": _euros(pool.spending[year]),
            "unfitted_eur": _euros(pool.unfitted[year]),
            "open_cost_eur": _euros(pool.open_cost[year]),
            "benefit_eur": round(float(pool.benefit_eur[year]), 2),
            "benefit_bound_eur": None if np.isnan(pool.bound_eur[year]) else round(float(pool.bound_eur[year]), 2),
        }
        for number, pool in enumerate(done.pools)
        for year in range(len(pool.budget))
    ]


def _euros(cents: np.int64) -> str:
    return cents_as_euros(np.array([cents]))[0]


def reason_rows(key: Mapping[str, Any], asset_id: NDArray[np.int64], reasons: NDArray[np.int8]) -> list[dict[str, Any]]:
    """Return the reasons packed, some thousand assets to a row; asset ids must ascend."""
    rows = []
    for start in range(0, len(asset_id), ASSETS_PER_CHUNK):
        part = slice(start, start + ASSETS_PER_CHUNK)
        ids = np.ascontiguousarray(asset_id[part], "<i8")
        packed = zlib.compress(np.ascontiguousarray(reasons[part]).tobytes(), 1)
        rows.append({**key, "first_asset_id": int(ids[0]), "asset_ids": ids.tobytes(), "reasons": packed})
    return rows


def unpacked_reasons(asset_ids: bytes, packed: bytes, asset_id: int) -> list[Reason] | None:
    """Return an asset's reason in each year, or None where the asset is not among these."""
    ids = np.frombuffer(asset_ids, "<i8")
    place = int(np.searchsorted(ids, asset_id))
    if place == len(ids) or ids[place] != asset_id:
        return None
    years = np.frombuffer(zlib.decompress(packed), np.int8).reshape(len(ids), -1)
    return [Reason(code) for code in years[place].tolist()]


def asset_in_scenario(connection: Connection, run: Mapping[str, Any], asset_id: int) -> list[dict[str, Any]]:
    """Return why an asset was treated or not in each year of a scenario, with its measures.

    Raises:
        NotFound: The asset has no part in the scenario.
    """
    code, run_id = run["municipality_code"], run["run_id"]
    chunk = load_reason_chunk(connection, code, run_id, asset_id)
    reasons = None if chunk is None else unpacked_reasons(chunk["asset_ids"], chunk["reasons"], asset_id)
    if reasons is None:
        raise NotFound(f"Asset {code}-{asset_id} has no part in the scenario {code}-{run_id}.")
    measures = {row["year"]: row for row in load_scenario_measures(connection, code, run_id, asset_id=asset_id)}
    years = []
    for year, reason in enumerate(reasons, run["valuation_year"] + 1):
        measure = measures.get(year)
        years.append({"year": year, "reason": reason.name.lower(), "measure": measure and _measure(measure)})
    return years


def _measure(row: RowMapping) -> dict[str, Any]:
    names = ("measure_code", "measure_rule_id", "cost_eur", "condition_before", "condition_after")
    return {name: row[name] for name in names}
