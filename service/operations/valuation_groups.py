"""Sums of a valuation by all grouping keys at once, so that reports never read single assets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.engine.condition_class import condition_class
from service.engine.group import Groups, count_by_group, group_rows, sum_by_group
from service.engine.need_split import NeedSplit
from service.engine.valuation import AssetValuations
from service.operations.guesses import Guesses
from service.queries.valuation_inputs import Snapshot

UNKNOWN = -1
TEXT_KEYS = {"district_code": "district_code", "use_code": "building_class", "owner": "owner"}
MONEY = {
    "replacement_cost_eur": "replacement_cost",
    "technical_value_eur": "technical_value",
    "repair_backlog_eur": "repair_backlog",
    "basic_repair_eur": "basic_repair",
    "improvement_eur": "improvement",
    "repair_liability_eur": "repair_liability",
    "annual_wear_eur": "annual_wear",
}


@dataclass(frozen=True)
class ValuationGroups:
    """One row per combination of keys: texts or numbers (None: unknown), counts and sums in cents."""

    keys: dict[str, list[Any]]
    counts: dict[str, NDArray[np.int64]]
    quantity: NDArray[np.float64]
    backlog_variance_eur2: NDArray[np.float64]
    cents: dict[str, NDArray[np.int64]]


def group_valuation(
    snapshot: Snapshot,
    valuations: AssetValuations,
    split: NeedSplit,
    area_code: list[str | None],
    area: NDArray[np.int64],
    guesses: Guesses,
) -> ValuationGroups:
    """Return the sums; `area` is the number in `area_code` of the service area that each asset counts in."""
    assets = snapshot.assets
    built = assets["built_year"]
    decade = np.where(np.isnan(built), UNKNOWN, np.nan_to_num(built) // 10 * 10).astype(np.int64)
    coded = {key: _dense(assets[name], snapshot.text_codes[name]) for key, name in TEXT_KEYS.items()}
    columns = {
        "asset_class": assets["asset_class"].astype(np.int64),
        **{name: number for name, (number, _) in coded.items()},
        "service_area_code": area,
        "decade": decade,
        "condition_class": condition_class(valuations.condition_index),
        "condition_basis": valuations.condition_basis.astype(np.int64),
        "replacement_cost_basis": valuations.replacement_cost_basis.astype(np.int64),
        "rests_on_demo": guesses.rests_on_demo.astype(np.int64),
    }
    groups = group_rows(list(columns.values()))
    named: dict[str, list[Any]] = {name: texts for name, (_, texts) in coded.items()}
    named |= {"service_area_code": area_code, "rests_on_demo": [False, True]}
    return ValuationGroups(
        keys={name: _names(name, key, named) for name, key in zip(columns, groups.keys, strict=True)},
        counts={"asset_count": count_by_group(groups), "unvalued_count": sum_by_group(groups, ~valuations.valued * 1)},
        quantity=_sums(groups, assets["quantity"]),
        backlog_variance_eur2=_sums(groups, guesses.uncertainty_eur**2),
        cents=_cents(groups, valuations, split),
    )


def _cents(groups: Groups, valuations: AssetValuations, split: NeedSplit) -> dict[str, NDArray[np.int64]]:
    own = {column: sum_by_group(groups, getattr(valuations, name)) for column, name in MONEY.items()}
    return own | {
        "needed_backlog_eur": sum_by_group(groups, split.needed),
        "avoidable_backlog_eur": sum_by_group(groups, split.avoidable),
        "not_assessed_backlog_eur": sum_by_group(groups, split.not_assessed),
    }


def _sums(groups: Groups, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(groups.number, weights=np.nan_to_num(amounts), minlength=groups.count).astype(np.float64)


def _dense(hashes: NDArray[np.int64], texts: dict[int, str | None]) -> tuple[NDArray[np.int64], list[str | None]]:
    known = np.array(sorted(texts), np.int64)
    return np.searchsorted(known, hashes), [texts[int(each)] for each in known]


def _names(name: str, key: NDArray[np.int64], named: dict[str, list[Any]]) -> list[Any]:
    if name in named:
        return [named[name][number] for number in key]
    return [None if number == UNKNOWN else int(number) for number in key]
