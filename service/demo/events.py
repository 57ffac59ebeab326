"""What happens to the assets: measures done and planned, outages with their customers, and budgets."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from models.registry import ASSET_CLASSES
from service.demo.drafts import Draft
from service.demo.rows import REFERENCE_YEAR, SOURCE_SYSTEM, Columns, IntArray, Records

_MEASURED_SHARE = {"building": 0.5, "street_segment": 0.12, "sewer": 0.05, "water_main": 0.05, "bridge": 0.5}
_MEASURE_COST_EUR = {
    "building": 420_000,
    "street_segment": 38_000,
    "sewer": 21_000,
    "water_main": 19_000,
    "bridge": 90_000,
}
_KINDS = ("repair", "basic_repair", "improvement", "renewal")
_AFTER = {"repair": 0.75, "basic_repair": 0.85, "improvement": 1.0, "renewal": 1.0}
_FIRST_OUTAGE_YEAR = 2019


@dataclass(frozen=True)
class Failures:
    """How often a class fails in a year per asset, for how long and for how many customers."""

    yearly_rate: float
    hours: float
    customers: float
    causes: tuple[str, ...]


FAILURES = {
    "water_main": Failures(0.035, 5.0, 45, ("putkirikko", "liitosvuoto", "kaivuvaurio")),
    "sewer": Failures(0.012, 9.0, 14, ("tukos", "sortuma", "juuret")),
    "district_heating_pipe": Failures(0.02, 7.0, 28, ("vuoto", "korroosio")),
    "telecom_cable": Failures(0.03, 6.5, 70, ("kaivuvaurio", "laitevika", "sähkökatko")),
    "lighting_cable": Failures(0.04, 30.0, 25, ("kaapelivika", "kaivuvaurio")),
    "pump_station": Failures(0.3, 3.0, 120, ("sähkökatko", "pumppuvika")),
}


def measure_records(rng: np.random.Generator, drafts: Sequence[Draft], first_asset: Sequence[int]) -> Records:
    """Return measures of the last ten years and of the ten years to come, the worst assets first in line."""
    assets, costs = [], []
    for draft, first in zip(drafts, first_asset, strict=True):
        share = _MEASURED_SHARE.get(draft.rows.asset_class, 0.0)
        chosen = np.flatnonzero(rng.random(len(draft.rows)) < share * (1.5 - draft.condition))
        assets.append(chosen + first)
        costs.append(_MEASURE_COST_EUR.get(draft.rows.asset_class, 0) * rng.lognormal(0, 0.6, len(chosen)))
    return _measure_rows(rng, np.concatenate(assets), np.concatenate(costs))


def _measure_rows(rng: np.random.Generator, asset: IntArray, cost: np.ndarray) -> Records:
    year = rng.integers(REFERENCE_YEAR - 9, REFERENCE_YEAR + 11, len(asset))
    kinds = rng.choice(_KINDS, len(asset), p=[0.4, 0.3, 0.1, 0.2]).tolist()
    columns: Columns = {
        "kind": kinds,
        "state": ["done" if each <= REFERENCE_YEAR else "planned" for each in year],
        "year": year,
        "cost_eur": np.round(cost, -2),
        "condition_index_after": [_AFTER[kind] for kind in kinds],
        "remark": "Esittelyaineistoa",
    }
    return Records("measure", columns, asset=asset)


def outage_records(rng: np.random.Generator, drafts: Sequence[Draft], first_asset: Sequence[int]) -> Records:
    """Return the outages of the last years; things in poor condition fail oftener."""
    years = np.arange(_FIRST_OUTAGE_YEAR, REFERENCE_YEAR + 1)
    parts = [
        _class_outages(rng, draft, first, FAILURES[draft.rows.asset_class], years)
        for draft, first in zip(drafts, first_asset, strict=True)
        if draft.rows.asset_class in FAILURES
    ]
    columns: Columns = {name: [value for part in parts for value in part.columns[name]] for name in parts[0].columns}
    count = len(columns["cause"])
    columns |= {"source_system": SOURCE_SYSTEM, "source_id": [f"outage-{number:04d}" for number in range(1, count + 1)]}
    geometry = np.concatenate([part.geometry for part in parts if part.geometry is not None])
    return Records(
        "outage", columns, np.concatenate([part.asset for part in parts if part.asset is not None]), geometry
    )


def _class_outages(rng: np.random.Generator, draft: Draft, first: int, failures: Failures, years: IntArray) -> Records:
    expected = failures.yearly_rate * len(years) * np.clip(2.2 - 2 * draft.condition, 0.1, 2)
    asset = np.repeat(np.arange(len(draft.rows)), rng.poisson(expected))
    planned = rng.random(len(asset)) < 0.15
    start = [_moment(rng, int(year)) for year in rng.choice(years, len(asset))]
    hours = np.clip(rng.lognormal(np.log(failures.hours), 0.5, len(asset)), 0.3, 96)
    columns = {
        "source_asset_id": [draft.rows.columns["source_id"][number] for number in asset],
        "started_at": start,
        "ended_at": [
            each + datetime.timedelta(minutes=int(60 * hour)) for each, hour in zip(start, hours, strict=True)
        ],
        "customers_affected": np.maximum(rng.poisson(failures.customers, len(asset)), 1).tolist(),
        "cause": ["suunniteltu työ" if each else str(rng.choice(failures.causes)) for each in planned],
        "is_planned": planned.tolist(),
    }
    points = np.array(shapely.centroid(draft.rows.geometry[asset]), object)
    return Records("outage", columns, asset + first, points)


def _moment(rng: np.random.Generator, year: int) -> datetime.datetime:
    start = datetime.datetime(year, 1, 1, tzinfo=datetime.UTC)
    return start + datetime.timedelta(minutes=int(rng.integers(365 * 24 * 60)))


def budget_records(yearly_eur: Mapping[str, float]) -> Records:
    """Return the budgets of each class by year: less than wear asks for, growing by two per cent a year."""
    years = np.arange(REFERENCE_YEAR - 5, REFERENCE_YEAR + 11)
    growth = 1.02 ** (years - REFERENCE_YEAR)
    classes = list(yearly_eur)
    return Records(
        "budget",
        {
            "year": np.tile(years, len(classes)),
            "asset_class": [ASSET_CLASSES[code].number for code in classes for _ in years],
            "amount_eur": np.concatenate([np.round(yearly_eur[code] * growth, -2) for code in classes]),
        },
    )
