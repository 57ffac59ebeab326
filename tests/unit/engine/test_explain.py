"""Each figure can be worked out again from its explanation."""

import math
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.backlog import Method
from service.engine.components import ComponentInputs
from service.engine.curves import CurveKind, Curves, PointTable
from service.engine.explain import explain_valuation
from service.engine.explain_need import explain_need_split
from service.engine.explanation import Step
from service.engine.need_split import CapacityInputs, SizingNeeds, split_by_need
from service.engine.valuation import AssetInputs, AssetParameters, value_assets

YEAR = 2025.0
UNKNOWN = float("nan")
TABLE = PointTable((0.0, 10.0, 60.0), (1.0, 0.9, 0.0))

ARITHMETIC: dict[str, Callable[..., float]] = {
    "age": lambda year, origin: year - origin,
    "years_since_assessment": lambda year, assessed: max(year - assessed, 0.0),
    "condition_age_linear": lambda age, wear: max(1 - wear * age, 0.0),
    "condition_age_quadratic": lambda age, life, share: (1 - min(age / life, 1) ** 2) * share + 1 - share,
    "condition_age_weibull": lambda age, scale, shape: math.exp(-((age / scale) ** shape)),
    "condition_age_piecewise": lambda age, *points: float(np.interp(age, points[:3], points[3:])),
    "effective_age_linear": lambda left, wear: (1 - left) / wear,
    "condition_assessed_linear": lambda left, age, years, wear: min(left, max(1 - wear * (age + years), 0.0)),
    "condition_default": lambda default: default,
    "condition_planned": lambda _built, _year: 1.0,
    "replacement_cost_recorded": lambda cost: cost,
    "replacement_cost_derived": lambda quantity, unit_cost, factor: quantity * unit_cost * factor,
    "technical_value": lambda cost, condition: cost * condition,
    "repair_backlog_value": lambda cost, target, condition: cost * max(target - condition, 0.0),
    "repair_backlog_none": lambda _cost, _condition, *_: 0.0,
    "repair_backlog_basic_repair": lambda cost, condition, basic, *_: cost * (basic - condition),
    "repair_backlog_improvement": lambda cost, condition, _basic, _limit, improved: cost * (improved - condition),
    "repair_liability": lambda cost, condition: cost * (1 - condition),
    "annual_wear": lambda cost, wear: cost * wear,
    "cost_per_place": lambda _service, backlog, wear, running, years, places: (
        (backlog + (wear + running) * years) / places
    ),
    "retained_share_whole_asset": lambda _s, _a, _p, _rank, before, _places, need: float(before < need),
    "retained_share_highest": lambda *shares: max(shares),
    "condition_age_markov": lambda age, *points: _between(age, points),
    "condition_class": lambda condition: max(math.ceil(round(condition * 5, 9)), 1),
    "ns3424_grade": lambda condition: math.floor(round((1 - condition) * 3, 9) + 0.5),
    "repair_backlog_no_measure": lambda _condition, _level: 0.0,
    "repair_backlog_measure_unit_cost": lambda unit_cost, quantity, *_: unit_cost * quantity,
    "repair_backlog_measure_share": lambda share, cost, *_: share * cost,
    "repair_liability_none": lambda _condition: 0.0,
    "repair_liability_measure_unit_cost": lambda unit_cost, quantity: unit_cost * quantity,
    "repair_liability_measure_share": lambda share, cost: share * cost,
    "repair_backlog_grade_cost": lambda cost, *grades: (
        cost * sum(share * owed for share, owed in zip(grades[::2], grades[1::2], strict=True))
    ),
    "remaining_life_share": lambda age, life: max(1 - age / life, 0.0),
    "repair_backlog_remaining_life": lambda cost, balance, left: cost * max(balance - left, 0.0),
    "component_renewal": lambda used, life, share, cost: share * cost * (math.ceil(round(life - used, 9)) <= 0),
    "component_present_value": lambda used, life, share, rate, outlook, cost: _present(
        math.ceil(round(life - used, 9)), share * cost, rate, outlook
    ),
    "component_age_band": lambda used, life, share, cost: share * cost * _band(used / life),
    "repair_backlog_components": lambda *amounts: sum(amounts),
    "needed_backlog": lambda backlog, share: backlog * share,
    "avoidable_backlog": lambda backlog, needed: backlog - needed,
}


def _between(age: float, points: tuple[float, ...]) -> float:
    half = len(points) // 2
    return float(np.interp(age, points[:half], points[half:]))


def _present(years: float, cost: float, rate: float, outlook: float) -> float:
    return cost / (1 + rate) ** years if years <= outlook else 0.0


def _band(used: float) -> float:
    owed = ((0.2, 0.0), (0.4, 0.1), (0.6, 0.3), (0.8, 0.6))
    return next((share for limit, share in owed if round(used, 12) <= limit), 1.0)


def check_arithmetic(steps: Iterable[Step]) -> None:
    for step in steps:
        if step.formula == "condition_components":
            shares, conditions = (np.array([q.value for q in step.inputs[part::2]]) for part in (0, 1))
            again = float((shares * conditions).sum() / shares.sum())
        else:
            again = ARITHMETIC[step.formula](*(quantity.value for quantity in step.inputs))
        assert step.result.value == pytest.approx(again, abs=0.011 if step.result.unit == "eur" else 1e-9), step


def formulas(steps: Iterable[Step]) -> list[str]:
    return [step.formula for step in steps]


@given(
    kind=st.sampled_from(list(CurveKind)),
    method=st.sampled_from(list(Method)),
    built=st.one_of(st.integers(1900, 2030).map(float), st.just(UNKNOWN)),
    cost=st.one_of(st.floats(0, 1e8), st.just(UNKNOWN)),
)
def test_figures_can_be_worked_out_again_from_their_inputs(
    kind: CurveKind,
    method: Method,
    built: float,
    cost: float,
    assets: Callable[..., AssetInputs],
    parameters: Callable[..., AssetParameters],
    curves: Callable[..., Curves],
) -> None:
    asset = assets(built_year=built, recorded_replacement_cost_eur=cost)
    held = parameters(method=method, curve=curves(1, (TABLE,), kind=kind))
    steps = explain_valuation(asset, ComponentInputs.none(), held, YEAR)

    check_arithmetic(steps)
    valued = value_assets(asset, ComponentInputs.none(), held, YEAR)
    results = {step.result.name: step.result.value for step in steps}
    assert results["repair_backlog"] == valued.repair_backlog[0] / 100
    assert results["condition_index"] == valued.condition_index[0]


def test_assessment_is_explained_by_its_effective_age(
    assets: Callable[..., AssetInputs], parameters: Callable[..., AssetParameters]
) -> None:
    asset = assets(built_year=1960.0, assessed_condition=0.8, assessed_year=2015.0)
    steps = explain_valuation(asset, ComponentInputs.none(), parameters(), YEAR)

    check_arithmetic(steps)
    assert formulas(steps)[:3] == ["years_since_assessment", "effective_age_linear", "condition_assessed_linear"]


def test_every_component_is_explained_before_their_mean(
    assets: Callable[..., AssetInputs],
    components: Callable[..., ComponentInputs],
    parameters: Callable[..., AssetParameters],
) -> None:
    parts = components([0, 0, 0], cost_share=[0.6, 0.4, UNKNOWN], built_year=[2005.0, UNKNOWN, 2000.0])
    steps = explain_valuation(assets(built_year=1990.0), parts, parameters(), YEAR)

    check_arithmetic(steps)
    mean = formulas(steps).index("condition_components")
    assert [step.component for step in steps[:mean]] == [0, 0, 1, 1, 2, 2]
    assert len(steps[mean].inputs) == 4


def test_components_are_left_out_where_a_newer_assessment_overrides_them(
    assets: Callable[..., AssetInputs],
    components: Callable[..., ComponentInputs],
    parameters: Callable[..., AssetParameters],
) -> None:
    asset = assets(assessed_condition=0.8, assessed_year=2024.0)
    steps = explain_valuation(asset, components([0], built_year=2005.0), parameters(), YEAR)

    assert "condition_components" not in formulas(steps)


def test_unknown_cost_ends_the_explanation(
    assets: Callable[..., AssetInputs], parameters: Callable[..., AssetParameters]
) -> None:
    steps = explain_valuation(assets(), ComponentInputs.none(), parameters(unit_cost_eur=UNKNOWN), YEAR)

    assert formulas(steps) == ["condition_default", "replacement_cost_unknown"]
    assert steps[-1].result.value is None
    assert [quantity.value for quantity in steps[-1].inputs] == [1000.0, None, 1.0]


def test_recorded_cost_shows_its_price_factor(
    assets: Callable[..., AssetInputs], parameters: Callable[..., AssetParameters]
) -> None:
    asset = assets(recorded_replacement_cost_eur=100.0)
    steps = explain_valuation(asset, ComponentInputs.none(), parameters(price_factor=1.2), YEAR)

    cost = next(step for step in steps if step.formula == "replacement_cost_recorded")
    assert [quantity.value for quantity in cost.inputs] == [100.0, 1.2]
    assert cost.result.value == 120.0


def test_retained_share_and_split_can_be_worked_out_again(
    assets: Callable[..., AssetInputs],
    parameters: Callable[..., AssetParameters],
    capacities: Callable[..., CapacityInputs],
    needs: Callable[..., SizingNeeds],
) -> None:
    schools = assets(3, recorded_replacement_cost_eur=1e6, assessed_condition=[0.5, 0.7, 0.3], assessed_year=YEAR)
    valued = value_assets(schools, ComponentInputs.none(), parameters(3), YEAR)
    held = capacities([0, 1, 0], [300, 300, 50], service=[1, 1, 2], running_cost_eur=1000.0)
    split = split_by_need(schools, valued, held, needs([250, 10], service=[1, 2]), 10)

    by_asset = [explain_need_split(schools, valued, held, split, row) for row in range(3)]
    for steps in by_asset[:2]:
        check_arithmetic(steps)
    assert formulas(by_asset[0]) == [
        *["cost_per_place", "retained_share_whole_asset"] * 2,
        "retained_share_highest",
        "needed_backlog",
        "avoidable_backlog",
    ]
    assert [step.result.value for step in by_asset[2]] == [None, 450_000.0, 0.0]
    assert formulas(by_asset[2])[0] == "retained_share_not_assessed"
