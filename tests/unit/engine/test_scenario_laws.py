"""What holds for every scenario, whatever the assets, measures, budgets and policy."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.engine.backlog import Ladder, Method
from service.engine.curves import Curves
from service.engine.deterioration import carry_forward
from service.engine.grades import GradeChain
from service.engine.method_parameters import Ambition, MethodParameters, MethodSet
from service.engine.rows import take_rows
from service.engine.scenario import Scenario, run_scenario
from service.engine.scenario_inputs import BudgetPool, Measures, Policy, Reason, ScenarioAssets, ScenarioSettings
from service.engine.valuation import AssetParameters

UNKNOWN = float("nan")
RULES = ((1, 5, UNKNOWN, 0.9), (2, 5, UNKNOWN, 0.6), (3, 5, UNKNOWN, 0.3), (4, 5, UNKNOWN, 0.1))
SETS = tuple(
    MethodSet(
        optimum_class=float(optimum),
        limit_condition=limit,
        ambition=ambition,
        is_collector=optimum == 4,
        balance_remaining_life=0.5,
        service_life_years=40.0,
        discount_rate=0.03,
        outlook_years=10.0,
        grades=GradeChain((0.1, 0.05), (1.0, 0.5, 0.0), (0.0, 0.3, 1.0)),
        rules=RULES,
    )
    for optimum, limit, ambition in ((3, 0.5, Ambition.ACCEPTABLE), (4, 0.7, Ambition.HIGH))
)
POLICIES = st.sampled_from(list(Policy))
YEARS = 8


@st.composite
def assets(draw: st.DrawFn) -> ScenarioAssets:
    """Up to 12 assets of three classes on all kinds of curves, each by any of the methods."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(1, 12))
    parameters = AssetParameters(
        unit_cost_eur=np.full(size, UNKNOWN),
        regional_factor=np.ones(size),
        curves=Curves(
            kind=rng.integers(1, 4, size).astype(np.int8),
            annual_wear_share=rng.uniform(0.005, 0.05, size),
            service_life_years=rng.integers(10, 80, size).astype(float),
            wearing_share=rng.choice([0.5, 1.0], size),
            shape=rng.uniform(1, 4, size),
            scale_years=rng.uniform(15, 60, size),
            point_table=np.zeros(size, np.int64),
        ),
        annual_wear_share=rng.uniform(0.005, 0.05, size),
        target_condition=rng.choice([0.5, 0.75, 0.9], size),
        default_condition=np.full(size, 0.5),
        method=rng.choice(list(Method), size).astype(np.int8),
        ladder=Ladder(rng.choice([0.75, 0.85], size), rng.choice([0.45, 0.6], size), rng.choice([1.0, 1.2], size)),
        methods=MethodParameters(rng.integers(0, len(SETS), size), SETS),
    )
    asset_class = rng.integers(1, 4, size)
    cost = np.round(rng.lognormal(11, 2, size), 2)
    years_until_built = np.where(rng.random(size) < 0.1, 3.0, 0.0)
    return ScenarioAssets(
        asset_id=rng.permutation(size).astype(np.int64) + 1,
        asset_class=asset_class,
        replacement_cost_eur=np.where(rng.random(size) < 0.1, UNKNOWN, cost),
        quantity=rng.uniform(1, 100, size),
        condition=np.where(years_until_built > 0, 1.0, np.where(rng.random(size) < 0.3, 0.5, rng.random(size))),
        retained_share=rng.choice([UNKNOWN, 0.0, 0.4, 1.0], size),
        criticality=rng.choice([UNKNOWN, 1.0, 2.0], size),
        measure_list=asset_class,
        years_until_built=years_until_built,
        parameters=parameters,
    )


@st.composite
def measures(draw: st.DrawFn) -> Measures:
    """Up to three measures for each class but the third, which may have none."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    classes = np.sort(np.repeat([1, 2, 3], [draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(0, 2))]))
    size = len(classes)
    by_gain = rng.random(size) < 0.3
    kind = rng.integers(0, 3, size)
    return Measures(
        number=np.arange(size),
        measure_list=classes,
        condition_from=rng.choice([0.0, 0.0, 0.4], size),
        condition_below=rng.choice([0.6, 0.8, 1.01], size),
        condition_after=np.where(by_gain, UNKNOWN, rng.choice([0.8, 0.95, 1.0], size)),
        condition_gain=np.where(by_gain, rng.uniform(0.05, 0.5, size), UNKNOWN),
        cost_share=np.where(kind == 0, rng.uniform(0.05, 1.1, size), UNKNOWN),
        unit_cost_eur=np.where(kind == 1, rng.uniform(10, 5000, size), UNKNOWN),
        gain_cost_share=np.where(kind == 2, rng.uniform(0.5, 1.5, size), UNKNOWN),
    )


@st.composite
def budgets(draw: st.DrawFn) -> list[BudgetPool]:
    """Budgets of no, some or all classes, alone or together, that change from year to year."""
    grouped = draw(st.sampled_from([[], [(1,)], [(1,), (2,)], [(1, 2)], [(1, 2, 3)], [(3, 1), (2,)]]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    largest = draw(st.sampled_from([10_000, 1_000_000, 100_000_000]))
    return [BudgetPool(group, rng.integers(0, largest, YEARS) * rng.integers(0, 2, YEARS)) for group in grouped]


@st.composite
def prices(draw: st.DrawFn) -> np.ndarray:
    rise = draw(st.sampled_from([0.0, 0.03, -0.01]))
    return (1 + rise) ** np.arange(1, YEARS + 1)


def run(own: ScenarioAssets, can: Measures, pools: list[BudgetPool], **asked: Any) -> Scenario:
    workers = asked.pop("workers", 1)
    return run_scenario(own, can, pools, ScenarioSettings(**asked), workers=workers)


def same(one: Scenario, other: Scenario) -> bool:
    books = (one.classes, other.classes)
    return all(np.array_equal(books[0].money[name], books[1].money[name]) for name in books[0].money) and bool(
        np.array_equal(books[0].reasons, books[1].reasons)
        and all(np.array_equal(a.spending, b.spending) for a, b in zip(one.pools, other.pools, strict=True))
    )


@settings(max_examples=40)
@given(assets(), measures(), budgets(), POLICIES, prices(), st.integers(0, 2**32 - 1))
def test_more_money_in_any_year_never_leaves_more_backlog_in_any_year_when_measures_are_divisible(
    own: ScenarioAssets, can: Measures, pools: list[BudgetPool], policy: Policy, factor: np.ndarray, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    richer = [
        BudgetPool(pool.classes, pool.amounts + rng.integers(0, 10_000_000, YEARS) * rng.integers(0, 2, YEARS))
        for pool in pools
    ]
    asked = {"policy": policy, "price_factor": factor, "is_divisible": True}
    poor, rich = run(own, can, pools, **asked), run(own, can, richer, **asked)
    assert (rich.classes.money["repair_backlog"] <= poor.classes.money["repair_backlog"]).all()


@settings(max_examples=15)
@given(assets(), measures(), budgets(), POLICIES, prices(), st.booleans())
def test_needed_avoidable_and_not_assessed_add_up_to_the_backlog_and_nobody_overspends(
    own: ScenarioAssets, can: Measures, pools: list[BudgetPool], policy: Policy, factor: np.ndarray, is_divisible: bool
) -> None:
    done = run(own, can, pools, policy=policy, price_factor=factor, is_divisible=is_divisible)
    money = done.classes.money
    assert (money["needed_backlog"] + money["avoidable_backlog"] == money["repair_backlog"]).all()
    assert (money["not_assessed_backlog"] <= money["needed_backlog"]).all()
    assert (money["technical_value"] + money["repair_liability"] == money["replacement_cost"]).all()
    for pool in done.pools:
        assert (pool.spending <= pool.budget).all()
        assert (pool.unfitted <= pool.budget - pool.spending).all()
    spent = sum(pool.spending for pool in done.pools)
    assert (money["spending"][1:].sum(axis=1) == spent).all()
    assert (done.classes.reasons[1:].sum(axis=2) == done.classes.asset_count).all()
    assert len(done.treatments.year) == (0 if is_divisible else int((done.reasons == Reason.CHOSEN).sum()))
    assert int(done.treatments.cost.sum()) == (0 if is_divisible else int(money["spending"].sum()))


@settings(max_examples=8)
@given(assets(), measures(), budgets(), POLICIES, st.booleans(), st.integers(0, 2**32 - 1))
def test_the_order_of_assets_and_the_number_of_threads_change_nothing(
    own: ScenarioAssets, can: Measures, pools: list[BudgetPool], policy: Policy, is_divisible: bool, seed: int
) -> None:
    asked = {"policy": policy, "price_factor": np.ones(YEARS), "is_divisible": is_divisible}
    order = np.random.default_rng(seed).permutation(len(own.asset_id))
    one, other = run(own, can, pools, **asked), run(take_rows(own, order), can, pools, workers=3, **asked)
    assert same(one, other)
    assert np.array_equal(one.reasons[order], other.reasons)
    assert all(
        np.array_equal(getattr(one.treatments, name), getattr(other.treatments, name))
        for name in type(one.treatments).__slots__
    )


@settings(max_examples=10)
@given(assets(), measures(), POLICIES, st.booleans())
def test_a_budget_of_nothing_is_deterioration_alone(
    own: ScenarioAssets, can: Measures, policy: Policy, is_divisible: bool
) -> None:
    pools = [BudgetPool((1, 2, 3), np.zeros(YEARS, np.int64))]
    done = run(own, can, pools, policy=policy, price_factor=np.ones(YEARS), is_divisible=is_divisible)
    valued = take_rows(own, np.flatnonzero(~np.isnan(own.replacement_cost_eur)))
    for year in range(YEARS + 1):
        stands = np.maximum(year - valued.years_until_built, 0.0)
        worn = carry_forward(valued.parameters.curves, valued.condition, stands)
        expected = float((valued.replacement_cost_eur * worn).sum())
        technical = done.classes.money["technical_value"][year].sum() / 100
        assert technical == pytest.approx(expected, rel=1e-9, abs=0.005 * len(worn) + 1e-6)


@settings(max_examples=10)
@given(assets(), measures(), budgets(), POLICIES, st.booleans(), st.sampled_from([2, 7, 100]))
def test_money_counted_in_another_unit_changes_every_amount_alike(
    own: ScenarioAssets, can: Measures, pools: list[BudgetPool], policy: Policy, is_divisible: bool, unit: int
) -> None:
    asked = {"policy": policy, "price_factor": np.ones(YEARS), "is_divisible": is_divisible}
    # Whole thousands of euros: no cent is rounded in one unit and not in the other.
    own = replace(own, replacement_cost_eur=np.ceil(own.replacement_cost_eur / 1000) * 1000)
    can = replace(can, unit_cost_eur=np.full(len(can.number), UNKNOWN), cost_share=np.full(len(can.number), 0.4))
    dearer = replace(own, replacement_cost_eur=own.replacement_cost_eur * unit)
    more = [BudgetPool(pool.classes, pool.amounts * unit) for pool in pools]
    one, other = run(own, can, pools, **asked), run(dearer, can, more, **asked)
    rounding = 0.5 * unit * len(own.asset_id) + unit
    for name, amounts in one.classes.money.items():
        # The unspent cents differ by rounding, and what they buy with them.
        assert np.abs(other.classes.money[name] - amounts * unit).max() <= rounding * YEARS, name


@settings(max_examples=10)
@given(assets(), measures(), budgets(), st.sampled_from([Policy.WORST_FIRST, Policy.BENEFIT_COST]), st.booleans())
def test_more_need_never_raises_the_avoidable_backlog(
    own: ScenarioAssets, can: Measures, pools: list[BudgetPool], policy: Policy, is_divisible: bool
) -> None:
    asked = {"policy": policy, "price_factor": np.ones(YEARS), "is_divisible": is_divisible}
    needed = replace(own, retained_share=np.minimum(own.retained_share + 0.3, 1.0))
    less, more = run(own, can, pools, **asked), run(needed, can, pools, **asked)
    assert (more.classes.money["avoidable_backlog"] <= less.classes.money["avoidable_backlog"]).all()


@settings(max_examples=15)
@given(assets(), measures(), budgets(), st.sampled_from([Policy.BENEFIT_COST, Policy.NEED_WEIGHTED]))
def test_whole_measures_never_take_away_more_than_the_relaxation_says(
    own: ScenarioAssets, can: Measures, pools: list[BudgetPool], policy: Policy
) -> None:
    done = run(own, can, pools, policy=policy, price_factor=np.ones(YEARS))
    for pool in done.pools:
        assert (pool.benefit_eur <= pool.bound_eur * (1 + 1e-9) + 0.01 * len(own.asset_id)).all()
