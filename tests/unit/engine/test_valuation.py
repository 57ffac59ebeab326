"""From recorded assets to cents: costs, methods, what is unknown, and what must always hold."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.engine.backlog import Method
from service.engine.components import ComponentInputs
from service.engine.curves import CurveKind, Curves, PointTable
from service.engine.money import UnknownAmountError
from service.engine.valuation import (
    AssetInputs,
    AssetParameters,
    AssetValuations,
    UnknownMethodError,
    value_assets,
)
from service.engine.value import ReplacementCostBasis

YEAR = 2025.0
costs = st.floats(0.0, 1e9).map(lambda cost: round(cost, 2))
conditions = st.floats(0.0, 1.0)
AMOUNTS = (
    "replacement_cost",
    "technical_value",
    "repair_backlog",
    "basic_repair",
    "improvement",
    "repair_liability",
    "annual_wear",
)


@pytest.fixture(scope="session")
def value(
    assets: Callable[..., AssetInputs], parameters: Callable[..., AssetParameters]
) -> Callable[..., AssetValuations]:
    """Value assets found in the conditions given, at the costs given."""

    def of(cost: Any, condition: Any, size: int = 1, **given: Any) -> AssetValuations:
        found = assets(size, recorded_replacement_cost_eur=cost, assessed_condition=condition, assessed_year=YEAR)
        return value_assets(found, ComponentInputs.none(), parameters(size, **given), YEAR)

    return of


def test_recorded_cost_comes_before_quantity_times_unit_cost(
    assets: Callable[..., AssetInputs], parameters: Callable[..., AssetParameters]
) -> None:
    three = assets(3, recorded_replacement_cost_eur=[1e6, np.nan, np.nan], quantity=[10.0, 10.0, np.nan])
    valued = value_assets(three, ComponentInputs.none(), parameters(3, regional_factor=1.1), YEAR)

    assert valued.replacement_cost.tolist() == [100_000_000, 2_750_000, 0]
    assert [ReplacementCostBasis(code) for code in valued.replacement_cost_basis.tolist()] == [
        ReplacementCostBasis.RECORDED,
        ReplacementCostBasis.DERIVED,
        ReplacementCostBasis.UNKNOWN,
    ]


def test_recorded_cost_is_lifted_to_the_price_level_of_the_run(
    assets: Callable[..., AssetInputs], parameters: Callable[..., AssetParameters]
) -> None:
    two = assets(2, recorded_replacement_cost_eur=[1000.0, np.nan], quantity=1.0)
    valued = value_assets(two, ComponentInputs.none(), parameters(2, price_factor=1.2), YEAR)

    assert valued.replacement_cost.tolist() == [120_000, 250_000]


def test_asset_of_unknown_cost_is_marked_and_has_no_amounts(
    assets: Callable[..., AssetInputs], parameters: Callable[..., AssetParameters]
) -> None:
    unpriced = parameters(1, unit_cost_eur=np.nan, target_condition=np.nan, annual_wear_share=np.nan)
    valued = value_assets(assets(), ComponentInputs.none(), unpriced, YEAR)

    assert valued.valued.tolist() == [False]
    assert [getattr(valued, name).tolist() for name in AMOUNTS] == [[0]] * len(AMOUNTS)
    assert valued.condition_index.tolist() == [0.5]


def test_missing_target_or_wear_of_a_priced_asset_stops_the_run(value: Callable[..., AssetValuations]) -> None:
    with pytest.raises(UnknownAmountError, match="repair backlog"):
        value(1e6, 0.5, target_condition=np.nan)
    with pytest.raises(UnknownAmountError, match="annual wear"):
        value(1e6, 0.5, annual_wear_share=np.nan)


def test_target_is_not_needed_by_the_two_threshold_method(value: Callable[..., AssetValuations]) -> None:
    valued = value(1e6, 0.5, method=Method.TWO_THRESHOLD, target_condition=np.nan)

    assert valued.improvement.tolist() == valued.repair_backlog.tolist() == [70_000_000]


def test_unknown_method_is_refused(value: Callable[..., AssetValuations]) -> None:
    with pytest.raises(UnknownMethodError, match="1 assets"):
        value(1e6, 0.5, method=99)


def test_each_asset_is_valued_by_its_own_method(value: Callable[..., AssetValuations]) -> None:
    valued = value(1e6, [0.70, 0.70, 0.50], 3, method=[Method.VALUE, Method.TWO_THRESHOLD, Method.TWO_THRESHOLD])

    assert valued.repair_backlog.tolist() == [5_000_000, 5_000_000, 70_000_000]
    assert valued.basic_repair.tolist() == [0, 5_000_000, 0]
    assert valued.improvement.tolist() == [0, 0, 70_000_000]


def test_two_buildings_of_a_million_at_0_90_and_0_60_owe_150_000(value: Callable[..., AssetValuations]) -> None:
    assert value(1e6, [0.90, 0.60], 2).repair_backlog.sum() == 15_000_000


def test_portfolio_condition_is_technical_value_over_replacement_cost(value: Callable[..., AssetValuations]) -> None:
    valued = value([9e6, 1e6], [0.9, 0.1], 2)

    assert valued.technical_value.sum() / valued.replacement_cost.sum() == pytest.approx(0.82)


@given(cost=costs, condition=conditions, target=conditions)
def test_backlog_by_value_never_exceeds_the_liability(
    cost: float, condition: float, target: float, value: Callable[..., AssetValuations]
) -> None:
    valued = value(cost, condition, target_condition=target)

    assert 0 <= valued.repair_backlog[0] <= valued.repair_liability[0] <= valued.replacement_cost[0]


@given(cost=costs, condition=conditions)
def test_target_of_as_new_makes_the_backlog_the_liability(
    cost: float, condition: float, value: Callable[..., AssetValuations]
) -> None:
    valued = value(cost, condition, target_condition=1.0)

    assert valued.repair_backlog[0] == valued.repair_liability[0]


@given(cost=costs, condition=conditions)
@example(cost=0.01, condition=0.5)
def test_technical_value_and_liability_make_up_the_replacement_cost_to_the_cent(
    cost: float, condition: float, value: Callable[..., AssetValuations]
) -> None:
    valued = value(cost, condition)

    assert valued.technical_value[0] + valued.repair_liability[0] == valued.replacement_cost[0]
    assert valued.technical_value[0] >= 0


@given(cost=costs, condition=conditions, method=st.sampled_from(list(Method)))
def test_ten_times_the_cost_is_ten_times_the_money(
    cost: float, condition: float, method: Method, value: Callable[..., AssetValuations]
) -> None:
    small, large = value(cost, condition, method=method), value(cost * 10, condition, method=method)

    for name in AMOUNTS:
        assert abs(getattr(large, name)[0] - 10 * getattr(small, name)[0]) <= 10


@given(
    kind=st.sampled_from(list(CurveKind)),
    method=st.sampled_from(list(Method)),
    built=st.integers(1850, 2025),
    older=st.integers(0, 100),
)
def test_older_asset_never_owes_less(
    kind: CurveKind,
    method: Method,
    built: int,
    older: int,
    assets: Callable[..., AssetInputs],
    parameters: Callable[..., AssetParameters],
    curves: Callable[..., Curves],
) -> None:
    table = PointTable((0.0, 10.0, 30.0), (1.0, 0.9, 0.2))
    two = assets(2, built_year=[built, built - older])
    held = parameters(2, curve=curves(2, (table,), kind=kind), method=method)
    backlog = value_assets(two, ComponentInputs.none(), held, YEAR).repair_backlog

    assert backlog[1] >= backlog[0]


def rows_of(inputs: Any, rows: np.ndarray) -> Any:
    """The same inputs with these rows only, in this order."""
    taken = {
        f.name: getattr(inputs, f.name)[rows] for f in fields(inputs) if isinstance(getattr(inputs, f.name), np.ndarray)
    }
    if isinstance(inputs, AssetParameters):
        taken["curves"] = rows_of(inputs.curves, rows)
    return replace(inputs, **taken)


def mixed_assets(size: int, seed: int) -> tuple[AssetInputs, ComponentInputs, AssetParameters]:
    """Assets of every kind and state of knowledge, many of them with components."""
    random = np.random.default_rng(seed)

    def known(values: np.ndarray, share: float) -> np.ndarray:
        return np.where(random.random(len(values)) < share, values, np.nan)

    curves = Curves(
        random.integers(1, 5, size).astype(np.int8),
        random.uniform(0.0, 0.05, size),
        random.uniform(10.0, 100.0, size),
        random.random(size),
        random.uniform(0.5, 5.0, size),
        random.uniform(10.0, 80.0, size),
        random.integers(0, 2, size),
        (PointTable((0.0, 10.0, 30.0), (1.0, 0.9, 0.2)), PointTable((0.0, 5.0, 30.0), (1.0, 1.0, 0.5))),
    )
    assets = AssetInputs(
        random.permutation(size),
        random.integers(1, 18, size),
        known(random.uniform(0, 1e4, size), 0.9),
        known(random.uniform(0, 1e7, size), 0.5),
        known(random.integers(1850, 2030, size).astype(float), 0.8),
        known(random.integers(1950, 2030, size).astype(float), 0.3),
        known(random.random(size), 0.4),
        random.uniform(2000, 2027, size),
        random.random(size) < 0.1,
    )
    parameters = AssetParameters(
        random.uniform(10, 3000, size),
        random.uniform(0.9, 1.2, size),
        curves,
        random.uniform(0.0, 0.05, size),
        random.random(size),
        random.random(size),
        random.integers(1, 3, size).astype(np.int8),
    )
    parts = size // 2
    components = ComponentInputs(
        random.integers(0, size, parts),
        known(random.random(parts), 0.95),
        known(random.integers(1950, 2026, parts).astype(float), 0.6),
        known(random.integers(1990, 2030, parts).astype(float), 0.3),
        random.uniform(10, 60, parts),
        known(random.random(parts), 0.3),
        random.uniform(2000, 2027, parts),
        random.random(parts),
    )
    return assets, components, parameters


def figures(valued: AssetValuations) -> dict[str, np.ndarray]:
    return {field.name: getattr(valued, field.name) for field in fields(valued)}


@given(seed=st.integers(0, 10**6))
@settings(max_examples=25)
def test_figures_do_not_depend_on_the_order_of_assets_or_components(seed: int) -> None:
    assets, components, parameters = mixed_assets(400, seed)
    order = np.random.default_rng(seed + 1).permutation(400)
    place = np.argsort(order)
    mixed = rows_of(components, np.random.default_rng(seed + 2).permutation(200))
    moved = replace(mixed, asset_row=place[mixed.asset_row])

    expected = figures(value_assets(assets, components, parameters, YEAR))
    found = figures(value_assets(rows_of(assets, order), moved, rows_of(parameters, order), YEAR))
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values[order], err_msg=name)


@given(seed=st.integers(0, 10**6), cut=st.integers(1, 399))
@settings(max_examples=25)
def test_figures_do_not_depend_on_the_chunks_they_are_computed_in(seed: int, cut: int) -> None:
    assets, components, parameters = mixed_assets(400, seed)
    expected = figures(value_assets(assets, components, parameters, YEAR))

    for rows in (np.arange(cut), np.arange(cut, 400)):
        own = rows_of(components, np.flatnonzero(np.isin(components.asset_row, rows)))
        own = replace(own, asset_row=own.asset_row - rows[0])
        found = figures(value_assets(rows_of(assets, rows), own, rows_of(parameters, rows), YEAR))
        for name, values in expected.items():
            np.testing.assert_array_equal(found[name], values[rows], err_msg=name)


def test_no_assets_are_no_figures() -> None:
    assets, components, parameters = mixed_assets(2, 0)
    nothing = np.zeros(0, np.int64)
    valued = value_assets(rows_of(assets, nothing), ComponentInputs.none(), rows_of(parameters, nothing), YEAR)

    assert all(len(values) == 0 for values in figures(valued).values())
    assert len(components.asset_row) == 1
