"""Sums of a valuation hold at every grouping, whatever the assets: no subset of the keys loses or doubles a cent."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, combinations
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service.engine.need_split import CapacityInputs, NeedSplit, SizingNeeds, split_by_need
from service.engine.retention import RetentionMode
from service.engine.valuation import AssetInputs, AssetValuations
from service.operations.guesses import Guesses
from service.operations.valuation_groups import ValuationGroups, group_valuation
from service.queries.valuation_inputs import Snapshot

UNKNOWN = float("nan")
MONEY = {
    "repair_backlog_eur": "repair_backlog",
    "replacement_cost_eur": "replacement_cost",
    "technical_value_eur": "technical_value",
    "repair_liability_eur": "repair_liability",
    "annual_wear_eur": "annual_wear",
}
TEXTS: dict[int, str | None] = {-7: None, 3: "a", 12: "b"}


def figures(rng: np.random.Generator, size: int) -> AssetValuations:
    """Any figures, up to those of which a float no longer knows the cents."""
    cents = {name: rng.integers(0, 10 ** rng.integers(1, 15), size) for name in MONEY.values()}
    return AssetValuations(
        condition_index=rng.random(size),
        condition_basis=rng.integers(1, 4, size).astype(np.int8),
        evidence_year=np.full(size, 2020.0),
        age_years=np.full(size, 6.0),
        replacement_cost_basis=rng.integers(0, 3, size).astype(np.int8),
        valued=rng.random(size) < 0.9,
        basic_repair=np.zeros(size, np.int64),
        improvement=np.zeros(size, np.int64),
        **cents,
    )


def snapshot(rng: np.random.Generator, size: int) -> Snapshot:
    codes = np.array(sorted(TEXTS))
    names = ("district_code", "owner", "building_class")
    columns: dict[str, Any] = {name: rng.choice(codes, size) for name in names}
    columns |= {"asset_class": rng.integers(1, 4, size), "quantity": rng.uniform(0, 9, size)}
    columns |= {"built_year": rng.choice([UNKNOWN, 1959.0, 1960.0, 2020.0], size)}
    return Snapshot(columns, {}, dict.fromkeys(names, TEXTS))


def split(rng: np.random.Generator, valued: AssetValuations, mode: RetentionMode) -> NeedSplit:
    """Some assets with capacity, of services with and without a need."""
    size, rows = len(valued.valued), rng.integers(1, 20)
    unknown = [np.full(size, UNKNOWN)] * 6
    inputs = AssetInputs(np.arange(size), np.ones(size, np.int64), *unknown, rng.random(size) < 0.2)
    capacities = CapacityInputs(
        rng.integers(0, size, rows),
        rng.integers(1, 4, rows),
        rng.integers(1, 3, rows),
        rng.uniform(1, 300, rows),
        rng.uniform(0, 1e5, rows),
    )
    needs = SizingNeeds(
        np.array([1, 1, 2]), np.array([1, 2, 1]), rng.choice([UNKNOWN, 0.0, 120.5, 900.0], 3), np.full(3, 3e4)
    )
    return split_by_need(inputs, valued, capacities, needs, 10.0, mode)


def grouped(seed: int, size: int, mode: RetentionMode) -> tuple[AssetValuations, NeedSplit, ValuationGroups]:
    rng = np.random.default_rng(seed)
    valued = figures(rng, size)
    shares = split(rng, valued, mode)
    guesses = Guesses(rng.random(size) < 0.5, np.zeros(size), rng.uniform(0, 1e6, size))
    area = rng.integers(0, 3, size)
    return valued, shares, group_valuation(snapshot(rng, size), valued, shares, [None, "north", "south"], area, guesses)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 80), mode=st.sampled_from(RetentionMode))
def test_needed_avoidable_and_not_assessed_make_up_the_backlog_to_the_cent_at_every_grouping(
    seed: int, size: int, mode: RetentionMode
) -> None:
    valued, shares, groups = grouped(seed, size, mode)
    assessed = groups.cents["needed_backlog_eur"] - groups.cents["not_assessed_backlog_eur"]
    parts = {
        "assessed as needed": assessed.tolist(),
        "avoidable": groups.cents["avoidable_backlog_eur"].tolist(),
        "not assessed": groups.cents["not_assessed_backlog_eur"].tolist(),
        "backlog": groups.cents["repair_backlog_eur"].tolist(),
    }
    for keys in _subsets(list(groups.keys)):
        sums = {name: _sums(groups, keys, amounts) for name, amounts in parts.items()}
        for group, backlog in sums["backlog"].items():
            three = [sums[name][group] for name in list(parts)[:3]]
            assert min(three) >= 0
            assert sum(three) == backlog, keys
        for name, own in (("avoidable", shares.avoidable), ("not assessed", shares.not_assessed)):
            assert sum(sums[name].values()) == int(own.sum())
        assert sum(sums["backlog"].values()) == int(valued.repair_backlog.sum())


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 80))
def test_the_sums_of_groups_are_the_total_and_no_two_groups_have_one_key(seed: int, size: int) -> None:
    valued, _, groups = grouped(seed, size, RetentionMode.WHOLE_ASSET)
    keys = list(zip(*groups.keys.values(), strict=True))
    assert len(set(keys)) == len(keys)
    assert groups.counts["asset_count"].sum() == size
    assert groups.counts["unvalued_count"].sum() == (~valued.valued).sum()
    for column, name in MONEY.items():
        assert sum(groups.cents[column].tolist()) == sum(getattr(valued, name).tolist()), column


def _subsets(names: list[str]) -> list[tuple[str, ...]]:
    """No key, each, each two, all."""
    return list(chain.from_iterable(combinations(names, size) for size in (0, 1, 2, len(names))))


def _sums(groups: ValuationGroups, keys: tuple[str, ...], amounts: list[int]) -> dict[tuple[Any, ...], int]:
    sums: dict[tuple[Any, ...], int] = defaultdict(int)
    for row, amount in enumerate(amounts):
        sums[tuple(groups.keys[name][row] for name in keys)] += amount
    return sums
